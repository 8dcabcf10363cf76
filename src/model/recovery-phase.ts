/** How far the recovery of one gateway has come. `src/recovery/machine.ts` has every way from one phase to another. */
export type Recovery =
  | { readonly value: 'none' }
  /** The monitor restarts the VPN inside the gateway, through Gluetun's control server. */
  | ({ readonly value: 'restartingVpn' } & Begun)
  /**
   * A check has to show that the restart of the VPN has helped: one that began at `since` or later. `until`: when the
   * monitor stops waiting for it. Undefined: it has, and restarts the gateway as soon as no other act is under way.
   */
  | ({ readonly value: 'verifyingVpn'; readonly since: number; readonly until: number | undefined } & Begun)
  /** The monitor restarts the gateway. */
  | ({ readonly value: 'restarting' } & Begun)
  /**
   * The restart is over, even if it failed, and the gateway has to become ready. `until`: when to report that it takes
   * too long; undefined: that has been reported. `starts`: how often the monitor has tried to start it.
   */
  | ({ readonly value: 'awaitingReady'; readonly until: number | undefined; readonly starts: number } & Begun)
  /** A check has to pass. `until`: when to put the dependents back without one. */
  | ({ readonly value: 'verifying'; readonly until: number } & Begun)
  /** A list of all containers has to show who depends on the gateway. */
  | ({
      readonly value: 'listing';
      /** A check has passed since the restart. */
      readonly isVerified: boolean;
      readonly askedAt: number;
      /** When to ask again if no answer has come. */
      readonly askAgainAt: number;
    } & Begun)
  /** The dependents are put back. */
  | ({ readonly value: 'repairing'; readonly isVerified: boolean } & Begun);

interface Begun {
  /** When the whole recovery began, whatever phase it has reached. */
  readonly begunAt: number;
}

/** One phase of it, by its name. */
export type Phase<V extends Recovery['value']> = Extract<Recovery, { value: V }>;

type RecoveryStep = Exclude<Recovery['value'], 'none'>;

export interface RecoveryRecord {
  readonly begunAt: number;
  /** Undefined while it is under way. */
  readonly endedAt: number | undefined;
  /** `abandoned`: it was no longer needed, or could not go on. */
  readonly outcome: 'completed' | 'incomplete' | 'abandoned' | undefined;
  /** The latest steps, and when each began. */
  readonly steps: readonly { readonly step: RecoveryStep; readonly at: number }[];
}
