import type { Decisive, Site } from '../../config/config.ts';
import type { ContainerFacts, ProbeResult, PublicIp, Store } from '../../streams/events.ts';
import type { Act, Repairable } from './act.ts';
import type { Exits } from './exits.ts';
import type { Gateway } from './gateway.ts';
import type { Past, RememberedSites } from './past.ts';
import type { Recovery, RecoveryRecord } from './recovery-phase.ts';
import type { OwnNetwork } from '../../streams/own-network.ts';
import type { Witness } from './witness.ts';

/**
 * All the monitor knows, as plain data. Every time is `Event.at`'s clock, in milliseconds, unless its name says
 * `engine`. What follows from something else is not stored but derived, by a function named after it.
 */
export interface Everything extends Shared {
  /** One for each gateway, in the order of `GLUETUN_CONTAINER`. */
  readonly watches: readonly Watch[];
}

/** What a concern of one gateway sees: what is that gateway's own, and beside it what all share. */
export interface State extends Watch {
  readonly shared: Shared;
}

/** What there is once, however many gateways are watched. */
export interface Shared {
  /** The next id of an act, a check or a reading: each watch knows its own by them. */
  readonly nextId: number;
  /** The one act under way: until it is over, nothing else is begun. */
  readonly inFlight: InFlight | undefined;
  /** All gateways that are watched, in the user's words. */
  readonly gateways: readonly string[];
  readonly connection: Connection;
  readonly containers: Containers;
  readonly exits: Exits;
  readonly past: Past;
  readonly witness: Witness;
  readonly ownNetwork: OwnNetwork;
  /** Since when each condition lasts, by its key (`src/notices/conditions.ts`). */
  readonly conditionStarts: Readonly<Record<string, number>>;
  /** The files that cannot be written at present. */
  readonly stores: Readonly<Partial<Record<Store, { readonly path: string; readonly reason: string }>>>;
  /** The edges that fail at present, by name. */
  readonly edges: Readonly<Record<string, { readonly reason: string }>>;
  readonly isShuttingDown: boolean;
}

/** What concerns one gateway, and nobody else. */
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
  /** The one under way, else the latest; kept for those who show it. */
  readonly latestRecovery: RecoveryRecord | undefined;
  readonly repairs: Repairs;
  readonly quiet: Quiet;
  readonly backoff: Backoff;
  /** The first sign that the tunnel may be broken; undefined since the last check that passed. */
  readonly outageSince: number | undefined;
  /** Why the latest decision was to begin no recovery though sites are down. */
  readonly heldBack: HeldBack | undefined;
  /**
   * Since when a recovery is due that has not begun, for another act is under way; undefined: none is. It is no phase of
   * the recovery: nothing has been said of it or counted, and it may go as silently as it came.
   */
  readonly dueSince: number | undefined;
}

/** An act that has begun, and whose end has not been heard of. */
export interface InFlight {
  readonly act: Act;
  /** Whose it is: the gateway, as its settings name it. The container that it acts on may have been replaced since. */
  readonly gateway: string;
  readonly since: number;
  readonly progress: Progress;
}

/** How far a wave of repairs has come. */
export interface Progress {
  /** Ids of those whose turn has come. */
  readonly begun: readonly string[];
  /** Ids of those whose outcome has come. */
  readonly answered: readonly string[];
  /** The names under which some of them wait, by their own. */
  readonly parked: Readonly<Record<string, string>>;
}

/** The dependents that are repaired by the act under way. */
export interface Wave extends Progress {
  readonly dependents: readonly Repairable[];
}

/** The part of the configuration that decisions depend on, for one gateway. */
export interface Settings extends Decisive {
  readonly gateway: string;
  /** The user's word for it, by which the sites name it; absent: the same. */
  readonly word?: string;
}

/** The engine's event stream. Nothing is decided before a listing has caught up with what happened without it. */
type Connection =
  | { readonly value: 'connecting' }
  | { readonly value: 'reconciling'; readonly since: number }
  | { readonly value: 'connected' }
  | { readonly value: 'lost'; readonly since: number; readonly reason: string };

export interface Containers {
  /** Names, compose services or ids that are always inspected: the gateways, and dependents that were listed. */
  readonly named: readonly string[];
  readonly byId: Readonly<Record<string, ContainerFacts>>;
  /**
   * The names of the kind that Compose gives for a moment (`<12 hex>_NAME`): since when each is known to be given. One
   * that has outlived the moment is a name like any other: an update has failed, and somebody has started what it left.
   */
  readonly composeNames: Readonly<Record<string, number | 'forGood'>>;
  /**
   * The inspections under way, by id. A message that came meanwhile asks for one more after the answer (`again`); what is
   * removed by now needs no answer (`gone`).
   */
  readonly inspecting: Readonly<Record<string, 'once' | 'again' | 'gone'>>;
  /** Those that are inspected next: who is known to matter, then who is not known. */
  readonly toInspect: { readonly known: readonly string[]; readonly strangers: readonly string[] };
  /**
   * Of those that matter, as of when they are known, if that is since the latest listing was asked for: what an earlier
   * look shows is not taken.
   */
  readonly knownAt: Readonly<Record<string, number>>;
  /** When the safety net is next cast; undefined while the engine is out of reach. */
  readonly nextListingAt: number | undefined;
  /** When the safety net was last cast, while no listing has come since. */
  readonly listingAskedAt: number | undefined;
  /** Before the first listing: what is not known yet is not missing. */
  readonly isListed: boolean;
  /** Why the latest one failed; undefined: it did not. */
  readonly listingFailure: string | undefined;
}

export interface Dependents {
  /** Who hangs on the gateway, by id; undefined before the first listing. */
  readonly members: Readonly<Record<string, Member>> | undefined;
  /** Orphans that may be dependents or not, by id: they are left to their owner. */
  readonly unclaimed: Readonly<Record<string, Unclaimed>>;
  /** Of those that ended by themselves of late, by id. */
  readonly ends: Readonly<Record<string, Ends>>;
}

export interface Ends {
  /** Each not long after the one before. */
  readonly inARow: number;
  readonly lastAt: number;
}

/**
 * How a dependent hangs on the gateway's network.
 *
 * - `fresh`: runs, and was started after every owner of its network.
 * - `stale`: runs in a network namespace that is dead, for an owner was started after it.
 * - `orphaned`: joined a container that is no more, so no restart helps; it runs, or wants to.
 * - `failedToJoin`: does not run, because its gateway was not there when it should have started.
 * - `stopped`: does not run, for any other reason.
 * - `apart`: is not on the gateway's network at all (only a container the user listed can be).
 * - `unknown`: not inspected yet, or between two runs, which proves nothing.
 */
export type Attachment = 'fresh' | 'stale' | 'orphaned' | 'failedToJoin' | 'stopped' | 'apart' | 'unknown';

export interface Member {
  readonly name: string;
  /** The latest that is known: between two runs nothing is, which is no change. */
  readonly attachment: Attachment;
  readonly since: number;
}

export interface Unclaimed {
  readonly name: string;
  /** What it has joined: the gateway's predecessor, which is still there. Undefined: that is gone. */
  readonly formerGateway: string | undefined;
}

export interface Sites extends RememberedSites {
  readonly list: readonly Site[];
  /** Consecutive failures, by URL; absent means none. */
  readonly failures: Readonly<Record<string, number>>;
  /** URLs of those that have reached the threshold since they last passed, whatever was done about it. */
  readonly down: readonly string[];
  /** The sites fail by their names only; until one passes by its name. */
  readonly onlyDns: boolean;
  /** Of those that have never passed, by URL: how often each failed while another critical site passed. */
  readonly excused: Readonly<Record<string, number>>;
  /** How long passes took, by URL (`src/checks/confirming.ts`). */
  readonly passes: Readonly<Record<string, readonly Pass[]>>;
}

/** A pass of the last hour that took longer than every later one. */
export interface Pass {
  /** When its check began. */
  readonly at: number;
  /** What a check that confirms a failure gives the site for it. */
  readonly seconds: number;
}

export interface Checking {
  readonly running: RunningCheck | undefined;
  /** The latest that nothing disturbed. */
  readonly latest: CheckRecord | undefined;
  readonly lastStartedAt: number | undefined;
  /** Asked for while another was running: follows it at once. */
  readonly again: boolean;
  /** Who doubts the tunnel, until a check passes: checks come faster. */
  readonly alarm: Alarm | undefined;
  /** Docker has begun to call the gateway unhealthy: the check that this asks for has yet to begin. */
  readonly isDoubted: boolean;
  /** URLs that timed out in the latest check that counted, if no site passed in it: what confirms that is quick. */
  readonly silent: readonly string[];
  /** When the latest check began, if it was cut short; one that follows it tells whether that lasts. */
  readonly cutShortAt: number | undefined;
  readonly reconnect: Reconnect | undefined;
}

/** The latest restart of the VPN inside the running gateway. */
export type Reconnect =
  /** `at`: its end. */
  | { readonly by: 'monitor'; readonly at: number }
  /** `at`: Gluetun's announcement, or its start of the VPN if it had announced nothing. */
  | { readonly by: 'gluetun'; readonly at: number }
  /** `at`: the stop in Gluetun's log. `until`: when the tunnel was up again, or is waited for no longer. */
  | { readonly by: 'operator'; readonly at: number; readonly until: number };

/** Docker calls the gateway unhealthy; Gluetun restarts its VPN itself. */
export type Alarm = 'unhealthy' | 'selfHealing';

/** What a check has shown; kept for those who show it. */
export interface CheckRecord {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly passing: boolean;
  readonly results: readonly ProbeResult[];
}

export interface RunningCheck {
  readonly checkId: number;
  readonly startedAt: number;
  /** With the time that each gets in this check. */
  readonly sites: readonly Site[];
  /** URLs of those that get less than their own. */
  readonly shortened: readonly string[];
  /** Docker's `unhealthy` has asked for it. */
  readonly isDoubted: boolean;
  readonly results: readonly ProbeResult[];
}

export interface Endpoint {
  /** Of the gateway's present start, and of the latest connection in it. */
  readonly current: PublicIp & { readonly server: string | undefined };
  /** The exit as it was when the latest `ENDPOINT` line was written; undefined before the first. */
  readonly announced: (Endpoint['current'] & { readonly at: number }) | undefined;
  /** Why the control server's latest answer told nothing; undefined: it did, or was not asked. */
  readonly failure: string | undefined;
  /** The answer of the control server that is awaited. */
  readonly reading: { readonly requestId: number; readonly until: number } | undefined;
  /**
   * The line that is written as soon as the address is known, at the latest at `until`; until then none tells of a
   * change. `askAt`: when the control server is asked once more before that; undefined: it has been.
   */
  readonly owed:
    | { readonly status: 'STARTUP' | 'NEW'; readonly until: number; readonly askAt: number | undefined }
    | undefined;
}

/** What is read of Gluetun's log, and whether it can be. */
interface LogReading {
  /** The run whose log is followed, by its start; undefined: none. */
  readonly followed: string | undefined;
  /** Why it cannot be read; undefined: it can. */
  readonly failure: string | undefined;
  /** How often the stream that followed it has told nothing though there was something to tell. */
  readonly silences: number;
}

/** Why Gluetun cannot connect, in its own words, of its present start and since the tunnel last worked. */
export interface Troubles {
  readonly latest: readonly string[];
  /** Those that were said, also of earlier starts: a crash loop does not repeat them with each run. */
  readonly told: readonly string[];
}

/** Who is to be put back on the gateway's network, whoever found out. */
export interface Repairs {
  readonly pending: Readonly<Record<string, Repair>>;
  /** Those that we have restarted and whose times deny it, by id: the host's clock was set back since its gateway started. */
  readonly restored: Readonly<Record<string, Restored>>;
}

/** Two runs, each by its `State.StartedAt`: the one was started on the network of the other. */
interface Restored {
  readonly run: string;
  readonly ownerRun: string;
}

export interface Repair {
  readonly name: string;
  /** Attempts that failed; each makes the wait for the next one longer. */
  readonly failures: number;
  readonly askedAt: number;
  readonly dueAt: number;
  /** Why the latest attempt failed: in the engine's words, or what was seen of it; or it was refused for good. */
  readonly failure?: RepairFailure;
  /** Restarted though nothing is wrong with it: it binds to what a restart of the VPN has changed. */
  readonly isForced?: true;
}

export interface RepairFailure {
  readonly isRefused: boolean;
  readonly reason?: string;
  readonly fault?: RepairFault;
}

/** What a repair has come to, beside what the engine answered. */
export type RepairFault = 'notInspected' | 'notOnLiveNetwork' | 'noAnswer';

/** How often recoveries follow each other: survives the monitor. */
export interface Backoff {
  /** Recoveries since all was well for long enough. */
  readonly attempts: number;
  /** No recovery begins earlier. */
  readonly notBefore: number;
  /** The start of the first check of an unbroken row of passing ones. */
  readonly calmSince: number | undefined;
}

/** Why a recovery does not begin though critical sites are down. */
interface HeldBack {
  readonly because: HoldReason;
  /** When time alone ends it; absent: something else does. */
  readonly until?: number;
}

export type HoldReason = 'quorum' | 'excluded' | 'line' | 'awaitingWitness' | 'grace' | 'backoff';

/** Compose, or an update tool, at work on the containers around the gateway: it is not raced. */
interface Quiet {
  /** The compose project the gateway belonged to when it was last seen; empty: none. */
  readonly project: string | undefined;
  /** The last create, destroy or rename among them that was not ours. */
  readonly changedAt: number | undefined;
  /** The gateway's first start after that, by its `State.StartedAt`. */
  readonly firstStart: string | undefined;
}
