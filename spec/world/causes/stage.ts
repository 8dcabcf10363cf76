import type { Dependent } from './dependents.ts';

/** A container as an inspection shows it at one moment. */
export interface Seen {
  readonly id: string;
  /** `running`, `exited`, `created`, … */
  readonly status: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Whether it runs in the network that the gateway has now, or in one that is dead; undefined: it does not run. */
  readonly network: 'live' | 'dead' | undefined;
}

/** By name; all there are, the gateway included. */
export type Snapshot = ReadonlyMap<string, Seen>;

export interface GatewayKind {
  readonly restartPolicy: 'no' | 'unless-stopped';
}

/**
 * An engine, real or simulated, with the gateway, all dependents of the table, a bystander, and a monitor that
 * watches them. What is done here is done as an operator does it, and has come about when the promise resolves.
 */
export interface Stage {
  /** The gateway, and every dependent as far along in its life as the table says; the monitor has seen it all. */
  setUp(gateway: GatewayKind, dependents: readonly Dependent[]): Promise<void>;

  /** `docker restart`, up to where it is down. */
  beginRestart(): Promise<void>;
  /** Its PID 1 ends by itself; it is down, or about to be started by its restart policy. */
  crashGateway(): Promise<void>;
  stopGateway(): Promise<void>;
  removeGateway(): Promise<void>;
  /** As it was, under another id. */
  createGateway(): Promise<void>;
  /** Created beside the old one, which makes room for it. */
  replaceGateway(): Promise<void>;
  startGateway(): Promise<void>;
  /** To `RENAMED`. */
  renameGateway(): Promise<void>;
  /** By whomever it is started. */
  untilGatewayRuns(): Promise<void>;
  /** Longer than it takes the monitor to decide whether that was an operator. */
  leaveItDown(): Promise<void>;
  restartEngine(): Promise<void>;
  stopMonitor(): Promise<void>;
  /** Another one, with the state file of the first. */
  startMonitor(): Promise<void>;

  /** `docker start` of a dependent, whether it works or not. */
  start(name: string): Promise<void>;
  stop(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  /** The monitor has decided that its operator did it. */
  untilStopIsDecided(name: string): Promise<void>;
  /** Its PID 1 ends by itself, with exit code 0. */
  end(name: string): Promise<void>;

  look(): Promise<Snapshot>;
  /** Looks until it is so, or for so long that it will not come to be. */
  lookUntil(isSo: (snapshot: Snapshot) => boolean): Promise<void>;
  /** Long enough for the monitor to do what it should not. */
  untilQuiet(): Promise<void>;
  /** The messages of the monitor, of the latest one. */
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
