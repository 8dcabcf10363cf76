import { setTimeout as pause } from 'node:timers/promises';
import type { TestEngine } from '../../e2e/test-engine.ts';
import { removeContainer } from '../../e2e/test-engine.ts';
import { DEPENDENT_IMAGE } from '../../e2e/stand-in/images.ts';
import { TestContainer } from '../../e2e/stand-in/container.ts';

const PAUSE_MS = 250;

/** The constant, irrelevant events of a busy host: several a second. */
export class Noise {
  /** How often each kind occurred. */
  readonly made = { 'short-lived containers': 0, renames: 0, execs: 0 };
  readonly #engine: TestEngine;
  #isOver = false;
  #loops: readonly Promise<void>[] = [];

  constructor(engine: TestEngine) {
    this.#engine = engine;
  }

  async start(): Promise<void> {
    const steady = await this.#create('noise-steady', true);
    const renamed = await this.#create('noise-a', false);
    this.#loops = [
      this.#repeat('short-lived containers', async (round) => this.#live(round)),
      this.#repeat('renames', async (round) => renamed.rename(`noise-${round % 2 === 0 ? 'b' : 'a'}`)),
      this.#repeat('execs', async () => steady.exec('true')),
    ];
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }

  async #repeat(kind: keyof Noise['made'], make: (round: number) => Promise<unknown>): Promise<void> {
    for (let round = 0; !this.#isOver; round += 1) {
      // A failure is ignored, as the engine is not under test.
      await make(round).then(
        () => (this.made[kind] += 1),
        () => undefined,
      );
      await pause(PAUSE_MS);
    }
  }

  async #live(round: number): Promise<void> {
    const { id } = await this.#create(`noise-${round + 1_000_000}`, true);
    await removeContainer(this.#engine.docker, id);
  }

  /** With a health check every second. */
  async #create(name: string, isStarted: boolean): Promise<TestContainer> {
    const { id } = await this.#engine.docker.createContainer({
      name,
      Image: DEPENDENT_IMAGE,
      Labels: { ...this.#engine.labels },
      Healthcheck: { Test: ['CMD', 'true'], Interval: 1e9 },
      HostConfig: { NetworkMode: 'none' },
    });
    const container = new TestContainer(this.#engine, id, name);
    if (isStarted) await container.start();
    return container;
  }
}
