import { asyncScheduler, type Subscription } from 'rxjs';
import type Docker from 'dockerode';
import { dockerEvents$ } from '../../../streams/docker-events.ts';
import { dockerReadings } from '../../../streams/docker-engine.ts';
import type { ContainerEvent } from '../../../streams/events.ts';
import { parkedAs } from '../../../src/model/parked.ts';
import type { TestEngine } from '../../e2e/test-engine.ts';
import { GATEWAY } from './cast.ts';
import { type History, endLatest } from './history.ts';

const LOOK_MS = 200;

/** Observes the engine over its own connection, which no fault cuts, although the engine may go away. */
export class Observer {
  /** By id: the last seen name of each container; for a parked one, the name that it will get back. */
  readonly names = new Map<string, string>();
  readonly #engine: TestEngine;
  readonly #history: History;
  readonly #isExpected: (name: string) => boolean;
  readonly #expected: readonly string[];
  #messages: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking = Promise.resolve();

  /** @param isExpected whether it must exist at this moment, under its name or parked */
  constructor(
    engine: TestEngine,
    history: History,
    expected: readonly string[],
    isExpected: (name: string) => boolean,
  ) {
    this.#engine = engine;
    this.#history = history;
    this.#expected = expected;
    this.#isExpected = isExpected;
  }

  start(): void {
    this.#messages = dockerEvents$(dockerReadings(this.#engine.docker), asyncScheduler).subscribe((event) => {
      if ('engineTimeMs' in event) this.#hear(event);
    });
    this.#timer = setInterval(() => {
      // An engine that is away shows nothing; the next look will.
      this.#looking = this.#looking.then(() => this.#look()).catch(() => undefined);
    }, LOOK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#messages?.unsubscribe();
    await this.#looking;
  }

  nameOf(target: string): string {
    return this.names.get(target) ?? target;
  }

  async #look(): Promise<void> {
    const before = this.#expected.filter((name) => this.#isExpected(name));
    const containers = await this.#engine.docker.listContainers({ all: true });
    const present = new Set(containers.map((container) => this.#note(container)));
    for (const name of before)
      if (!present.has(name) && this.#isExpected(name)) this.#history.losses.push({ at: Date.now(), name });
  }

  #note({ Id: id, Names: [path = ''] }: Docker.ContainerInfo): string {
    const name = path.slice(1);
    const owner = parkedAs({ id, name })?.name ?? withoutPrefix(name);
    this.names.set(id, owner);
    return owner;
  }

  #hear({ type, id, name, engineTimeMs }: ContainerEvent): void {
    this.names.set(id, parkedAs({ id, name })?.name ?? withoutPrefix(name));
    if (this.nameOf(id) !== GATEWAY) return;
    const runs = this.#history.gatewayRuns;
    const begins = type === 'containerStarted' || type === 'containerUnpaused';
    // Also at a start: the event of its exit may have been lost with the engine.
    if (begins || ['containerDied', 'containerPaused', 'containerDestroyed'].includes(type))
      endLatest(
        runs.filter((run) => run.id === id),
        engineTimeMs,
      );
    if (begins) runs.push({ id, from: engineTimeMs, to: Infinity });
  }
}

/** A replacement created by compose, which does not have its final name yet. */
const withoutPrefix = (name: string): string => name.replace(/^[0-9a-f]{12}_/, '');
