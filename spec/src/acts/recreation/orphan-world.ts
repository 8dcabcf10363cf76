import { EMPTY, NEVER, type Observable } from 'rxjs';
import type { Repairable } from '../../../../src/model/act.ts';
import type { Executor } from '../../../../src/acts/executor-parts.ts';
import { parkedName } from '../../../../src/model/parked.ts';
import { runOf } from '../../../../src/model/run-of.ts';
import { decodeInspected } from '../../../../streams/decode-container.ts';
import { reasonOf } from '../../../../streams/engine.ts';
import type { ContainerFacts, Event } from '../../../../streams/events.ts';
import type { ContainerSpec } from '../../../simulated-engine/create-request.ts';
import { World } from '../../../world/world.ts';

/** What came of it; `failed`: why it did not come to its end. */
export interface Result {
  readonly events: readonly Event[];
  readonly failed: string | undefined;
  readonly error: unknown;
  readonly hasEnded: boolean;
}

const APP: ContainerSpec = { name: 'app', networkMode: 'container:gluetun', restartPolicy: 'unless-stopped' };

/** A world without a monitor: `gluetun` was re-created, and `app`, its running orphan, is left. */
export class OrphanWorld extends World {
  readonly orphan: ContainerFacts;
  readonly dependent: Repairable;
  /** The name under which it waits. */
  readonly parkedAs: string;

  constructor() {
    super();
    this.#startAnew({ name: 'gluetun' });
    this.#startAnew(APP);
    this.engine.remove('gluetun', { force: true });
    this.pass(1_000).#startAnew({ name: 'gluetun' });
    this.orphan = this.facts('app');
    const { id, name } = this.orphan;
    const gateway = this.facts('gluetun');
    this.dependent = {
      id,
      name,
      how: 'recreate',
      run: runOf(this.orphan),
      startedAt: undefined,
      owner: gateway,
    };
    this.parkedAs = parkedName(name, gateway.name, id);
  }

  #startAnew(spec: ContainerSpec): void {
    this.engine.create(spec);
    this.engine.start(spec.name);
    this.pass(1_000);
  }

  facts(name: string): ContainerFacts {
    const found = decodeInspected(this.engine.inspect(name));
    if (found === undefined) throw new Error(`${name} is no container`);
    return found;
  }

  /** As a re-creation has it, when it has been parked, and perhaps stopped. */
  park({ stopped = false } = {}): this {
    this.engine.rename(this.orphan.id, this.parkedAs);
    if (stopped) this.engine.stop(this.orphan.id);
    return this.pass(1_000);
  }

  /** Somebody, or a re-creation, makes another `app`. */
  twin(spec: Partial<ContainerSpec> = {}, { runs = false } = {}): string {
    const { id } = this.engine.create({ ...APP, ...spec });
    if (runs) this.engine.start(id);
    this.pass(1_000);
    return id;
  }

  /** Names of all there is but the gateway, with what they are at. */
  get others(): Readonly<Record<string, string>> {
    const others = this.engine.containers.filter(({ name }) => name !== 'gluetun');
    return Object.fromEntries(others.map(({ id, name }) => [name, `${this.facts(id).runState} ${id}`]));
  }

  /** Plain objects, for a spec to put something else in the place of a call. */
  get reads(): Executor['reads'] {
    const { list, inspect, inspectImage, volumes, changes, fileStat, clockMs } = this.client;
    return { list, inspect, inspectImage, volumes, changes, fileStat, clockMs };
  }

  get writes(): Executor['writes'] {
    const { restart, start, stop, rename, create, remove } = this.client;
    return { restart, start, stop, rename, create, remove };
  }

  run(act: (executor: Executor) => Observable<Event>, changes: Partial<Executor> = {}): Result {
    const { client, scheduler } = this;
    const parts = {
      reads: client,
      writes: client,
      restartVpn: () => NEVER,
      scheduler,
      isShuttingDown: () => false,
      commit: EMPTY,
      exclude: [],
    };
    const events: Event[] = [];
    let [error, hasEnded]: [unknown, boolean] = [undefined, false];
    act({ ...parts, ...changes }).subscribe({
      next: (event) => events.push(event),
      error: (failed: unknown) => (error = failed),
      complete: () => (hasEnded = true),
    });
    this.pass(600_000);
    return { events, failed: error === undefined ? undefined : reasonOf(error), error, hasEnded };
  }
}
