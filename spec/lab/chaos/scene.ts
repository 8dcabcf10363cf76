import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf } from '../../e2e/eventually.ts';
import type { PrivateEngine } from '../../e2e/private-engine.ts';
import { buildImages } from '../../e2e/stand-in/images.ts';
import { DEPENDENTS, RESTING } from './cast.ts';
import { ClockShift } from './clock-shift.ts';
import { FaultRelay } from './fault-relay.ts';
import { type History, newHistory } from './history.ts';
import { Observer } from './observer.ts';
import { SmallDisk } from './small-disk.ts';
import { Stack } from './stack.ts';
import type { Story } from './story.ts';
import { Watch } from './watch.ts';

interface Undoing {
  readonly dueAt: number;
  readonly what: string;
  /** The container that other faults must leave alone until then. */
  readonly about: string;
  readonly act: () => Promise<unknown>;
}

interface Parts {
  readonly engine: PrivateEngine;
  readonly stack: Stack;
  readonly disk: SmallDisk;
  readonly clock: ClockShift;
  readonly relay: FaultRelay;
}

/** Everything in one run, and the faults that are still to be undone. */
export class Scene {
  readonly story: Story;
  readonly history: History;
  readonly engine: PrivateEngine;
  readonly stack: Stack;
  readonly disk: SmallDisk;
  readonly clock: ClockShift;
  readonly relay: FaultRelay;
  readonly watch: Watch;
  readonly observer: Observer;
  #undoings: readonly Undoing[] = [];

  /** With a monitor that has seen the tunnel work. */
  static async open(engine: PrivateEngine, story: Story): Promise<Scene> {
    await buildImages(engine);
    const history = newHistory();
    const scene = new Scene(story, history, {
      engine,
      stack: await Stack.create(engine, history),
      disk: await SmallDisk.mount(join(engine.folder, 'small')),
      clock: await ClockShift.create(await mkdtemp(join(engine.folder, 'clock-'))),
      relay: await FaultRelay.open(engine, history),
    });
    scene.observer.start();
    await scene.watch.start();
    await scene.watch.monitor.waitForLine(/Status: STARTUP/, 30_000);
    return scene;
  }

  private constructor(story: Story, history: History, parts: Parts) {
    this.story = story;
    this.history = history;
    this.engine = parts.engine;
    this.stack = parts.stack;
    this.disk = parts.disk;
    this.clock = parts.clock;
    this.relay = parts.relay;
    const expected = [...DEPENDENTS.map(({ name }) => name), RESTING];
    this.observer = new Observer(this.engine, history, expected, (name) => !this.#isRemoved(name));
    this.relay.onCall = (call) => story.tellCall(call, this.observer.nameOf(call.target));
    this.watch = new Watch(this.engine, history, this);
  }

  /** Does not end the engine, which the caller started. */
  async close(): Promise<void> {
    await this.watch.kill();
    await this.observer.stop();
    await this.relay.close();
    this.disk.unmount();
  }

  isBusy(about: string): boolean {
    return this.#undoings.some((one) => one.about === about);
  }

  later(afterMs: number, about: string, what: string, act: () => Promise<unknown>): void {
    const undoing = { dueAt: Date.now() + afterMs, what, about, act };
    this.#undoings = [...this.#undoings, undoing].sort((one, other) => one.dueAt - other.dueAt);
  }

  /** Lets time pass, and undoes the faults that are due meanwhile. */
  async pass(ms: number): Promise<void> {
    const until = Date.now() + ms;
    for (;;) {
      const [next] = this.#undoings;
      const isDue = next !== undefined && next.dueAt <= until;
      await pause(Math.max(0, (isDue ? next.dueAt : until) - Date.now()));
      if (!isDue) return;
      await this.#undoNext();
    }
  }

  async undoAll(): Promise<void> {
    while (this.#undoings.length > 0) await this.#undoNext();
  }

  async #undoNext(): Promise<void> {
    const [next, ...others] = this.#undoings;
    this.#undoings = others;
    if (next === undefined) return;
    this.story.tell(next.what);
    try {
      await next.act();
    } catch (error) {
      this.story.tell(`(that failed: ${messageOf(error)})`);
    }
  }

  /** It need not exist between its removal and its creation by its operator. */
  #isRemoved(name: string): boolean {
    const latest = this.history.acts.filter((act) => act.name === name).at(-1);
    if (latest === undefined) return false;
    return latest.what === 'remove' || (latest.what === 'create' && latest.to > Date.now() - 500);
  }
}
