import type { OperatorRequest } from '../../../streams/events.ts';
import type { Settings } from '../../../src/model/state.ts';

/**
 * One random history, as plain data: the containers, the settings of the monitor, and every event, to the
 * millisecond. Playing it involves no chance, so the same history always gives the same day.
 */
export interface History {
  readonly hours: number;
  readonly cast: Cast;
  readonly settings: Choices;
  readonly steps: readonly Step[];
}

export interface Cast {
  readonly gatewayPolicy: RestartPolicy;
  readonly hasHealthCheck: boolean;
  readonly isOfCompose: boolean;
  /** Roles of `roles.ts`. */
  readonly dependents: readonly string[];
  /** Roles that the monitor must not touch. */
  readonly untouchable: readonly string[];
  /** A second gateway with its own dependent: watched by the monitor, or unrelated to it. */
  readonly second: 'none' | 'watched' | 'foreign';
}

export type RestartPolicy = 'no' | 'always' | 'unless-stopped' | 'on-failure';

export type Choices = Pick<
  Settings,
  | 'checkIntervalMs'
  | 'failThreshold'
  | 'siteQuorum'
  | 'recoveryStrategy'
  | 'selfHealGraceMs'
  | 'backoffMs'
  | 'backoffMaxMs'
  | 'autoRecreate'
  | 'restartConcurrency'
  | 'dryRun'
> & { readonly sites: number; readonly hasWitness: boolean };

export interface Step {
  /** Since the previous step, or since the beginning. */
  readonly afterMs: number;
  readonly deed: Deed;
}

/** Deeds to one container, by its role. */
interface Whom {
  readonly who: string;
}

interface Lasting {
  readonly forMs: number;
}

/** All possible deeds; `what` is the name in stories and in the counts. */
export type Deed =
  | OperatorDeed
  | ({ readonly what: 'crash'; readonly exitCode: number } & Whom)
  | ({ readonly what: 'outOfMemory' } & Whom)
  | TunnelDeed
  | EngineDeed
  | MonitorDeed;

type OperatorDeed =
  | ({ readonly what: 'stop' | 'start' | 'restart' | 'kill' | 'remove' | 'create' | 'recreate' } & Whom)
  | ({ readonly what: 'pause' | 'rename' } & Whom & Lasting)
  /** `docker compose up -d` for the gateway only or with all that joined it, in compose's order of steps. */
  | { readonly what: 'composeUp'; readonly isGatewayOnly: boolean }
  /** A command that asks the running monitor. Seeds draw none: `with-requests.ts` adds them. */
  | { readonly what: 'ask'; readonly request: OperatorRequest };

type TunnelDeed =
  | ({ readonly what: 'tunnelBreaks' | 'tunnelHangs' | 'dnsFails' | 'providerFails' | 'lineFails' } & Lasting)
  | ({ readonly what: 'siteBlocked'; readonly site: number } & Lasting)
  | ({
      readonly what: 'healthLies' | 'execRefused' | 'wgetGone' | 'controlServerGone' | 'secondTunnelBreaks';
    } & Lasting)
  | { readonly what: 'gluetunHealsItself' };

type EngineDeed =
  /** Orderly, or by SIGKILL: then its containers run on, and the next engine stops them before it answers. */
  | ({ readonly what: 'engineRestarts' | 'engineKilled'; readonly ownersFirst: boolean } & Lasting)
  /** Of the whole host, including the monitor. */
  | ({ readonly what: 'powerCut'; readonly ownersFirst: boolean } & Lasting)
  /** Every open stream ends; the engine goes on. */
  | { readonly what: 'streamCut' }
  /** Each event gets the next of these fates: the delay of each delivery; an empty one is lost. */
  | ({ readonly what: 'messagesDisturbed'; readonly fates: readonly (readonly number[])[] } & Lasting)
  /** Each call gets the next of these fates. */
  | ({
      readonly what: 'callsDisturbed';
      readonly calls: 'readings' | 'writes';
      readonly fates: readonly CallFate[];
    } & Lasting)
  /** The host's clock is set ahead. */
  | { readonly what: 'clockJumps'; readonly byMs: number };

export type CallFate =
  | { readonly fate: 'fine' }
  | { readonly fate: 'slow'; readonly lateMs: number; readonly answerMs: number }
  | { readonly fate: 'fails' }
  /** Carried out, and reported as failed. */
  | { readonly fate: 'answerLost' }
  | { readonly fate: 'hangs' };

type MonitorDeed =
  /** SIGKILL or SIGTERM; another one is started later, with its clock that far ahead or behind. */
  { readonly what: 'monitorKilled' | 'monitorStopped'; readonly aheadMs: number } & Lasting;

/** The deed of that name. */
export type Deedful<W extends Deed['what']> = Deed extends infer D
  ? D extends { readonly what: infer X }
    ? W extends X
      ? D & { readonly what: W }
      : never
    : never
  : never;
