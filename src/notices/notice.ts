import type { SiteQuorum } from '../../config/config.ts';
import type { RepairKind } from '../../streams/events.ts';
import type { CutOff } from '../model/attachment.ts';
import type { Exclusion } from '../model/excluded.ts';
import type { DownCause } from '../model/down-cause.ts';
import type { Alarm, HoldReason, RepairFault } from '../model/state.ts';

/** Why an `ENDPOINT` line is written, in the words that users look for. */
export type EndpointReason =
  'Monitor starting' | 'Site connectivity test failed' | 'After restart' | 'Gluetun reported a new public IP';

/** The figures that a decision to recover, or not to, rests on. */
export interface Evidence {
  readonly sitesDown: number;
  readonly sitesCritical: number;
  readonly siteQuorum: SiteQuorum;
  /** How many that asks for. */
  readonly sitesNeeded: number;
}

/** Why no recovery begins though critical sites are down. */
export type Hold =
  | { readonly because: Extract<HoldReason, 'quorum' | 'line' | 'awaitingWitness'> }
  | { readonly because: 'excluded'; readonly name: string; readonly exclusion: Exclusion }
  | { readonly because: 'grace'; readonly leftMs: number }
  | { readonly because: 'backoff'; readonly recoveries: number; readonly leftMs: number };

/** What an entry of a list fits, where it fits nothing. */
export interface Unfit {
  readonly entry: string;
  /** Names that may have been meant, the nearest first. */
  readonly nearest: readonly string[];
}

/**
 * Everything the monitor says, by its kind, with its facts. `name` is that of the container it is about, `site` that
 * of a site; names end in the unit they are given in. Kinds and fields only grow within a major version: users'
 * tools read them from the JSON log. How each is worded, and how loud it is, stands in `wording.ts`.
 */
interface Notices {
  // The monitor itself
  readonly monitorStarted: object;
  readonly configWarned: { readonly text: string };
  readonly configRead: {
    readonly checkIntervalMs: number;
    readonly timeoutMs: number;
    readonly failThreshold: number;
  };
  readonly dryRunBegun: object;
  readonly shutdownRequested: { readonly signal: string };
  readonly recreationUnfinished: { readonly name: string; readonly parkedAs: string };
  readonly monitorFailed: { readonly error: string };
  /** With what a bug needs to be found. */
  readonly monitorFailedOn: { readonly event: string };
  readonly monitorFailedIn: { readonly part: number; readonly parts: number; readonly state: string };

  /** What an earlier monitor kept. `setAsideAs`: where its file is now; absent, with why not: it is overwritten. */
  readonly stateLost: {
    readonly path: string;
    readonly reason: string;
    readonly setAsideAs?: string;
    readonly setAsideFailure?: string;
  };
  readonly stateNotWritten: { readonly path: string; readonly reason: string };
  readonly stateWritten: { readonly path: string };
  readonly logFileNotWritten: { readonly path: string; readonly reason: string };
  /** `lostLines`: those that the console alone has. */
  readonly logFileWritten: { readonly path: string; readonly lostLines: number };
  readonly consoleLinesLost: { readonly lostLines: number };
  readonly edgeFailed: { readonly edge: string; readonly reason: string };
  /** `lostSteps`: events that it was not told of. */
  readonly edgeRecovered: { readonly edge: string; readonly lostSteps: number };

  // Sites
  readonly sitesRead: { readonly sites: readonly string[]; readonly isBuiltIn: boolean };
  readonly sitesReloaded: { readonly sites: readonly string[] };
  readonly sitesNotUsed: { readonly reason: string };
  readonly sitesMissing: { readonly reason: string };
  /** `text`: the entry as it was given; empty: there is no entry to show. */
  readonly siteRefused: { readonly where: string; readonly text: string; readonly reason: string };
  readonly siteProbed: {
    readonly site: string;
    readonly verdict: 'pass' | 'fail' | 'unknown';
    readonly reason: string;
    readonly httpStatus: number | undefined;
    readonly latencyMs: number | undefined;
  };
  readonly siteFailed: {
    readonly site: string;
    readonly failures: number;
    readonly threshold: number;
    readonly reason: string;
  };
  readonly siteDown: { readonly site: string; readonly failures: number; readonly reason: string };
  readonly siteUp: { readonly site: string };
  readonly siteExcused: { readonly site: string; readonly reason: string };
  readonly siteNeverPassed: { readonly site: string; readonly reason: string };
  readonly siteFirstPassed: { readonly site: string };
  readonly siteReinstated: { readonly site: string };
  readonly sitesDemoted: { readonly sites: readonly string[]; readonly recoveries: number };
  readonly sitesStillDemoted: { readonly sites: readonly string[] };
  readonly dnsFailed: { readonly name: string };
  readonly dnsRecovered: { readonly name: string };
  readonly probesFailed: { readonly name: string; readonly reason: string };
  readonly probesRecovered: { readonly name: string };

  // The engine, and the line
  readonly engineLost: { readonly reason: string; readonly wasConnected: boolean };
  readonly engineBack: { readonly lastedMs: number };
  readonly engineHadCrashed: { readonly names: readonly string[] };
  readonly listingFailed: { readonly reason: string };
  readonly listingRecovered: object;
  readonly lineDown: { readonly reason: string };
  readonly lineUp: { readonly lastedMs: number };
  /** `reason`: of one that never answered. Absent: it is silent though the tunnel works. */
  readonly witnessIgnored: { readonly reason?: string };
  readonly witnessHeeded: object;

  // What the user has set up
  readonly exclusionUnfit: Unfit;
  readonly exclusionById: { readonly entry: string; readonly name: string };
  readonly gatewayExcluded: { readonly name: string; readonly exclusion: Exclusion };
  readonly reconnectListUnfit: Unfit;
  readonly reconnectListUnsuitable: {
    readonly entry: string;
    readonly exclusion: Exclusion | undefined;
    readonly gateways: readonly string[];
  };
  readonly dependentListUnfit: { readonly unfit: readonly Unfit[] };
  readonly dependentListExcluded: { readonly name: string; readonly exclusion: Exclusion };
  readonly dependentListAmbiguous: { readonly entry: string; readonly candidates: readonly string[] };
  readonly monitorOnGatewayNetwork: { readonly name: string };
  readonly otherMonitorOnGatewayNetwork: { readonly name: string; readonly gatewayName: string };
  readonly witnessBehindGateway: { readonly name: string };
  readonly engineBehindGateway: { readonly name: string };

  // The gateway
  readonly gatewayFound: { readonly name: string };
  readonly gatewayRenamed: { readonly was: string; readonly name: string };
  readonly gatewayNotFound: { readonly name: string; readonly candidates: readonly string[] };
  readonly gatewayAmbiguous: { readonly name: string; readonly candidates: readonly string[] };
  readonly gatewayGone: { readonly name: string };
  readonly gatewayPaused: { readonly name: string };
  readonly gatewayResumed: { readonly name: string };
  readonly gatewayStarted: { readonly name: string };
  readonly gatewayDown: {
    readonly name: string;
    readonly cause: DownCause;
    readonly exitCode: number | undefined;
    /** It has ended before it was ready, and not for the first time. */
    readonly isAgain: boolean;
    /** Of one that its restart policy has given up. */
    readonly restarts?: number;
    /** The engine's words for why it could not be started; empty: it was created and never started. */
    readonly startError?: string;
    /** A restart by the monitor was cut short. */
    readonly isCutShort?: true;
    readonly exclusion?: Exclusion;
    /** When it is started unless it comes back. Absent: it is not. */
    readonly startInMs?: number;
    /** Recoveries with this one, where the backoff holds that up. */
    readonly attempt?: number;
  };
  readonly gatewayLooping: { readonly name: string; readonly exits: number };
  readonly gatewayReady: {
    readonly name: string;
    readonly tookMs: number;
    readonly proof: 'health' | 'log' | 'check' | 'overdue';
  };
  readonly gatewayTakenForReady: { readonly name: string };
  readonly gatewayUnhealthy: { readonly name: string };
  readonly gatewayHealthy: { readonly name: string };
  /** `isKnown`: somebody doubts the tunnel already. */
  readonly selfHealingBegun: { readonly name: string; readonly isKnown: boolean };
  readonly alarmAnswered: { readonly name: string; readonly alarm: Alarm };
  readonly dockerAgreed: { readonly name: string };
  readonly gatewayTrouble: { readonly text: string };
  readonly gatewayLogUnreadable: { readonly name: string; readonly reason: string };
  readonly gatewayLogReadable: { readonly name: string };
  readonly gatewayLogFellSilent: {
    readonly name: string;
    readonly silentMs: number;
    /** How often it has, with this one. */
    readonly times: number;
  };
  readonly endpoint: {
    readonly status: 'STARTUP' | 'FAILING' | 'NEW' | 'CHANGED';
    readonly ip: string | undefined;
    readonly country: string | undefined;
    readonly city: string | undefined;
    readonly server: string | undefined;
    readonly reason: EndpointReason;
  };
  readonly endpointNotRead: { readonly reason: string };

  // Recovery
  readonly sitesFailed: { readonly sites: readonly string[] };
  readonly recoveryDecided: Evidence & {
    /** Undefined: there is no witness who could tell. */
    readonly isLineUp: boolean | undefined;
    readonly attempt: number;
    /** From its end to the next one, at least. */
    readonly waitMs: number;
  };
  readonly recoveryBegun: object;
  readonly recoveryHeldBack: Evidence & Hold;
  readonly gatewayRestartBegun: { readonly name: string };
  readonly gatewayNotRestarted: { readonly name: string; readonly reason: string };
  readonly gatewayRestartFailed: { readonly name: string; readonly reason: string };
  readonly gatewayStartBegun: { readonly name: string };
  readonly gatewayStartFailed: { readonly name: string; readonly reason: string };
  readonly gatewayNotReady: {
    readonly name: string;
    readonly waitedMs: number;
    readonly isInRecovery: boolean;
    readonly trouble: string | undefined;
  };
  readonly vpnRestartBegun: { readonly name: string };
  readonly vpnNotRestarted: { readonly name: string; readonly reason: string };
  readonly vpnRestartFailed: { readonly name: string; readonly reason: string };
  readonly vpnRestartUncertain: { readonly name: string; readonly reason: string };
  readonly noPassSinceVpnRestart: { readonly name: string };
  readonly noPassSinceRestart: { readonly sites: readonly string[] };
  readonly recoveryAbandoned: {
    readonly name: string;
    readonly because: 'tunnelWorks' | 'stopped' | 'down' | 'startedAnew';
  };
  /** By a restart of the gateway, or of its VPN alone; `restarted`: the dependents that are restarted for that. */
  readonly recoveryCompleted: {
    readonly tookMs: number;
    readonly by: 'gateway' | 'vpn';
    readonly restarted?: readonly string[];
  };
  readonly recoveryIncomplete: {
    readonly tookMs: number;
    readonly isVerified: boolean;
    readonly notRestarted: readonly string[];
    readonly orphans: readonly string[];
  };
  readonly dependentDiscoveryBegun: object;
  readonly dependentsDiscovered: { readonly names: readonly string[] };
  readonly dependentsToFollow: { readonly names: readonly string[] };
  readonly dependentsRestarted: object;

  // Dependents
  readonly dependentsFound: { readonly isAuto: boolean; readonly names: readonly string[] };
  readonly dependentsNotRunning: { readonly names: readonly string[] };
  readonly dependentsCutOff: {
    readonly attachment: CutOff;
    readonly names: readonly string[];
    /** Brought about by a recovery, which repairs them. */
    readonly isInRecovery: boolean;
  };
  readonly orphansNotRecreated: { readonly names: readonly string[] };
  readonly orphansUnclaimed: { readonly names: readonly string[]; readonly gatewayName: string };
  readonly orphanOfFormerGateway: {
    readonly name: string;
    readonly formerGateway: string;
    readonly gatewayName: string;
  };
  readonly dependentAdded: { readonly name: string };
  readonly dependentRemoved: { readonly name: string };
  readonly dependentRenamed: { readonly was: string; readonly name: string };
  readonly dependentStarted: { readonly name: string };
  readonly dependentStopped: { readonly name: string };
  readonly dependentPaused: { readonly name: string };
  readonly dependentResumed: { readonly name: string };
  readonly dependentOutOfMemory: { readonly name: string };
  readonly dependentLooping: { readonly name: string; readonly exits: number; readonly calmMs: number };
  readonly dependentCalm: { readonly name: string; readonly calmMs: number };
  readonly dependentNeverStarted: { readonly name: string; readonly attempt: number };
  readonly dependentRepairBegun: {
    readonly name: string;
    readonly repair: RepairKind;
    readonly attempt: number;
  };
  readonly dependentParked: { readonly name: string; readonly parkedAs: string };
  readonly dependentRepaired: { readonly name: string; readonly repair: RepairKind };
  readonly dependentExited: { readonly name: string; readonly repair: RepairKind; readonly exitCode: number };
  readonly dependentLeftAlone: {
    readonly name: string;
    readonly repair: RepairKind;
    readonly reason: string;
  };
  readonly dependentGone: { readonly name: string };
  readonly dependentRepairFailed: {
    readonly name: string;
    readonly repair: RepairKind;
    readonly reason: string | undefined;
    readonly fault: RepairFault | undefined;
    readonly retryInMs: number;
    readonly attempt: number;
  };
  readonly recreationRefused: {
    readonly name: string;
    readonly reason: string;
    readonly cutOffWithIt: readonly string[];
    readonly attempt: number;
  };
  readonly dependentHeldUpByPause: { readonly name: string };
  readonly dependentHeldUpByOwner: { readonly name: string; readonly owner: string };
  readonly dependentRecovered: { readonly name: string };
  readonly dependentsAllFresh: { readonly name: string };
}

export type NoticeKind = keyof Notices;

/** What every notice has beside its own facts. */
interface About {
  /** The gateway it concerns, as `GLUETUN_CONTAINER` names it; absent: none, or all of them. */
  readonly gateway?: string;
  /** It would be done, but for `DRY_RUN`. */
  readonly dryRun?: true;
}

export type NoticeOf<K extends NoticeKind> = { readonly kind: K } & About & Notices[K];
export type Notice = { [K in NoticeKind]: NoticeOf<K> }[NoticeKind];

/** Said of what would be done. */
export const inDryRun = (notice: Notice): Notice => ({ ...notice, dryRun: true });
