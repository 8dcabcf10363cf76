import type { Site } from '../config/config.ts';
import type { SiteFault } from '../config/sites.ts';
import type { FailureCause } from './wget-failure.ts';

export type { SiteFault };

/**
 * Everything that can happen, as plain data in the past tense.
 *
 * `at` is when the monitor learned of it: milliseconds on the monitor's own clock, which never runs
 * backwards. Times the engine gives (`engineTimeMs`, `startedAt`) are on the engine's clock and are only
 * ever compared with each other.
 */
export type Event =
  | ContainerEvent
  | EngineEvent
  | CheckEvent
  | GatewayLogEvent
  | GatewayLogReadingEvent
  | EndpointEvent
  | SitesEvent
  | CommandEvent
  | DependentEvent
  | WitnessEvent
  | EdgeEvent
  /** The first of all events. */
  | { readonly type: 'monitorStarted'; readonly at: number }
  | { readonly type: 'timeReached'; readonly at: number }
  | { readonly type: 'shutdownRequested'; readonly at: number; readonly signal: string }
  /** The act under way at a shutdown has had its time. */
  | { readonly type: 'graceOver'; readonly at: number };

/** What became of those who keep, write or show what happens. */
export type EdgeEvent =
  /** What is written there is lost, or waits. */
  | {
      readonly type: 'storeFailed';
      readonly at: number;
      readonly store: Store;
      readonly path: string;
      readonly reason: string;
    }
  /** All that waited is written. `lostLines`: what was too much to wait. */
  | {
      readonly type: 'storeRecovered';
      readonly at: number;
      readonly store: Store;
      readonly path: string;
      readonly lostLines?: number;
    }
  | { readonly type: 'edgeFailed'; readonly at: number; readonly edge: string; readonly reason: string }
  /** `lostSteps`: those that it was not given while it was not done with earlier ones. */
  | {
      readonly type: 'edgeRecovered';
      readonly at: number;
      readonly edge: string;
      readonly lostSteps: number;
    };

/** A file that the monitor writes, and does without where it must. */
export type Store = 'log' | 'state';

/** What one message of the engine's event stream said of one container. */
export type ContainerEvent = {
  readonly at: number;
  readonly id: string;
  /** The container's name at that moment, without a slash; for a rename, the new one. */
  readonly name: string;
  readonly labels: Labels;
  /** The engine's clock, milliseconds since the epoch with a fraction. */
  readonly engineTimeMs: number;
} & ContainerChange;

export type ContainerChange =
  | { readonly type: 'containerCreated' }
  | { readonly type: 'containerStarted' }
  /** `tellsNoSignal`: an engine that never says by which signal, if any, this end came (Podman). */
  | {
      readonly type: 'containerDied';
      readonly exitCode: number | undefined;
      readonly tellsNoSignal?: true;
    }
  | { readonly type: 'containerStopped' }
  | { readonly type: 'containerRestarted' }
  | { readonly type: 'containerKilled'; readonly signal: string | undefined }
  | { readonly type: 'containerDestroyed' }
  | { readonly type: 'containerRenamed'; readonly oldName: string }
  | { readonly type: 'containerPaused' }
  | { readonly type: 'containerUnpaused' }
  | { readonly type: 'containerOutOfMemory' }
  | { readonly type: 'containerHealthChanged'; readonly health: 'healthy' | 'unhealthy' };

export type Labels = Readonly<Record<string, string>>;

export type EngineEvent =
  /** The event stream is open: from here on nothing is missed, what came before must be listed. */
  | { readonly type: 'engineConnected'; readonly at: number }
  /**
   * The engine had been killed, and ended this container itself when it started again; the container has not run since.
   * Said at each connection for as long as the engine remembers it; a message of its end may come before this.
   */
  | { readonly type: 'containerEndedByEngine'; readonly at: number; readonly id: string }
  | { readonly type: 'engineDisconnected'; readonly at: number; readonly reason: string }
  | {
      readonly type: 'containersListed';
      readonly at: number;
      /** When the listing was asked for: what was heard since may be newer than what it shows. */
      readonly requestedAt: number;
      readonly engineClockMs: number;
      readonly containers: readonly ContainerFacts[];
    }
  | { readonly type: 'listingFailed'; readonly at: number; readonly reason: string }
  | {
      readonly type: 'containerInspected';
      readonly at: number;
      readonly requestedAt: number;
      readonly engineClockMs: number;
      readonly id: string;
      /** Undefined: there is no such container. */
      readonly facts: ContainerFacts | undefined;
      /** An act has looked; absent: it was asked for. */
      readonly isByAct?: true;
    }
  | {
      readonly type: 'inspectionFailed';
      readonly at: number;
      readonly id: string;
      readonly reason: string;
      readonly isByAct?: true;
    };

export type RunState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

/** What a listing, and where it was needed an inspection, says of a container. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** Engine's clock, milliseconds since the epoch: whole seconds where it was only listed. */
  readonly createdMs: number;
  readonly labels: Labels;
  /** `HostConfig.NetworkMode`: `container:<id or name>` for one that joined another's network. */
  readonly networkMode: string;
  readonly runState: RunState;
  /** Undefined where the container was only listed. */
  readonly details: ContainerDetails | undefined;
}

export interface ContainerDetails {
  /** Engine's clock, milliseconds since the epoch with a fraction; undefined: it never ran. */
  readonly startedAtMs: number | undefined;
  /** As the engine wrote it, RFC 3339 with up to nine digits: what a log is followed from. */
  readonly startedAt: string;
  /** When its last run ended, on the same clock; undefined: none has. */
  readonly finishedAtMs: number | undefined;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly exitCode: number;
  /** `State.Error`: why the last start failed, empty when it did not. */
  readonly error: string;
  /** Of the image it was made from, whatever its name stands for today. */
  readonly imageId: string;
  readonly tty: boolean;
  readonly restartPolicy: RestartPolicy;
  /** How often that policy has started it since anybody else did, and how often it would; 0: as often as need be. */
  readonly restartCount: number;
  readonly maximumRetryCount: number;
  /** How long the engine waits between the stop signal and the kill. */
  readonly stopTimeoutSeconds: number;
  /** The signal that asks it to end, by its number. */
  readonly stopSignal: number;
  /** Whose processes or memory it shares, by id or name, as the engine kept it; absent: nobody's. */
  readonly sharesWith?: readonly string[];
  /** Whose volumes it has; absent: nobody's. */
  readonly volumesFrom?: readonly string[];
}

export type RestartPolicy = 'no' | 'always' | 'unless-stopped' | 'on-failure';

export type Verdict = 'pass' | 'fail' | 'unknown';

export interface ProbeResult {
  readonly site: Site;
  readonly verdict: Verdict;
  /** Why it failed or is unknown, in the words of the log; `OK` on a pass. */
  readonly reason: string;
  /** What a failure comes from, as far as it is told. */
  readonly cause?: FailureCause | undefined;
  /** Milliseconds from the check's first sign of life to this result; undefined where none came. */
  readonly latencyMs: number | undefined;
  readonly httpStatus: number | undefined;
}

export type CheckEvent =
  | {
      readonly type: 'siteProbed';
      readonly at: number;
      readonly checkId: number;
      readonly result: ProbeResult;
    }
  | {
      readonly type: 'checkFinished';
      readonly at: number;
      readonly checkId: number;
      /** Why sites without a result have none; undefined when every site has one. */
      readonly cutShort: string | undefined;
    };

/** What a line of Gluetun's log told, whichever version wrote it. */
export type GatewayLogEvent = {
  readonly at: number;
  readonly gatewayId: string;
  /** Written before anybody followed the log: true of this start, but no news. */
  readonly isPast: boolean;
} & GatewayLogFact;

export type GatewayLogFact =
  | ({ readonly type: 'publicIpLogged' } & PublicIp)
  /**
   * OpenVPN's initialisation is complete, or WireGuard is set up: the tunnel is up, or at least its routes and firewall
   * stand, so that nothing goes out beside it. Its address is not known yet.
   */
  | { readonly type: 'tunnelUpLogged' }
  /** A reconnect: Gluetun stops its VPN and starts it again, on whoever's behalf. Not said at the container's own start. */
  | { readonly type: 'vpnStoppingLogged' }
  | { readonly type: 'vpnStartingLogged' }
  /** Why it cannot connect, in its own words: one printable line, without secrets. */
  | { readonly type: 'gatewayTroubleLogged'; readonly text: string }
  | { readonly type: 'vpnServerLogged'; readonly server: string }
  /** Gluetun restarts its VPN itself. */
  | { readonly type: 'selfHealingLogged' };

/** Whether there is anything to be read of Gluetun's log. */
export type GatewayLogReadingEvent = { readonly at: number; readonly gatewayId: string } & (
  | { readonly type: 'gatewayLogUnreadable'; readonly reason: string }
  /** It can be read again. */
  | { readonly type: 'gatewayLogReadable' }
  /** The engine had more to tell than came by the stream that followed it; that was opened anew. */
  | { readonly type: 'gatewayLogFellSilent'; readonly silentMs: number }
);

/** The exit as Gluetun knows it; a part is undefined where it said nothing of it. */
export interface PublicIp {
  readonly ip: string | undefined;
  readonly country: string | undefined;
  readonly region: string | undefined;
  readonly city: string | undefined;
}

export type EndpointEvent =
  | ({ readonly type: 'endpointRead'; readonly at: number; readonly requestId: number } & PublicIp)
  | {
      readonly type: 'endpointUnavailable';
      readonly at: number;
      readonly requestId: number;
      readonly reason: string;
    };

export type SitesEvent =
  | {
      readonly type: 'sitesChanged';
      readonly at: number;
      readonly sites: readonly Site[];
      readonly faults: readonly SiteFault[];
    }
  /** The file changed into something without one usable site. */
  | {
      readonly type: 'sitesUnusable';
      readonly at: number;
      readonly reason: string;
      readonly faults: readonly SiteFault[];
    };

/** How a command ended. The command itself stays with whoever gave it: only its id and kind come back. */
interface CommandEvent {
  readonly type: 'actEnded';
  readonly at: number;
  readonly id: number;
  readonly kind: string;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly ok: true }
  /** `gone`: what it was about no longer exists, so there is nothing to try again. */
  | {
      readonly ok: false;
      readonly reason: string;
      readonly gone?: true;
      /** Things were not, or no longer, as the command took them to be: nothing was done. */
      readonly isSkipped?: true;
      /** It cannot be done, now or later. */
      readonly refused?: true;
    };

/** Whether somebody outside the tunnel answers the monitor itself. */
interface WitnessEvent {
  readonly type: 'witnessProbed';
  readonly at: number;
  readonly requestId: number;
  readonly answers: boolean;
  /** Why it does not. */
  readonly reason?: string;
}

/**
 * How a dependent is put back: restarted; created anew, for it hangs on a container that is no more; or the
 * latter taken up again where an earlier monitor left it.
 */
export type RepairKind = 'restart' | 'recreate' | 'resume';

/** What became of one dependent within a wave. */
type DependentEvent =
  | {
      readonly type: 'dependentRepairBegun';
      readonly at: number;
      readonly id: string;
      readonly name: string;
      readonly how: RepairKind;
    }
  /** It waits under another name until what replaces it runs. */
  | {
      readonly type: 'dependentParked';
      readonly at: number;
      readonly id: string;
      readonly name: string;
      readonly parkedAs: string;
    }
  | {
      readonly type: 'dependentRepairEnded';
      readonly at: number;
      readonly id: string;
      readonly name: string;
      readonly how: RepairKind;
      readonly outcome: Outcome;
      /** Of what runs under its name now, inspected right after; undefined where it failed or is gone. */
      readonly facts: ContainerFacts | undefined;
    };
