import type { CutOff } from '../model/attachment.ts';
import type { DownCause } from '../model/down-cause.ts';
import type { LeftToOwner } from '../model/why-not-recreated.ts';
import type { EngineCall } from '../../streams/engine-calls.ts';
import type { HoldReason, RepairFault } from '../model/state.ts';

/** Why a dependent that is cut off is not repaired at present. */
export type Unrepaired =
  LeftToOwner | 'dryRun' | 'refused' | 'failing' | 'paused' | 'monitorPaused' | 'awaitsOwner';

/**
 * Everything that can be wrong for a while, by its kind, with its facts. Kinds and fields are only ever added, like
 * those of notices.
 */
interface Conditions {
  readonly engineLost: { readonly reason: string };
  readonly listingFailed: { readonly reason: string };
  readonly engineUnheard: object;
  readonly callForbidden: { readonly call: EngineCall; readonly reason: string };
  readonly logFileNotWritten: { readonly reason: string };
  readonly stateNotWritten: { readonly reason: string };
  readonly historyNotWritten: { readonly reason: string };
  readonly edgeFailed: { readonly reason: string };
  readonly addressNotServed: { readonly reason: string };
  readonly gatewayAbsent: object;
  readonly gatewayDown: { readonly cause: DownCause };
  readonly gatewayPaused: object;
  readonly gatewayNotReady: object;
  readonly gatewayLooping: { readonly exits: number };
  readonly gatewayExcluded: object;
  readonly gatewayLogUnreadable: { readonly reason: string };
  readonly controlServerUnusable: { readonly reason: string };
  readonly monitorOnGatewayNetwork: object;
  /** The operator has paused the monitor. `until`: milliseconds since the epoch. */
  readonly paused: { readonly until: number };
  readonly probesFailed: { readonly reason: string };
  readonly siteDown: { readonly isCritical: boolean };
  readonly siteDemoted: object;
  readonly siteNeverPassed: object;
  readonly dnsFailed: object;
  readonly lineDown: { readonly reason: string };
  readonly witnessIgnored: object;
  /** `until`: milliseconds since the epoch, present if time alone ends it. */
  readonly recoveryHeldBack: { readonly because: HoldReason; readonly until?: number };
  readonly dependentCutOff: {
    readonly attachment: CutOff;
    readonly because: Unrepaired;
    /** In the engine's words. */
    readonly reason?: string;
    readonly fault?: RepairFault;
    /** The container it waits for, whose network it shares. */
    readonly owner?: string;
  };
  readonly dependentLooping: object;
  readonly orphanUnclaimed: { readonly formerGateway?: string };
}

export type ConditionKind = keyof Conditions;

/** What a condition is about. */
interface Subject {
  /** Absent if it is about all of them. */
  readonly gateway?: string;
  /** The name of the container or site, or the path of the file; empty if there is only one possible subject. */
  readonly subject: string;
  /**
   * A container's id or a site's URL, which stays the same if the name changes. Absent if the gateway identifies it.
   */
  readonly id?: string;
}

export type Finding = {
  [K in ConditionKind]: { readonly kind: K } & Subject & Conditions[K];
}[ConditionKind];

/**
 * Something that is wrong for a while.
 *
 * `key` stays the same as long as it lasts, even when the monitor restarts. `since`: when it began, in milliseconds
 * since the epoch.
 */
export type Condition = Finding & {
  readonly key: string;
  readonly since: number;
} & Worded;

/** What a person is told of a condition. */
export interface Worded {
  readonly severity: Severity;
  /** What is wrong, as a whole sentence in the present tense. */
  readonly sentence: string;
  /** What somebody can do about it, in a sentence or two; empty if nothing is needed because it passes by itself. */
  readonly remedy: string;
}

/** `critical`: the tunnel or the monitor does not work meanwhile. `info`: nobody has to do anything. */
export type Severity = 'critical' | 'warning' | 'info';

export type ConditionOf<K extends ConditionKind> = Extract<Condition, { readonly kind: K }>;
