/** What the process ends with; above 1 after BSD's sysexits.h. */
export const EXIT = {
  ok: 0,
  /** `check`: the tunnel does not pass, or nothing could be found out. */
  failed: 1,
  usage: 64,
  /** A bug: logged with the event and the state it happened on. */
  software: 70,
  /** The configuration cannot be used. */
  config: 78,
} as const;
