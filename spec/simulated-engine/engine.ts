import { BehaviorSubject, EMPTY, catchError, concat, defer, merge } from 'rxjs';
import type { Observable, SchedulerLike } from 'rxjs';
import { inspection, listing } from './container-json.ts';
import { formatNanos } from './clock.ts';
import { changesOf, statOf } from './container-files.ts';
import type { Container } from './container.ts';
import { refuseConflicts, toCreateBody } from './create-request.ts';
import type { ContainerSpec, CreateBody } from './create-request.ts';
import { Creation } from './creation.ts';
import {
  EngineError,
  cannotKill,
  cannotRemovePaused,
  cannotRemoveRunning,
  cannotStartPaused,
} from './errors.ts';
import { EventBus } from './events.ts';
import { Execs } from './execs.ts';
import { listFilter } from './filters.ts';
import { dependenciesNotStarted, hasDependents } from './podman.ts';
import type { Filters } from './filters.ts';
import { HealthChecks } from './health.ts';
import { Images } from './images.ts';
import { Lifecycle } from './lifecycle.ts';
import { Networks } from './networks.ts';
import { Registry } from './registry.ts';
import { Removal } from './removal.ts';
import { wantedAtBoot } from './restart-policy.ts';
import { Runtime, step } from './runtime.ts';
import { parseSignal } from './signals.ts';
import { Volumes } from './volumes.ts';
import type { Workload } from './workload.ts';

/** A request to the engine. */
export interface Call {
  readonly method: string;
  /** Without the API version. */
  readonly path: string;
  readonly query: string;
  readonly at: number;
}

const DEFAULT_STOP_TIMEOUT_SECONDS = 10;

/**
 * A Docker Engine in memory, as 20.10 behaves: containers with their lifecycle, health, restart policies,
 * shared network namespaces, logs, execs, and all their events. What a call starts goes on by itself, even if nothing
 * reads its result. Every delay comes from the scheduler.
 */
export class SimulatedEngine {
  readonly isPodman: boolean;
  readonly runtime: Runtime;
  readonly events: EventBus;
  readonly execs: Execs;
  readonly images: Images;
  readonly volumes = new Volumes();
  /** Whether it answers at all; ends with the engine. */
  readonly up$ = new BehaviorSubject(true);
  /** All requests over HTTP. */
  readonly calls: Call[] = [];
  /** The workload of a container created over HTTP: that of the last one of its name, unless a spec changes this. */
  workloadFor: (name: string, body: CreateBody) => Workload = (name) => this.#workloads.get(name) ?? {};

  readonly #workloads = new Map<string, Workload>();
  readonly #lifecycle: Lifecycle;
  readonly #registry = new Registry();
  readonly #creation: Creation;
  readonly #removal: Removal;

  /** @param options `isPodman`: it answers like Podman's Docker-compatible API, without systemd. */
  constructor(scheduler: SchedulerLike, { isPodman = false } = {}) {
    this.isPodman = isPodman;
    this.runtime = new Runtime(scheduler);
    this.events = new EventBus(this.runtime, { isPodman });
    this.execs = new Execs(this.runtime, this.events);
    this.images = new Images(this.runtime);
    const registry = this.#registry;
    const { runtime, events, execs, images, volumes } = this;
    this.#creation = new Creation({ runtime, registry, images, volumes });
    this.#removal = new Removal({ runtime, registry, execs, volumes, events });
    this.#lifecycle = new Lifecycle({
      runtime,
      events,
      execs,
      health: new HealthChecks(runtime, events, { isPodman }),
      networks: new Networks(events, (ref) => this.find(ref)),
      removal: this.#removal,
    });
  }

  record(method: string, path: string, query: string): void {
    this.calls.push({ method, path, query, at: this.runtime.clock.nowMs() });
  }

  get systemTime(): string {
    return formatNanos(this.runtime.clock.stamp());
  }

  get containers(): readonly Container[] {
    return this.#registry.all;
  }

  find(ref: string): Container | undefined {
    return this.#registry.find(ref);
  }

  get(ref: string): Container {
    return this.#registry.get(ref);
  }

  /** Creates a container, and its image if needed, without starting it. */
  create(spec: ContainerSpec): Container {
    const body = toCreateBody(spec);
    this.images.ensure(body.Image);
    return this.#admit(spec.name, body, spec.workload ?? {}, spec.timings);
  }

  /** As over HTTP: the image must exist, and the options must be compatible. */
  createFromBody(name: string, body: CreateBody): Container {
    refuseConflicts(body);
    return this.#admit(name, body, this.workloadFor(name, body));
  }

  start(ref: string): Observable<void> {
    return this.#operation(() => {
      const container = this.get(ref);
      if (container.state.paused) throw cannotStartPaused();
      const owner = this.#missingOwner(container);
      return concat(
        owner === undefined ? EMPTY : this.start(owner.id),
        defer(() => this.#lifecycle.start(container)),
      );
    });
  }

  stop(ref: string, timeoutSeconds?: number): Observable<void> {
    return this.#operation(() => {
      const container = this.get(ref);
      return this.#lifecycle.stop(container, timeoutSeconds ?? stopTimeout(container));
    });
  }

  restart(ref: string, timeoutSeconds?: number): Observable<void> {
    return this.#operation(() => {
      const container = this.get(ref);
      const owner = this.#missingOwner(container);
      if (owner !== undefined) throw dependenciesNotStarted(container.id, owner.id);
      return this.#lifecycle.restart(container, ref, timeoutSeconds ?? stopTimeout(container));
    });
  }

  /** Completes at once, except for SIGKILL: then when the process has ended. */
  kill(ref: string, signal = ''): Observable<void> {
    return this.#operation(() => this.#kill(ref, signal));
  }

  pause(ref: string): Observable<void> {
    return this.#operation(() => step(() => this.#lifecycle.pause(this.get(ref))));
  }

  unpause(ref: string): Observable<void> {
    return this.#operation(() => step(() => this.#lifecycle.unpause(this.get(ref))));
  }

  rename(ref: string, newName: string): Observable<void> {
    return this.#operation(() => step(() => this.#rename(this.get(ref), newName)));
  }

  /** `volumes`: also removes its anonymous volumes. */
  remove(ref: string, { force = false, volumes = false } = {}): Observable<void> {
    return this.#operation(() => this.#remove(ref, force, volumes));
  }

  /** Its main process exits by itself. */
  crash(ref: string, exitCode = 137): void {
    this.#lifecycle.die(this.get(ref), exitCode);
  }

  outOfMemory(ref: string): void {
    this.#lifecycle.outOfMemory(this.get(ref));
  }

  /** Whether it runs on a live network: not in the namespace of an owner that has ended. */
  isOnLiveNetwork(ref: string): boolean {
    const { state, namespace } = this.get(ref);
    return state.running && !state.restarting && namespace?.alive === true;
  }

  list(options: { readonly all?: boolean; readonly filters?: Filters } = {}): readonly object[] {
    const { all = false, filters = new Map() } = options;
    const matches = listFilter(filters);
    const nowMs = this.runtime.clock.nowMs();
    return (
      this.#registry.all
        .filter(
          (container) => (all || filters.has('status') || container.state.running) && matches(container),
        )
        .map((container) => listing(container, { image: this.#imageToday(container), nowMs }))
        // The field is there, and null.
        .map((entry) => (this.isPodman ? { ...entry, HostConfig: null } : entry))
        .reverse()
    );
  }

  inspect(ref: string): object {
    const container = this.get(ref);
    const execIds = this.execs.running(container).map(({ id }) => id);
    return inspection(container, { execIds });
  }

  /** The part of `GET /info` that the monitor reads. */
  info(): object {
    const common = { LiveRestoreEnabled: false, SystemTime: this.systemTime };
    return this.isPodman ? { ...common, BuildahVersion: '1.43.2', ServerVersion: '5.8.6' } : common;
  }

  /** `GET /containers/{id}/changes`: null where there are none. */
  changes(ref: string): readonly object[] | null {
    return changesOf(this.get(ref));
  }

  /** What `HEAD /containers/{id}/archive` reports of a file. */
  fileStat(ref: string, path: string): object {
    return statOf(this.get(ref), ref, path);
  }

  /** Stops every container as an operator would, then ends all streams and no longer answers. */
  shutDown(): Observable<void> {
    this.#lifecycle.shuttingDown = true;
    const stops = this.#registry.all.filter(({ state }) => state.running).map(({ id }) => this.stop(id));
    const down$ = step(() => {
      this.events.shutDown();
      this.up$.next(false);
    });
    return this.runtime.launch(concat(merge(...stops), down$));
  }

  /**
   * SIGKILL, without `live-restore`: its containers run on, and it no longer answers. Its work stays incomplete: a
   * process that got a signal may still end, but one that was to be restarted is not started.
   */
  breakDown(): void {
    this.#lifecycle.abandon(this.#registry.all);
    this.events.shutDown();
    this.up$.next(false);
    this.runtime.abandon(new Error('socket hang up'));
  }

  /** A power cut of the host ends everything on it. */
  cutPower(): void {
    this.breakDown();
    for (const container of this.#registry.all) if (container.state.running) this.#lifecycle.lose(container);
  }

  /**
   * Starts containers by their restart policies, all at once: a dependent finds that its owner does not run yet
   * and stays down. `ownersFirst` is the lucky order.
   *
   * After `breakDown` it first stops what still runs, does not answer meanwhile, and records these as stops by hand.
   * There are no events for containers that ended in between.
   */
  boot({ ownersFirst = false } = {}): Observable<void> {
    this.#lifecycle.shuttingDown = false;
    // Drops the events from the time without an engine.
    this.events.shutDown();
    this.#lifecycle.takeOver(this.#registry.all);
    const running = this.#registry.all.filter(({ state }) => state.running);
    const alive = running.map(({ id }) => this.stop(id));
    const starts$ = defer(() => {
      this.up$.next(true);
      return this.#startWanted(ownersFirst);
    });
    return this.runtime.launch(concat(merge(...alive), starts$));
  }

  #startWanted(ownersFirst: boolean): Observable<unknown> {
    const wanted = this.#registry.all.filter(wantedAtBoot);
    const owners = wanted.filter(({ joins }) => joins === undefined);
    const dependents = wanted.filter(({ joins }) => joins !== undefined);
    const waves = ownersFirst ? [owners, dependents] : [wanted];
    return concat(...waves.map((wave) => defer(() => this.#startAll(wave))));
  }

  /** Leaves no timer behind. */
  dispose(): void {
    for (const container of this.#registry.all) {
      container.run.unsubscribe();
      container.backoff.unsubscribe();
    }
    this.runtime.dispose();
    this.up$.complete();
  }

  #operation(work: () => Observable<unknown>): Observable<void> {
    return this.runtime.launch(defer(work));
  }

  #admit(name: string, body: CreateBody, workload: Workload, timings?: ContainerSpec['timings']): Container {
    const container = this.#creation.create(name, body, { workload, timings });
    this.#workloads.set(name, workload);
    this.events.container(container, 'create');
    return container;
  }

  /** The given name while it means the same image; after that the id, in listings. */
  #imageToday({ image, madeFrom }: Container): string {
    return this.images.find(image)?.id === madeFrom.id ? image : madeFrom.id;
  }

  #rename(container: Container, newName: string): void {
    const oldName = `/${container.name}`;
    this.#registry.rename(container, newName.replace(/^\//, ''));
    this.#workloads.set(container.name, container.workload);
    this.events.container(container, 'rename', { oldName });
  }

  #kill(ref: string, signalText: string): Observable<unknown> {
    return defer(() => this.#lifecycle.kill(this.get(ref), parseSignal(signalText))).pipe(
      catchError((cause: unknown) => {
        throw cause instanceof EngineError ? cannotKill(ref, cause) : cause;
      }),
    );
  }

  #remove(ref: string, force: boolean, volumes: boolean): Observable<unknown> {
    const container = this.get(ref);
    const dependents = this.isPodman ? this.#dependentsOf(container) : [];
    if (dependents.length > 0) throw hasDependents(container.id, dependents);
    if (container.state.running && !force) {
      throw container.state.paused ? cannotRemovePaused(ref) : cannotRemoveRunning(ref);
    }
    const killed$ = container.state.running ? this.kill(container.id) : EMPTY;
    const gone$ = step(() => this.#removal.remove(container, { volumes }));
    return concat(killed$, this.runtime.after(container.timings.cleanupMs), gone$);
  }

  /** Podman starts the owner of the network together with a container, but restarts nothing without it. */
  #missingOwner({ joins }: Container): Container | undefined {
    const owner = this.isPodman && joins !== undefined ? this.find(joins) : undefined;
    return owner?.state.running === false ? owner : undefined;
  }

  #dependentsOf({ id }: Container): readonly string[] {
    return this.#registry.all
      .filter(({ joins }) => joins !== undefined && this.find(joins)?.id === id)
      .map((one) => one.id);
  }

  #startAll(containers: readonly Container[]): Observable<unknown> {
    return merge(
      ...containers.map((container) => this.#lifecycle.start(container).pipe(catchError(() => EMPTY))),
    );
  }
}

const stopTimeout = ({ body }: Container): number => body.StopTimeout ?? DEFAULT_STOP_TIMEOUT_SECONDS;
