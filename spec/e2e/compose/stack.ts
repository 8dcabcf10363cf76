import { plainName } from '../../../streams/fits.ts';
import type { EngineEvents } from '../engine-events.ts';
import { eventually } from '../eventually.ts';
import type { MonitorProcess } from '../monitor.ts';
import type { PrivateEngine } from '../private-engine.ts';
import { EngineRelay, type Held, type Moment, type Write } from '../recreation/engine-relay.ts';
import { containerNames, untilChecked } from '../recreation/world.ts';
import { type Environment, useEvents, useScenario } from '../scenario.ts';
import { SITES, cutOff } from '../setting.ts';
import { findContainer } from '../stand-in/dependent.ts';
import { ComposeProject, BYSTANDER, DEPENDENTS, type Services } from './compose-project.ts';

/** What Compose and the monitor did in a story. */
export interface Told {
  /** The names of the containers that were created, by whomever; a name is there as often as that was done. */
  readonly created: readonly string[];
  /** The same of starts. */
  readonly started: readonly string[];
  /** The monitor's calls while Compose worked, such as `restart app1`. */
  readonly meanwhile: readonly string[];
  /** What the monitor has created or restarted since: `create app1`, `restart app1`. */
  readonly afterwards: readonly string[];
}

/** A Compose project with a monitor beside it, whose calls to the engine are recorded. */
export class Stack {
  readonly project: ComposeProject;
  readonly engine: PrivateEngine;
  readonly #events: EngineEvents;
  readonly #relay: EngineRelay;
  readonly #monitor: MonitorProcess;
  #dependents = DEPENDENTS;
  #gateway = 'gluetun';

  constructor(
    engine: PrivateEngine,
    parts: { project: ComposeProject; events: EngineEvents; relay: EngineRelay; monitor: MonitorProcess },
  ) {
    this.engine = engine;
    this.project = parts.project;
    this.#events = parts.events;
    this.#relay = parts.relay;
    this.#monitor = parts.monitor;
  }

  get monitor(): MonitorProcess {
    return this.#monitor;
  }

  /** From now on these are the stack's dependents. */
  expectDependents(names: readonly string[]): void {
    this.#dependents = [...names];
  }

  /** From now on the gateway has this name. */
  expectGateway(name: string): void {
    this.#gateway = name;
  }

  /**
   * Lets somebody work on the stack, and waits until it is whole and the monitor has had the time to do what it might
   * still want to.
   */
  async after(work: () => Promise<unknown>, deadlineMs?: number): Promise<Told> {
    const from = this.#events.all.length;
    const first = this.#relay.writes.length;
    await work();
    const last = this.#relay.writes.length;
    await this.untilWhole(deadlineMs);
    await untilChecked(this.#monitor, 3);
    await this.untilWhole();
    return {
      created: namesIn(this.#events, 'create', from),
      started: namesIn(this.#events, 'start', from),
      meanwhile: this.#named(this.#relay.writes.slice(first, last)),
      afterwards: this.#named(this.#relay.writes.slice(last))
        .filter((call) => /^(?:create|restart) /.test(call))
        .sort(),
    };
  }

  /** Compose's part of a story. */
  async afterCompose(...args: string[]): Promise<Told> {
    return this.after(async () => this.project.run(...args));
  }

  /** Each container exists once, under its name, and the dependents are on the current network of the gateway. */
  async untilWhole(deadlineMs = 50_000): Promise<void> {
    const all = [...this.#dependents, this.#gateway, BYSTANDER].sort();
    let seen: unknown;
    const isWhole = async (): Promise<boolean> => {
      const names = await containerNames(this.engine);
      seen = names;
      if (names.join() !== all.join()) return false;
      const gateway = await findContainer(this.engine, this.#gateway);
      const dependents = await this.project.dependents(this.#dependents);
      const cutOffNow = await cutOff({ gateway, dependents });
      seen = { cutOff: cutOffNow };
      return cutOffNow.length === 0;
    };
    try {
      await eventually('the stack is whole', isWhole, deadlineMs, 50);
    } catch (error) {
      const log = this.#monitor.lines.map(({ text }) => text).filter((text) => !text.includes('DEBUG'));
      throw new Error(`${String(error)}: ${JSON.stringify(seen)}\n${log.join('\n')}`, { cause: error });
    }
  }

  /** Waits until a new container with that name, or the temporary one of Compose, has been started. */
  async untilStarted(name: string): Promise<void> {
    const [present] = await this.project.dependents([name]);
    await eventually(
      `${name} is another container and runs`,
      async () => {
        const { Id, State } = await (await findContainer(this.engine, name)).inspect();
        return Id !== present?.id && State.Running;
      },
      30_000,
    );
  }

  async untilUnhealthy(): Promise<void> {
    const gateway = await this.project.gateway();
    await this.#events.waitFor('health_status: unhealthy', gateway, 30_000);
  }

  /** Holds a call of the monitor. */
  hold(call: string, moment: Moment): Held {
    return this.#relay.holdCall(call, moment);
  }

  /** The monitor's lines that match, without times. */
  said(pattern: RegExp): readonly string[] {
    return this.#monitor.linesMatching(pattern).map(({ text }) => text.replace(/^\[[^\]]*\] /, ''));
  }

  #named(writes: readonly Write[]): readonly string[] {
    const nameOf = (target: string): string =>
      this.#events.all.find(({ id }) => id === target)?.name ?? target;
    return writes.map(({ what, target }) => {
      const name = nameOf(target);
      const verb = what.startsWith('DELETE') ? 'remove' : what.split('/').at(-1);
      return `${verb ?? ''} ${plainName(name) ?? name}`;
    });
  }
}

export const NOTHING: readonly string[] = [];

/** `Told.afterwards`, if these were created anew. */
export const createdByTheMonitor = (...names: readonly string[]): readonly string[] =>
  names.map((name) => `create ${name}`).sort();

/** The names of the containers that were created or started since that many events, as often as that was done. */
export const namesIn = (events: EngineEvents, what: 'create' | 'start', from: number): readonly string[] =>
  events.all
    .slice(from)
    .filter(({ action }) => action === what)
    .map(({ name }) => plainName(name) ?? name)
    .sort();

/** How a story's stack begins. */
export interface Beginning {
  /** What differs from the plain stack. */
  readonly services?: Services;
  /** For the first `up`, before the command. */
  readonly options?: readonly string[];
  readonly up?: readonly string[];
  readonly dependents?: readonly string[];
  /** The monitor's. */
  readonly env?: Environment;
}

/** Prepares a suite on the engine; the function that it returns begins a story. */
export function useStacks(engine: PrivateEngine): (beginning?: Beginning) => Promise<Stack> {
  const { startMonitor } = useScenario(engine);
  const events = useEvents(engine);
  const relays: EngineRelay[] = [];
  afterEach(async () => {
    await Promise.all(relays.splice(0).map(async (relay) => relay.close()));
  });
  return async ({ services = {}, options = [], up = [], dependents = DEPENDENTS, env = {} } = {}) => {
    const project = new ComposeProject(engine);
    await project.write('1', services);
    await project.run(...options, 'up', '-d', ...up);
    await project.gateway();
    const relay = await EngineRelay.open(engine);
    relays.push(relay);
    const monitor = await startMonitor({
      env: { SITES, LOG_LEVEL: 'debug', DOCKER_HOST: relay.dockerHost, ...env },
    });
    await monitor.waitForLine(
      new RegExp(`Dependent containers \\(auto-discovery\\): ${[...dependents].sort().join(',')}$`),
    );
    await monitor.waitForLine(/Status: STARTUP/);
    const stack = new Stack(engine, { project, events, relay, monitor });
    stack.expectDependents(dependents);
    return stack;
  };
}
