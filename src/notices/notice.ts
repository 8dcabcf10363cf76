import type { SiteQuorum } from '../../config/config.ts';
import type { RepairKind } from '../../streams/events.ts';
import type { CutOff } from '../model/attachment.ts';
import type { Exclusion } from '../model/excluded.ts';
import type { DownCause } from '../model/down-cause.ts';
import type { EngineCall } from '../../streams/engine-calls.ts';
import type { OperatorNotices } from './operator-notices.ts';
import type { LeftToOwner } from '../model/why-not-recreated.ts';
import type { Alarm, HoldReason, OutageCause, RepairFault } from '../model/state.ts';

/** Why an `ENDPOINT` line is written, in the words that users look for. */
export type EndpointReason =
  'Monitor starting' | 'Site connectivity test failed' | 'After restart' | 'Gluetun reported a new public IP';

/** The figures that a decision to recover, or not to, rests on. */
export interface Evidence {
  readonly sitesDown: number;
  readonly sitesCritical: number;
  readonly siteQuorum: SiteQuorum;
  /** How many critical sites have to be down for that. */
  readonly sitesNeeded: number;
}

/** Why no recovery begins although critical sites are down. */
export type Hold =
  | { readonly because: Extract<HoldReason, 'quorum' | 'line' | 'awaitingWitness'> }
  | { readonly because: 'excluded'; readonly name: string; readonly exclusion: Exclusion }
  | { readonly because: 'grace'; readonly leftMs: number }
  | { readonly because: 'backoff'; readonly recoveries: number; readonly leftMs: number };

/** An entry of a list that fits no container. */
export interface Unfit {
  readonly entry: string;
  /** Names that may have been meant, the nearest first. */
  readonly nearest: readonly string[];
}

/** What the history tells of a condition (`condition.ts`). */
interface ConditionFacts {
  readonly condition: string;
  readonly key: string;
  /** Empty if there is only one possible subject. */
  readonly subject: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly sentence: string;
}

/**
 * Everything the monitor reports, by its kind, with its facts. `name` is the name of the container it is about,
 * `site` of the site. Names of figures end in their unit. Kinds and fields are only ever added within a major
 * version, because users' tools read them from the JSON log. `wording.ts` has the sentence and the level of each.
 */
interface Notices extends OperatorNotices {
  // The monitor itself
  readonly monitorStarted: object;
  readonly configWarned: { readonly text: string };
  readonly configRead: {
    readonly checkIntervalMs: number;
    readonly timeoutMs: number;
    readonly failThreshold: number;
  };
  /** Why the image has not become the user `uid`:`gid`, and what that is about. */
  readonly rootKept: {
    readonly uid: number;
    readonly gid: number;
    readonly obstacle: 'capabilities' | 'socket' | 'sitesFile' | 'ownFiles';
    readonly path?: string;
    readonly reason: string;
  };
  readonly dryRunBegun: object;
  readonly shutdownRequested: { readonly signal: string };
  readonly recreationUnfinished: { readonly name: string; readonly parkedAs: string };
  readonly monitorFailed: { readonly error: string };
  /** Together with what is needed to find the bug. */
  readonly monitorFailedOn: { readonly event: string };
  readonly monitorFailedIn: { readonly part: number; readonly parts: number; readonly state: string };

  /**
   * The state of an earlier monitor is lost. `setAsideAs`: where its file is now. `setAsideFailure`: why it could not
   * be moved there; it will then be overwritten.
   */
  readonly stateLost: {
    readonly path: string;
    readonly reason: string;
    readonly setAsideAs?: string;
    readonly setAsideFailure?: string;
  };
  readonly stateNotWritten: { readonly path: string; readonly reason: string };
  readonly stateWritten: { readonly path: string };
  readonly logFileNotWritten: { readonly path: string; readonly reason: string };
  /** `lostLines`: lines that only the console has. */
  readonly logFileWritten: { readonly path: string; readonly lostLines: number };
  /** The history, or the statistics beside it. */
  readonly historyNotWritten: { readonly path: string; readonly reason: string };
  readonly historyWritten: { readonly path: string; readonly lostLines: number };
  readonly historyLinesSetAside: {
    readonly path: string;
    readonly lines: number;
    readonly setAsideAs: string;
  };
  readonly consoleLinesLost: { readonly lostLines: number };
  readonly edgeFailed: { readonly edge: string; readonly reason: string };
  /** `lostSteps`: events that it did not get. */
  readonly edgeRecovered: { readonly edge: string; readonly lostSteps: number };
  readonly pageServed: { readonly address: string; readonly asksForToken: boolean };
  /** `path`: without its query. */
  readonly requestAnswered: {
    readonly method: string;
    readonly path: string;
    readonly address: string;
    readonly status: number;
  };

  // Conditions, for the history only: what the log says of each is in the notices of its own
  readonly conditionBegan: ConditionFacts;
  readonly conditionEnded: ConditionFacts & { readonly lastedMs: number };

  // Sites
  readonly sitesRead: { readonly sites: readonly string[]; readonly isBuiltIn: boolean };
  readonly sitesReloaded: { readonly sites: readonly string[] };
  readonly sitesNotUsed: { readonly reason: string };
  readonly sitesMissing: { readonly reason: string };
  /** `text`: the entry as it was given; empty if there is no entry to show. */
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
  readonly engineUnheard: object;
  readonly engineHeard: object;
  /** `version`: empty if the engine does not tell. */
  readonly podmanRecognised: { readonly version: string };
  /** `request`: as the rules of a proxy name it. */
  readonly callForbidden: {
    readonly call: EngineCall;
    readonly request: string;
    readonly reason: string;
    /** What is lost without it is lost already. */
    readonly isLossKnown?: true;
  };
  readonly callAllowed: { readonly call: EngineCall; readonly request: string };
  readonly lineDown: { readonly reason: string };
  readonly lineUp: { readonly lastedMs: number };
  /** `reason`: why it does not answer, if it never has. Absent if it is silent although the tunnel works. */
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
    /** How often its restart policy started it before giving up. */
    readonly restarts?: number;
    /** Why it could not be started, in the engine's words; empty if it was created and never started. */
    readonly startError?: string;
    /** A restart by the monitor was cut short. */
    readonly isCutShort?: true;
    readonly exclusion?: Exclusion;
    /** When the monitor starts it unless it comes back; absent if the monitor does not. */
    readonly startInMs?: number;
    /** The number of this recovery in a row, if the backoff delays it. */
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
  /** `isKnown`: an alarm is already raised. */
  readonly selfHealingBegun: { readonly name: string; readonly isKnown: boolean };
  readonly alarmAnswered: { readonly name: string; readonly alarm: Alarm };
  readonly dockerAgreed: { readonly name: string };
  readonly gatewayTrouble: { readonly text: string };
  readonly gatewayLogUnreadable: { readonly name: string; readonly reason: string };
  readonly gatewayLogReadable: { readonly name: string };
  readonly gatewayLogFellSilent: {
    readonly name: string;
    readonly silentMs: number;
    /** How often this has happened, including this time. */
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
  /**
   * The tunnel works again. `lastedMs`: since the first sign of the outage. `sites`: those that were down when it
   * began. `trouble`: what Gluetun last said of it.
   */
  readonly outageEnded: {
    readonly name: string;
    readonly lastedMs: number;
    readonly cause: OutageCause;
    readonly sites: readonly string[];
    readonly reason: string | undefined;
    readonly trouble: string | undefined;
  };
  readonly sitesFailed: { readonly sites: readonly string[] };
  readonly recoveryDecided: Evidence & {
    /** Undefined if no witness is configured that could show it. */
    readonly isLineUp: boolean | undefined;
    readonly attempt: number;
    /** The shortest wait from its end to the next one. */
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
  /**
   * `by`: a restart of the gateway, or of its VPN alone. `restarted`: the dependents that are restarted after that.
   */
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
    /** Caused by a recovery, which repairs them. */
    readonly isInRecovery: boolean;
  };
  readonly orphansNotRecreated: { readonly names: readonly string[]; readonly because: LeftToOwner };
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

/** What every notice has besides its own facts. */
interface About {
  /** The gateway it concerns, as `GLUETUN_CONTAINER` names it; absent if it concerns none, or all of them. */
  readonly gateway?: string;
  /** It would be done if `DRY_RUN` were not set. */
  readonly dryRun?: true;
}

export type NoticeOf<K extends NoticeKind> = { readonly kind: K } & About & Notices[K];
export type Notice = { [K in NoticeKind]: NoticeOf<K> }[NoticeKind];

/** Marks a notice as what would be done. */
export const inDryRun = (notice: Notice): Notice => ({ ...notice, dryRun: true });
