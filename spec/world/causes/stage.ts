import type { Dependent } from './dependents.ts';

/** A container as an inspection shows it at one moment. */
export interface Seen {
  readonly id: string;
  /** `running`, `exited`, `created`, … */
  readonly status: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Whether it runs in the current network of the gateway, or in a dead one; undefined: it does not run. */
  readonly network: 'live' | 'dead' | undefined;
}

/** By name: all containers, including the gateway. */
export type Snapshot = ReadonlyMap<string, Seen>;

export interface GatewayKind {
  readonly restartPolicy: 'no' | 'unless-stopped';
}

/**
 * An engine, real or simulated, with the gateway, all dependents of the table, a bystander, and a monitor that
 * watches them. Each action is that of an operator, and is complete when its promise resolves.
 */
export interface Stage {
  /** Sets up the gateway, and every dependent in the state that the table gives; the monitor has seen it all. */
  setUp(gateway: GatewayKind, dependents: readonly Dependent[]): Promise<void>;

  /** `docker restart`, up to the moment when it is down. */
  beginRestart(): Promise<void>;
  /** Its PID 1 exits; it is then down, or about to be started by its restart policy. */
  crashGateway(): Promise<void>;
  stopGateway(): Promise<void>;
  removeGateway(): Promise<void>;
  /** The same configuration under another id. */
  createGateway(): Promise<void>;
  /** Created next to the old one, which is then removed. */
  replaceGateway(): Promise<void>;
  startGateway(): Promise<void>;
  /** To `RENAMED`. */
  renameGateway(): Promise<void>;
  /** Whatever starts it. */
  untilGatewayRuns(): Promise<void>;
  /** Longer than the monitor needs to decide whether an operator stopped it. */
  leaveItDown(): Promise<void>;
  restartEngine(): Promise<void>;
  stopMonitor(): Promise<void>;
  /** Another monitor, with the state file of the first. */
  startMonitor(): Promise<void>;

  /** `docker start` of a dependent, which may fail. */
  start(name: string): Promise<void>;
  stop(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  /** Until the monitor has decided that an operator did it. */
  untilStopIsDecided(name: string): Promise<void>;
  /** Its PID 1 exits with code 0. */
  end(name: string): Promise<void>;

  look(): Promise<Snapshot>;
  /** Polls until the condition holds, or for so long that it never will. */
  lookUntil(isSo: (snapshot: Snapshot) => boolean): Promise<void>;
  /** Waits long enough for the monitor to do something that it should not. */
  untilQuiet(): Promise<void>;
  /** The log messages of the latest monitor. */
  said(): readonly string[];
}

interface Inspection {
  readonly Id: string;
  readonly State: { readonly Status: string; readonly StartedAt: string; readonly FinishedAt: string };
}

export const seenIn = ({ Id, State }: Inspection, network: Seen['network']): Seen => ({
  id: Id,
  status: State.Status,
  startedAt: State.StartedAt,
  finishedAt: State.FinishedAt,
  network,
});
