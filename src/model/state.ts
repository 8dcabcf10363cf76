import type { Decisive, Site } from '../../config/config.ts';
import type { ContainerFacts, ProbeResult, PublicIp, Store } from '../../streams/events.ts';
import type { Act, Repairable } from './act.ts';
import type { Exits } from './exits.ts';
import type { Gateway } from './gateway.ts';
import type { Operator } from './operator.ts';
import type { Demotion, Past } from './past.ts';
import type { Recovery, RecoveryRecord } from './recovery-phase.ts';
import type { EngineCall } from '../../streams/engine-calls.ts';
import type { OwnNetwork } from '../../streams/own-network.ts';
import type { Witness } from './witness.ts';

/**
 * All the monitor knows, as plain data. Times are milliseconds by the clock of `Event.at`, unless the name says
 * `engine`. What follows from other parts of the state is not stored but derived by a function.
 */
export interface Everything extends Shared {
  /** One for each gateway, in the order of `GLUETUN_CONTAINER`. */
  readonly watches: readonly Watch[];
}

/** What a concern of one gateway sees: that gateway's own state, and the state that all gateways share. */
export interface State extends Watch {
  readonly shared: Shared;
}

/** The state that exists once, however many gateways are watched. */
export interface Shared {
  /** The next id for an act, a check or a reading. A watch recognises its own by the id. */
  readonly nextId: number;
  /** The one act under way. No other begins until it is over. */
  readonly inFlight: InFlight | undefined;
  /** All watched gateways, as the user refers to them. */
  readonly gateways: readonly string[];
  readonly connection: Connection;
  readonly containers: Containers;
  readonly exits: Exits;
  readonly past: Past;
  readonly witness: Witness;
  readonly ownNetwork: OwnNetwork;
  /** The version of Podman, or empty if it is not told; undefined: the engine is not known to be Podman. */
  readonly podman: string | undefined;
  /** The calls that a proxy in front of the engine does not let through, each with the latest reason. */
  readonly forbidden: Readonly<Partial<Record<EngineCall, string>>>;
  /** When each present condition began, by its key (`src/notices/conditions.ts`). */
  readonly conditionStarts: Readonly<Record<string, number>>;
  /** The files that currently cannot be written. */
  readonly stores: Readonly<Partial<Record<Store, { readonly path: string; readonly reason: string }>>>;
  /** The edges that currently fail, by name. `address`: where one should listen, and cannot. */
  readonly edges: Readonly<Record<string, { readonly reason: string; readonly address?: string }>>;
  readonly isShuttingDown: boolean;
}

/** The state of one gateway. */
export interface Watch {
  readonly settings: Settings;
  readonly gateway: Gateway;
  readonly dependents: Dependents;
  readonly sites: Sites;
  readonly checking: Checking;
  readonly endpoint: Endpoint;
  readonly logReading: LogReading;
  readonly troubles: Troubles;
  readonly recovery: Recovery;
  /** The recovery under way, else the latest one. Kept for edges that show it. */
  readonly latestRecovery: RecoveryRecord | undefined;
  readonly repairs: Repairs;
  readonly quiet: Quiet;
  readonly backoff: Backoff;
  readonly demotion: Demotion;
  readonly tunnel: Tunnel;
  /** The first sign that the tunnel may be broken; undefined since the last check that passed. */
  readonly outageSince: number | undefined;
  /** Why the latest decision was not to begin a recovery although sites are down. */
  readonly heldBack: HeldBack | undefined;
  /**
   * Since when a recovery has been due but waits for another act to end; undefined: none is. This is no phase of the
   * recovery: it is neither reported nor counted, and may pass without a recovery.
   */
  readonly dueSince: number | undefined;
  readonly operator: Operator;
  /** What all gateways share, while a concern of this one looks at it; undefined in `Everything`, where it stands once. */
  readonly shared: Shared | undefined;
}

/** An act that has begun and not yet ended. */
export interface InFlight {
  readonly act: Act;
  /** The gateway that it belongs to, as named in the settings. The gateway's container may have been replaced since. */
  readonly gateway: string;
  readonly since: number;
  readonly progress: Progress;
}

/** The progress of a wave of repairs. */
export interface Progress {
  /** Ids of the dependents whose repair has begun. */
  readonly begun: readonly string[];
  /** Ids of the dependents whose outcome is known. */
  readonly answered: readonly string[];
  /** The parked names of dependents, by their original names. */
  readonly parked: Readonly<Record<string, string>>;
}

/** The dependents that the act under way repairs. */
export interface Wave extends Progress {
  readonly dependents: readonly Repairable[];
}

/** The part of the configuration that decisions about one gateway depend on. */
export interface Settings extends Decisive {
  readonly gateway: string;
  /** The user's reference to it, which the list of sites uses; absent: the same as `gateway`. */
  readonly word?: string;
}

/** The engine's event stream. After a gap, nothing is decided before a listing has shown what happened meanwhile. */
type Connection =
  | { readonly value: 'connecting' }
  | { readonly value: 'reconciling'; readonly since: number }
  | { readonly value: 'connected' }
  | { readonly value: 'lost'; readonly since: number; readonly reason: string };

export interface Containers {
  /** Names, Compose services or ids that are always inspected: the gateways, and the configured dependents. */
  readonly named: readonly string[];
  readonly byId: Readonly<Record<string, ContainerFacts>>;
  /**
   * Names of the kind that Compose gives temporarily (`<12 hex>_NAME`), and since when each has been in use. A name
   * that lasts is like any other: an update has failed, and somebody has started the container it left behind.
   */
  readonly composeNames: Readonly<Record<string, number | 'forGood'>>;
  /**
   * The inspections under way, by container id. `again`: a message has come meanwhile, so another one follows the
   * answer. `gone`: the container has been removed meanwhile, so the answer is ignored.
   */
  readonly inspecting: Readonly<Record<string, 'once' | 'again' | 'gone'>>;
  /** The ids to inspect next: first those known to matter, then those not known yet. */
  readonly toInspect: { readonly known: readonly string[]; readonly strangers: readonly string[] };
  /**
   * The time of the facts about each container that matters, if that is after the latest listing was requested. Facts
   * from before that time are ignored.
   */
  readonly knownAt: Readonly<Record<string, number>>;
  /** When to request the next listing; undefined while the engine is unreachable. */
  readonly nextListingAt: number | undefined;
  /** When the listing under way was requested; undefined: none is. */
  readonly listingAskedAt: number | undefined;
  /**
   * How many listings have shown a start that no message told of, without any message in between. A few messages are
   * dropped, but an engine that is never heard has a proxy in front of it that keeps them back.
   */
  readonly unheard: number;
  /** False before the first listing: until then a container that is not known is not missing. */
  readonly isListed: boolean;
  /** Why the latest listing failed; undefined: it did not. */
  readonly listingFailure: string | undefined;
}

export interface Dependents {
  /** The gateway's dependents, by id; undefined before the first listing. */
  readonly members: Readonly<Record<string, Member>> | undefined;
  /** Orphans that may or may not be dependents, by id. They are left to the user. */
  readonly unclaimed: Readonly<Record<string, Unclaimed>>;
  /** Recent exits of dependents that ended by themselves, by id. */
  readonly ends: Readonly<Record<string, Ends>>;
}

export interface Ends {
  /** How many in a row, each soon after the one before. */
  readonly inARow: number;
  readonly lastAt: number;
}

/**
 * How a dependent is attached to the gateway's network.
 *
 * - `fresh`: it runs, and was started after every owner of its network.
 * - `stale`: it runs in a dead network namespace, as an owner was started after it.
 * - `orphaned`: it runs or should run, but joined a container that no longer exists, so a restart does not help.
 * - `failedToJoin`: it does not run, because its gateway was missing when it should have started.
 * - `stopped`: it does not run, for any other reason.
 * - `apart`: it is not on the gateway's network at all. Only a container that the user listed can be.
 * - `unknown`: it was not inspected yet, or is between two runs, which proves nothing.
 */
export type Attachment = 'fresh' | 'stale' | 'orphaned' | 'failedToJoin' | 'stopped' | 'apart' | 'unknown';

export interface Member {
  readonly name: string;
  /** The latest known attachment. Between two runs it is unknown, which does not count as a change. */
  readonly attachment: Attachment;
  readonly since: number;
}

export interface Unclaimed {
  readonly name: string;
  /** The name of the gateway's predecessor that it joined and that still exists; undefined: what it joined is gone. */
  readonly formerGateway: string | undefined;
}

export interface Sites {
  readonly list: readonly Site[];
  /** URLs of the sites that have passed at least once. Any other may be mistyped. */
  readonly passed: readonly string[];
  /** Failures in a row, by URL; absent: none. */
  readonly failures: Readonly<Record<string, number>>;
  /** URLs of sites that have reached the failure threshold since they last passed, whatever was done about it. */
  readonly down: readonly string[];
  /** The sites fail only because their names do not resolve. Lasts until one passes by its name. */
  readonly onlyDns: boolean;
  /** How often each site that has never passed failed while another critical site passed, by URL. */
  readonly excused: Readonly<Record<string, number>>;
  /** How long passes took, by URL (`src/checks/confirming.ts`). */
  readonly passes: Readonly<Record<string, readonly Pass[]>>;
}

/** A pass within the last hour that took longer than every later one. */
export interface Pass {
  /** When its check began. */
  readonly at: number;
  /** The time limit this pass gives the site in a check that confirms a failure. */
  readonly seconds: number;
}

export interface Checking {
  readonly running: RunningCheck | undefined;
  /** The latest check that nothing disturbed. */
  readonly latest: CheckRecord | undefined;
  readonly lastStartedAt: number | undefined;
  /** Another check was requested while one was running. It follows at once. */
  readonly again: boolean;
  /** The reason to doubt the tunnel. Until a check passes, checks run more often. */
  readonly alarm: Alarm | undefined;
  /** The gateway has turned unhealthy in Docker, and the check that this calls for has not begun yet. */
  readonly isDoubted: boolean;
  /**
   * URLs that timed out in the latest check that counted, if no site passed in it. The check that confirms this is
   * short.
   */
  readonly silent: readonly string[];
  /** When the latest check began, if it was cut short. The next check shows whether the disturbance lasts. */
  readonly cutShortAt: number | undefined;
  readonly reconnect: Reconnect | undefined;
}

/** The latest restart of the VPN inside the running gateway. */
export type Reconnect =
  /** `at`: when the monitor's restart of the VPN ended. */
  | { readonly by: 'monitor'; readonly at: number }
  /** `at`: when Gluetun announced the restart or, without an announcement, when it started the VPN. */
  | { readonly by: 'gluetun'; readonly at: number }
  /**
   * `at`: when Gluetun logged the stop. `until`: when the tunnel was up again, or when the monitor stops waiting for
   * it.
   */
  | { readonly by: 'operator'; readonly at: number; readonly until: number };

/** `unhealthy`: the gateway is unhealthy in Docker. `selfHealing`: Gluetun restarts its VPN itself. */
export type Alarm = 'unhealthy' | 'selfHealing';

/**
 * Whether the tunnel works, and since when.
 *
 * - `up`: the latest check of the gateway's present run passed, or too few sites fail, or not often enough.
 * - `down`: the sites that it takes are down, or a recovery has not yet been followed by a check that passed.
 * - `stopped`: the gateway does not run, and nobody is restarting it.
 * - `unknown`: the gateway is not ready, or probes prove nothing.
 */
export interface Tunnel {
  readonly value: 'up' | 'down' | 'stopped' | 'unknown';
  readonly since: number;
  /** The outage that no passing check has ended yet; absent: there is none. */
  readonly outage?: Outage;
}

/** What is known of an outage. */
export interface Outage {
  /** The first sign of it. */
  readonly since: number;
  readonly cause: OutageCause;
  /** Names of the sites that were down when it began. */
  readonly sites: readonly string[];
  /** Why the first of them failed. */
  readonly reason: string | undefined;
  /** What Gluetun last said of it. */
  readonly trouble: string | undefined;
}

/**
 * `line`: the witness did not answer either, at some time of the outage. `dns`: only names could not be resolved.
 * `gateway`: its container had ended. `sites`: nothing is known but that they failed.
 */
export type OutageCause = 'line' | 'dns' | 'gateway' | 'sites';

/** The results of a check. Kept for edges that show them. */
export interface CheckRecord {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly passing: boolean;
  readonly results: readonly ProbeResult[];
}

export interface RunningCheck {
  readonly checkId: number;
  readonly startedAt: number;
  /** The sites it checks, each with its time limit in this check. */
  readonly sites: readonly Site[];
  /** URLs of the sites whose limit is shorter than configured. */
  readonly shortened: readonly string[];
  /** It was begun because the gateway turned unhealthy in Docker. */
  readonly isDoubted: boolean;
  readonly results: readonly ProbeResult[];
}

export interface Endpoint {
  /** The endpoint of the latest connection in the gateway's present run. */
  readonly current: PublicIp & { readonly server: string | undefined };
  /** The endpoint in the latest `ENDPOINT` line; undefined before the first. */
  readonly announced: (Endpoint['current'] & { readonly at: number }) | undefined;
  /** Why the control server's latest answer was useless; undefined: it was not, or there was no request. */
  readonly failure: string | undefined;
  /** The request to the control server that is under way. */
  readonly reading: { readonly requestId: number; readonly until: number } | undefined;
  /**
   * The `ENDPOINT` line to write as soon as the address is known, and at `until` at the latest. No line reports a
   * change before that. `askAt`: when to ask the control server once more; undefined: it has been asked.
   */
  readonly owed:
    | { readonly status: 'STARTUP' | 'NEW'; readonly until: number; readonly askAt: number | undefined }
    | undefined;
}

/** The reading of Gluetun's log. */
interface LogReading {
  /** `State.StartedAt` of the run whose log is followed; undefined: none. */
  readonly followed: string | undefined;
  /** Why the log cannot be read; undefined: it can. */
  readonly failure: string | undefined;
  /** How often the stream of the log stayed silent although there was something to read. */
  readonly silences: number;
}

/** Why Gluetun cannot connect, as logged by it in its present run and since the tunnel last worked. */
export interface Troubles {
  readonly latest: readonly string[];
  /** Those already reported, also in earlier runs, so that a crash loop does not repeat them with each run. */
  readonly reported: readonly string[];
}

/** The dependents to put back on the gateway's network. */
export interface Repairs {
  readonly pending: Readonly<Record<string, Repair>>;
  /**
   * Dependents that look stale by their start times although the monitor has restarted them, by id: the host's clock
   * was set back after the gateway started.
   */
  readonly restored: Readonly<Record<string, Restored>>;
}

/** `State.StartedAt` of a dependent's run and of the owner's run on whose network it was started. */
interface Restored {
  readonly run: string;
  readonly ownerRun: string;
}

export interface Repair {
  readonly name: string;
  /** Failed attempts. Each makes the wait for the next one longer. */
  readonly failures: number;
  readonly askedAt: number;
  readonly dueAt: number;
  /** Why the latest attempt failed or was refused for good. */
  readonly failure?: RepairFailure;
  /** Restarted although its network is sound: it is bound to an address that a restart of the VPN has changed. */
  readonly isForced?: true;
}

export interface RepairFailure {
  readonly isRefused: boolean;
  readonly reason?: string;
  readonly fault?: RepairFault;
}

/** How a repair failed other than by an error from the engine. */
export type RepairFault = 'notInspected' | 'notOnLiveNetwork' | 'noAnswer';

/** How soon the next recovery may follow. Persisted across monitors. */
export interface Backoff {
  /** Recoveries since the tunnel last worked for long enough. */
  readonly attempts: number;
  /** No recovery begins earlier. */
  readonly notBefore: number;
  /** When the first of an unbroken series of passing checks began. */
  readonly calmSince: number | undefined;
}

/** Why a recovery does not begin although critical sites are down. */
interface HeldBack {
  readonly because: HoldReason;
  /** When this reason ends by time alone; absent: something else ends it. */
  readonly until?: number;
}

export type HoldReason = 'quorum' | 'excluded' | 'line' | 'awaitingWitness' | 'grace' | 'backoff';

/** Signs that Compose or an update tool works on the containers around the gateway. The monitor waits for it. */
interface Quiet {
  /** The Compose project of the gateway when it was last seen; undefined or empty: none. */
  readonly project: string | undefined;
  /** The latest create, destroy or rename among these containers that was not the monitor's own. */
  readonly changedAt: number | undefined;
  /** `State.StartedAt` of the gateway's first run after that. */
  readonly firstStart: string | undefined;
  /** `State.StartedAt` of the gateway's run that began after somebody had stopped the one before. */
  readonly restarted: string | undefined;
  /** When Docker called the gateway healthy in its present run. */
  readonly healthyAt: number | undefined;
}
