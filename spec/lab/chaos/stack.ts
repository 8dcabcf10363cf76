import { setTimeout as pause } from 'node:timers/promises';
import { createDependent, findContainer } from '../../e2e/stand-in/dependent.ts';
import type { TestContainer } from '../../e2e/stand-in/container.ts';
import { isOnLiveNetwork } from '../../e2e/stand-in/container.ts';
import { type Gateway, createGateway } from '../../e2e/stand-in/gateway.ts';
import type { TestEngine } from '../../e2e/test-engine.ts';
import { checksums, fill } from '../../e2e/recreation/world.ts';
import { DEPENDENTS, EXCLUDED, GATEWAY, OTHERS_APP, OTHER_GATEWAY, OUTSIDER, RESTING } from './cast.ts';
import type { History, OperatorAct } from './history.ts';

const KEPT = ['/library', '/anonymous', '/data'];

/** The containers and their operator, whose actions are recorded. */
export class Stack {
  gateway: Gateway;
  readonly engine: TestEngine;
  readonly #history: History;
  #content = '';

  private constructor(engine: TestEngine, history: History, gateway: Gateway) {
    this.engine = engine;
    this.gateway = gateway;
    this.#history = history;
  }

  static async create(engine: TestEngine, history: History): Promise<Stack> {
    // The engine keeps a name only if no container has it yet.
    for (const { joins, ...member } of DEPENDENTS.filter((one) => one.joins === 'by name'))
      await createDependent(engine, { ...member, network: GATEWAY, isLeftUnstarted: true });
    const gateway = await createGateway(engine, { name: GATEWAY, restartPolicy: 'unless-stopped' });
    const stack = new Stack(engine, history, gateway);
    await stack.#createDependents();
    await stack.#createOthers();
    await fill(engine, 'keeper', KEPT);
    stack.#content = await checksums(engine, 'keeper', KEPT);
    return stack;
  }

  async find(name: string): Promise<TestContainer> {
    return findContainer(this.engine, name);
  }

  async act(name: string, what: OperatorAct['what'], doing: () => Promise<unknown>): Promise<void> {
    const act = { name, what, from: Date.now(), to: Infinity };
    this.#history.acts.push(act);
    try {
      await doing();
    } finally {
      act.to = Date.now();
    }
  }

  async stop(name: string): Promise<void> {
    const container = await this.find(name);
    await this.act(name, 'stop', async () => container.stop());
  }

  /** The start may fail if its gateway does not exist, but the container is then meant to run. */
  async start(name: string): Promise<void> {
    const container = await this.find(name);
    await this.act(name, 'start', async () => container.start().catch(() => undefined));
  }

  async remove(name: string): Promise<void> {
    const container = await this.find(name);
    await this.act(name, 'remove', async () => container.remove());
  }

  /** Creates it again, on the current networks. */
  async createAgain(name: string): Promise<void> {
    const member = DEPENDENTS.find((one) => one.name === name);
    if (member === undefined) return;
    const { joins, ...options } = member;
    const network = joins === 'near' ? 'near' : GATEWAY;
    await this.act(name, 'create', async () =>
      createDependent(this.engine, { ...options, network }).catch(() => undefined),
    );
  }

  /** @param awayMs how long it does not exist, milliseconds */
  async createGatewayAgain(awayMs = 0): Promise<void> {
    await this.act(GATEWAY, 'remove', async () => this.gateway.remove());
    await pause(awayMs);
    await this.act(GATEWAY, 'create', async () => (this.gateway = await this.gateway.createAgain()));
  }

  /** Records the containers that the engine starts at a boot even if their operator stopped them. */
  noteBoot(): void {
    for (const { name } of DEPENDENTS.filter(({ restartPolicy }) => restartPolicy === 'always'))
      this.#history.acts.push({ name, what: 'run', from: Date.now(), to: Date.now() });
  }

  /**
   * An engine that is killed while it starts a container may leave that container behind in a state in which it can
   * never start: the next engine always says "task …: already exists", or "id already in use". Its operator has to
   * re-create it.
   */
  async isBrokenByEngine(name: string): Promise<boolean> {
    const { State } = await (await this.find(name)).inspect();
    return !State.Running && /task \w+: already exists|id already in use/.test(State.Error);
  }

  /** Compares the network namespaces that the kernel shows. */
  async isFresh(name: string): Promise<boolean> {
    return isOnLiveNetwork(await this.find(name), this.gateway);
  }

  /** Whether the files of `keeper` are unchanged, unless its operator removed it. */
  async hasKeptContent(): Promise<boolean> {
    if (this.#history.acts.some(({ name, what }) => name === 'keeper' && what === 'remove')) return true;
    return (await checksums(this.engine, 'keeper', KEPT)) === this.#content;
  }

  async #createDependents(): Promise<void> {
    for (const { joins, ...member } of DEPENDENTS)
      if (joins === 'by name') await (await this.find(member.name)).start();
      else
        await createDependent(this.engine, {
          ...member,
          network: joins === 'near' ? 'near' : this.gateway.id,
        });
    await createDependent(this.engine, { name: EXCLUDED, network: this.gateway.id });
    await createDependent(this.engine, { name: RESTING, network: this.gateway.id });
    await this.stop(RESTING);
  }

  async #createOthers(): Promise<void> {
    const other = await createGateway(this.engine, { name: OTHER_GATEWAY });
    await createDependent(this.engine, { name: OTHERS_APP, network: other.id });
    await createGateway(this.engine, { name: OUTSIDER });
  }
}
