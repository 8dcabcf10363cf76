import type { Labels } from './labels.ts';
import type { Site } from '../config/config.ts';
import type { SiteFault } from '../config/sites.ts';
import type { EngineCall } from './engine-calls.ts';
import type { FailureCause } from './wget-failure.ts';

export type { SiteFault };

/**
 * Everything that can happen, as plain data in the past tense.
 *
 * `at` is when the monitor learned of it: milliseconds on the monitor's own clock, which never runs backwards. Times
 * from the engine (`engineTimeMs`, `startedAt`) are on the engine's clock and are only compared with each other.
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
  | OperatorEvent
  /** Always the first event. */
  | { readonly type: 'monitorStarted'; readonly at: number }
  | { readonly type: 'timeReached'; readonly at: number }
  | { readonly type: 'shutdownRequested'; readonly at: number; readonly signal: string }
  /** The act under way at a shutdown has used up its time. */
  | { readonly type: 'graceOver'; readonly at: number };

/** Trouble with the files and edges that keep, write or show what happens. */
export type EdgeEvent =
  /** From now on what is written there is lost, or waits. */
  | {
      readonly type: 'storeFailed';
      readonly at: number;
      readonly store: Store;
      readonly path: string;
      readonly reason: string;
    }
  /** Everything that waited is written. `lostLines`: how many lines were dropped. */
  | {
      readonly type: 'storeRecovered';
      readonly at: number;
      readonly store: Store;
      readonly path: string;
      readonly lostLines?: number;
    }
  /** Lines that could not be read were moved from the file at `path` to `setAsideAs`. */
  | {
      readonly type: 'linesSetAside';
      readonly at: number;
      readonly path: string;
      readonly lines: number;
      readonly setAsideAs: string;
    }
  /** `address`: it cannot listen there. */
  | {
      readonly type: 'edgeFailed';
      readonly at: number;
      readonly edge: string;
      readonly reason: string;
      readonly address?: string;
    }
  /** `lostSteps`: how many steps were dropped while it was busy with earlier ones. */
  | {
      readonly type: 'edgeRecovered';
      readonly at: number;
      readonly edge: string;
      readonly lostSteps: number;
    };

/** The operator asks something of the running monitor, by a command. */
export interface OperatorEvent {
  readonly type: 'operatorRequested';
  readonly at: number;
  readonly requestId: number;
  readonly request: OperatorRequest;
}

/** `gateway`: as the operator names it; absent: all of them, or the only one. */
export type OperatorRequest =
  | { readonly what: 'reconnect' | 'recover' | 'resume'; readonly gateway?: string }
  | { readonly what: 'pause'; readonly gateway?: string; readonly forMs: number };

/** A file that the monitor writes, and can do without. */
export type Store = 'log' | 'state' | 'history' | 'statistics';

/** What one message of the engine's event stream reported about one container. */
export type ContainerEvent = {
  readonly at: number;
  readonly id: string;
  /** The container's name at that moment, without a slash. After a rename, the new one. */
  readonly name: string;
  readonly labels: Labels;
  /** On the engine's clock: milliseconds since the epoch with a fraction. */
  readonly engineTimeMs: number;
} & ContainerChange;

export type ContainerChange =
  | { readonly type: 'containerCreated' }
  | { readonly type: 'containerStarted' }
  /** `tellsNoSignal`: this engine (Podman) never reports which signal, if any, ended the container. */
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

export type EngineEvent =
  /** The event stream is open. From here on nothing is missed; what came before must be listed. */
  | { readonly type: 'engineConnected'; readonly at: number }
  /**
   * The engine was killed, and ended this container itself when it started again. The container has not run since.
   * Emitted at each connection as long as the engine remembers it. A message about the end may come before this
   * event.
   */
  | { readonly type: 'containerEndedByEngine'; readonly at: number; readonly id: string }
  | { readonly type: 'engineDisconnected'; readonly at: number; readonly reason: string }
  /** The engine is Podman. Emitted at each connection. `version`: empty if it does not tell. */
  | { readonly type: 'podmanRecognised'; readonly at: number; readonly version: string }
  /** A proxy in front of the engine does not let this call through. Emitted when that begins and when it ends. */
  | {
      readonly type: 'callForbidden';
      readonly at: number;
      readonly call: EngineCall;
      readonly reason: string;
    }
  | { readonly type: 'callAllowed'; readonly at: number; readonly call: EngineCall }
  | {
      readonly type: 'containersListed';
      readonly at: number;
      /** When the listing was requested: a message received since may be newer than the listing. */
      readonly requestedAt: number;
      readonly engineClockMs: number;
      readonly containers: readonly ContainerFacts[];
      /** Ids of containers that exist, and of which neither the listing nor an inspection tells enough. Absent: none. */
      readonly unread?: readonly string[];
    }
  | { readonly type: 'listingFailed'; readonly at: number; readonly reason: string }
  | {
      readonly type: 'containerInspected';
      readonly at: number;
      readonly requestedAt: number;
      readonly engineClockMs: number;
      readonly id: string;
      /** Undefined if there is no such container. */
      readonly facts: ContainerFacts | undefined;
      /** The inspection was part of an act. Absent if it was requested. */
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

/** What a listing, or an inspection if one was needed, shows of a container. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  /** On the engine's clock: milliseconds since the epoch, whole seconds if it was only listed. */
  readonly createdMs: number;
  readonly labels: Labels;
  /**
   * `HostConfig.NetworkMode`: `container:<id or name>` if it joined another container's network. Empty without
   * `details`: the engine's listing does not tell.
   */
  readonly networkMode: string;
  readonly runState: RunState;
  /** Undefined if the container was only listed. */
  readonly details: ContainerDetails | undefined;
}

export interface ContainerDetails {
  /** On the engine's clock: milliseconds since the epoch with a fraction. Undefined if it never ran. */
  readonly startedAtMs: number | undefined;
  /** As the engine wrote it, RFC 3339 with up to nine digits. A log is followed from this instant. */
  readonly startedAt: string;
  /** When its last run ended, on the same clock; undefined if none has. */
  readonly finishedAtMs: number | undefined;
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly exitCode: number;
  /** `State.Error`: why the last start failed; empty if it did not. */
  readonly error: string;
  /** Id of the image it was created from, whatever that image's name means today. */
  readonly imageId: string;
  readonly tty: boolean;
  readonly restartPolicy: RestartPolicy;
  /**
   * How often the restart policy has started it since its last manual start, and how often it may. 0: without limit.
   */
  readonly restartCount: number;
  readonly maximumRetryCount: number;
  /** How long the engine waits between the stop signal and the kill. */
  readonly stopTimeoutSeconds: number;
  /** The number of the signal that asks it to end. */
  readonly stopSignal: number;
  /** Containers whose processes or memory it shares, by id or name, as the engine keeps them; absent if none. */
  readonly sharesWith?: readonly string[];
  /** Containers whose volumes it uses; absent if none. */
  readonly volumesFrom?: readonly string[];
}

export type RestartPolicy = 'no' | 'always' | 'unless-stopped' | 'on-failure';

export type Verdict = 'pass' | 'fail' | 'unknown';

export interface ProbeResult {
  readonly site: Site;
  readonly verdict: Verdict;
  /** Why it failed or is unknown, in the words of the log; `OK` if it passed. */
  readonly reason: string;
  /** The cause of a failure, as far as it is known. */
  readonly cause?: FailureCause | undefined;
  /** Milliseconds from the check's first sign of life to this result; undefined if there is no result. */
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
      /** Why some sites have no result; undefined if every site has one. */
      readonly cutShort: string | undefined;
    };

/** What a line of Gluetun's log reported, whichever version wrote it. */
export type GatewayLogEvent = {
  readonly at: number;
  readonly gatewayId: string;
  /** Written before the monitor followed the log: it is true of this start, but no news. */
  readonly isPast: boolean;
} & GatewayLogFact;

export type GatewayLogFact =
  | ({ readonly type: 'publicIpLogged' } & PublicIp)
  /**
   * OpenVPN's initialisation is complete, or WireGuard is set up. The tunnel is up, or at least its routes and
   * firewall are, so that no traffic can bypass it. Its address is not known yet.
   */
  | { readonly type: 'tunnelUpLogged' }
  /**
   * A reconnect: Gluetun stops its VPN and starts it again, whoever asked for it. Not logged at the container's own
   * start.
   */
  | { readonly type: 'vpnStoppingLogged' }
  | { readonly type: 'vpnStartingLogged' }
  /** Why Gluetun cannot connect, in its own words: one printable line, without secrets. */
  | { readonly type: 'gatewayTroubleLogged'; readonly text: string }
  | { readonly type: 'vpnServerLogged'; readonly server: string }
  /** Gluetun restarts its VPN by itself. */
  | { readonly type: 'selfHealingLogged' };

/** Whether Gluetun's log can be read. */
export type GatewayLogReadingEvent = { readonly at: number; readonly gatewayId: string } & (
  | { readonly type: 'gatewayLogUnreadable'; readonly reason: string }
  /** The log can be read again. */
  | { readonly type: 'gatewayLogReadable' }
  /** The stream that followed the log went silent although the engine had more lines. It was opened again. */
  | { readonly type: 'gatewayLogFellSilent'; readonly silentMs: number }
);

/** The endpoint as Gluetun knows it. A part is undefined if Gluetun did not report it. */
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
  /** The file changed, and has no usable site any more. */
  | {
      readonly type: 'sitesUnusable';
      readonly at: number;
      readonly reason: string;
      readonly faults: readonly SiteFault[];
    };

/** How an act ended. The act itself stays with its owner: only its id and kind come back. */
interface CommandEvent {
  readonly type: 'actEnded';
  readonly at: number;
  readonly id: number;
  readonly kind: string;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly ok: true }
  /** `gone`: what the act was about no longer exists, so a retry is pointless. */
  | {
      readonly ok: false;
      readonly reason: string;
      readonly gone?: true;
      /** The situation was not, or no longer, as the act assumed, so nothing was done. */
      readonly isSkipped?: true;
      /** It cannot be done, now or later. */
      readonly refused?: true;
    };

/** Whether a host outside the tunnel answers the monitor itself. */
interface WitnessEvent {
  readonly type: 'witnessProbed';
  readonly at: number;
  readonly requestId: number;
  readonly answers: boolean;
  /** Why it does not answer. */
  readonly reason?: string;
}

/**
 * How a dependent is put back. `restart`. `recreate`: it hangs on a container that no longer exists, so it is created
 * anew. `resume`: a re-creation that an earlier monitor left half done is continued.
 */
export type RepairKind = 'restart' | 'recreate' | 'resume';

/** The progress of one dependent within a wave. */
type DependentEvent =
  | {
      readonly type: 'dependentRepairBegun';
      readonly at: number;
      readonly id: string;
      readonly name: string;
      readonly how: RepairKind;
    }
  /** It keeps another name until its replacement runs. */
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
      /** The container that has its name now, inspected right after; undefined if that failed or it is gone. */
      readonly facts: ContainerFacts | undefined;
    };
