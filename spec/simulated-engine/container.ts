import { Subject, Subscription } from 'rxjs';
import type { Nanos } from './clock.ts';
import { ContainerLog } from './container-log.ts';
import { DEPENDENT_TIMINGS, OWNER_TIMINGS, joinedContainer } from './create-request.ts';
import type { CreateBody, HostConfig, Timings } from './create-request.ts';
import type { Image } from './images.ts';
import type { Mount } from './mounts.ts';
import { SingleFlight } from './runtime.ts';
import type { Runtime } from './runtime.ts';
import { SIGTERM, parseSignal } from './signals.ts';
import type { Signal } from './signals.ts';
import type { Workload } from './workload.ts';

/** The exit code of a container that could not start, unless it already has one. */
const START_FAILED = 128;

export type Status = 'created' | 'running' | 'paused' | 'restarting' | 'exited';

/** A network namespace. It dies with the process of its owner, even if other containers are still inside. */
export interface NetworkNamespace {
  readonly ownerId: string;
  readonly ownerPid: number;
  readonly hostname: string;
  readonly domainname: string;
  alive: boolean;
}

export interface HealthResult {
  readonly start: Nanos;
  readonly end: Nanos;
  readonly exitCode: number;
}

export interface Health {
  status: 'starting' | 'healthy' | 'unhealthy';
  failingStreak: number;
  readonly results: HealthResult[];
}

/** The part of a container that changes, under the engine's own names. */
export interface State {
  running: boolean;
  paused: boolean;
  restarting: boolean;
  oomKilled: boolean;
  pid: number;
  exitCode: number;
  error: string;
  startedAt: Nanos | undefined;
  finishedAt: Nanos | undefined;
}

export interface ContainerParts {
  readonly name: string;
  readonly body: CreateBody;
  readonly madeFrom: Image;
  readonly mounts: readonly Mount[];
  readonly workload: Workload;
  readonly timings: Partial<Timings> | undefined;
}

/** One container: its configuration and its current state. It does nothing by itself. */
export class Container {
  readonly id: string;
  name: string;
  readonly created: Nanos;
  /** The request, completed with the defaults of its image. */
  readonly body: CreateBody;
  /** Its image, even if the name now means another one or the image no longer exists. */
  readonly madeFrom: Image;
  readonly mounts: readonly Mount[];
  readonly hostConfig: HostConfig;
  readonly workload: Workload;
  readonly timings: Timings;
  readonly log: ContainerLog;
  readonly state: State;
  health: Health | undefined;
  namespace: NetworkNamespace | undefined;
  restartCount = 0;

  /** Its operator stopped it: `unless-stopped` will not bring it back, also after a boot. */
  manuallyStopped = false;
  /** It was told to stop: the next exit is final, whatever its restart policy. */
  exitOnNext = false;
  /** It is being restarted: `AutoRemove` does not apply to this stop. */
  keptOnStop = false;
  backoffMs = 0;
  /** The wait of the restart policy. */
  backoff = Subscription.EMPTY;

  readonly starts: SingleFlight;
  readonly stops: SingleFlight;
  /** Emits each time the main process ends. */
  readonly died$ = new Subject<void>();
  /** Everything that must not outlive the current run of the process. */
  run = Subscription.EMPTY;
  healthLoop = Subscription.EMPTY;

  constructor(runtime: Runtime, parts: ContainerParts) {
    this.id = runtime.newId();
    this.name = parts.name;
    this.created = runtime.clock.stamp();
    this.body = parts.body;
    this.madeFrom = parts.madeFrom;
    this.mounts = parts.mounts;
    this.hostConfig = parts.body.HostConfig ?? { NetworkMode: 'default' };
    this.workload = parts.workload;
    this.timings = { ...(this.joins === undefined ? OWNER_TIMINGS : DEPENDENT_TIMINGS), ...parts.timings };
    this.log = new ContainerLog(runtime.clock);
    this.starts = new SingleFlight(runtime);
    this.stops = new SingleFlight(runtime);
    this.state = neverRan();
  }

  /** The name of its image as it was given. */
  get image(): string {
    return this.body.Image;
  }

  get labels(): Readonly<Record<string, string>> {
    return this.body.Labels ?? {};
  }

  get networkMode(): string {
    return this.hostConfig.NetworkMode ?? 'default';
  }

  /** Id or name of the container whose network it shares. */
  get joins(): string | undefined {
    return joinedContainer(this.networkMode);
  }

  /** The volume at that path. */
  volumeAt(destination: string): string | undefined {
    return this.mounts.find(({ point }) => point.Destination === destination)?.volume;
  }

  get tty(): boolean {
    return this.body.Tty ?? false;
  }

  /** The signal that asks its main process to exit. */
  get stopSignal(): Signal {
    const { StopSignal = '' } = this.body;
    return StopSignal === '' ? SIGTERM : parseSignal(StopSignal);
  }

  get status(): Status {
    if (this.state.running) return this.#runningStatus();
    return this.state.startedAt === undefined ? 'created' : 'exited';
  }

  /** A failed start only records its reason: a container that has never run is still `created`. */
  couldNotStart(cause: unknown): void {
    const error = cause instanceof Error ? cause.message : '';
    Object.assign(this.state, { running: false, restarting: false, error });
    if (this.state.exitCode === 0) this.state.exitCode = START_FAILED;
  }

  #runningStatus(): Status {
    if (this.state.paused) return 'paused';
    return this.state.restarting ? 'restarting' : 'running';
  }
}

const neverRan = (): State => ({
  running: false,
  paused: false,
  restarting: false,
  oomKilled: false,
  pid: 0,
  exitCode: 0,
  error: '',
  startedAt: undefined,
  finishedAt: undefined,
});
