/** Exit codes of the process; those above 1 follow BSD's sysexits.h. */
export const EXIT = {
  ok: 0,
  /**
   * `check`: a tunnel does not pass, or could not be checked. `status`: not all is well. `history`: there is none, or it
   * cannot be read. What was asked of the running
   * monitor was refused, or has failed.
   */
  failed: 1,
  usage: 64,
  /** No running monitor answers. */
  unavailable: 69,
  /** A bug. It is logged with the event and the state it occurred on. */
  software: 70,
  /** The configuration cannot be used. */
  config: 78,
} as const;
