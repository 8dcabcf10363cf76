import { join } from 'node:path';
import { EngineEvents } from '../e2e/engine-events.ts';
import { SITES } from '../e2e/setting.ts';
import { type TestContainer, isOnLiveNetwork } from '../e2e/stand-in/container.ts';
import { createDependent } from '../e2e/stand-in/dependent.ts';
import { type Gateway, createGateway } from '../e2e/stand-in/gateway.ts';
import { buildImages } from '../e2e/stand-in/images.ts';
import { type TestEngine, removeContainers } from '../e2e/test-engine.ts';
import { BorrowedTags } from './borrowed-tags.ts';
import { CannotPlay } from './failure.ts';
import { findEngine } from './find-engine.ts';
import { Relay } from './relay.ts';
import type { Call, Message, World } from './world.ts';

const RECOVERY_MS = 120_000;

/** A real engine, with a stand-in for Gluetun whose "internet" is on its own loopback. */
export class DockerWorld implements World {
  /** The user of the demo may well have containers with the usual names. */
  readonly cast = {
    gateway: 'demo-gluetun',
    leaver: 'demo-qbittorrent',
    host: 'demo-prowlarr',
    guest: 'demo-sonarr',
    newcomer: 'demo-radarr',
  };
  readonly sites = SITES;
  readonly #note: (text: string) => void;
  readonly #containers = new Map<string, TestContainer>();
  /** In the order of creation. */
  readonly #undo: (() => Promise<void> | void)[] = [];
  #engine: TestEngine | undefined;
  #events: EngineEvents | undefined;
  #relay: Relay | undefined;
  #gateway: Gateway | undefined;

  constructor(note: (text: string) => void) {
    this.#note = note;
  }

  get about(): string {
    const { kind, socketPath } = this.#theEngine;
    return kind === 'private' ? 'a Docker Engine started for the demo' : `the Docker Engine at ${socketPath}`;
  }

  get folder(): string {
    return this.#theEngine.folder;
  }

  get dockerHost(): string {
    return `unix://${this.#relaySocket}`;
  }

  get calls(): readonly Call[] {
    return this.#relay?.calls ?? [];
  }

  get messages(): readonly Message[] {
    const all = this.#events?.all ?? [];
    return all.map(({ action, id, name, engineTimeMs }) => ({ action, id, name, at: engineTimeMs }));
  }

  async open(signal: AbortSignal): Promise<void> {
    const engine = await findEngine(process.env, this.#note);
    this.#engine = engine;
    this.#undo.push(() => engine.dispose());
    const steps = [
      () => engine.start(),
      () => this.#refuseTakenNames(engine),
      () => this.#importImages(engine),
      () => this.#openRelay(engine),
      () => this.#listen(engine),
      () => this.#createStack(engine),
    ];
    for (const step of steps) {
      signal.throwIfAborted();
      await step();
    }
  }

  /** The latest first; a failure does not prevent the others. */
  async close(): Promise<void> {
    const undo = this.#undo.pop();
    if (undo === undefined) return;
    try {
      await undo();
    } finally {
      await this.close();
    }
  }

  async breakTunnel(): Promise<void> {
    const gateway = this.#theGateway;
    await gateway.breakTunnel();
    await gateway.setHealth('failing');
    const heal = async (): Promise<void> => {
      await this.#events?.waitFor('die', gateway, RECOVERY_MS, this.#events.all.at(-1));
      await gateway.setHealth('healthy');
    };
    // Fails only if the gateway is never restarted, which the story detects.
    heal().catch(() => undefined);
  }

  addDependent(name: string): Promise<void> {
    return this.#add(this.#theEngine, name, this.#theGateway.id);
  }

  async removeDependent(name: string): Promise<void> {
    await this.#containers.get(name)?.remove();
    this.#containers.delete(name);
  }

  async isOnLiveNetwork(name: string): Promise<boolean> {
    const container = this.#containers.get(name);
    return container !== undefined && isOnLiveNetwork(container, this.#theGateway);
  }

  /** As logged by the latest start of the gateway. */
  async exitIp(): Promise<string | undefined> {
    const log = await this.#theGateway.log();
    return [...log.matchAll(/Public IP address is (\S+)/g)].at(-1)?.[1];
  }

  get #theEngine(): TestEngine {
    if (this.#engine === undefined) throw new Error('this world is not open');
    return this.#engine;
  }

  get #theGateway(): Gateway {
    if (this.#gateway === undefined) throw new Error('this world has no gateway yet');
    return this.#gateway;
  }

  get #relaySocket(): string {
    return join(this.folder, 'relay.sock');
  }

  async #refuseTakenNames({ docker }: TestEngine): Promise<void> {
    const wanted: readonly string[] = Object.values(this.cast);
    const containers = await docker.listContainers({ all: true });
    const taken = containers.flatMap(({ Id, Names }) =>
      Names.map((name) => name.slice(1))
        .filter((name) => wanted.includes(name))
        .map((name) => `${name} (${Id.slice(0, 12)})`),
    );
    if (taken.length > 0)
      throw new CannotPlay(`this engine has containers by names that it needs: ${taken.join(', ')}.`);
  }

  async #importImages(engine: TestEngine): Promise<void> {
    const tags = await BorrowedTags.note(engine.docker);
    this.#undo.push(
      () => tags.giveBack(),
      () => removeContainers(engine), // before that: an image in use cannot be removed
    );
    await buildImages(engine);
  }

  async #openRelay(engine: TestEngine): Promise<void> {
    const relay = new Relay(engine.socketPath);
    this.#relay = relay;
    this.#undo.push(() => relay.close());
    await relay.listen(this.#relaySocket);
  }

  async #listen(engine: TestEngine): Promise<void> {
    const events = await EngineEvents.open(engine);
    this.#events = events;
    this.#undo.push(() => events.close());
  }

  async #createStack(engine: TestEngine): Promise<void> {
    const { gateway, leaver, host, guest } = this.cast;
    this.#gateway = await createGateway(engine, { name: gateway });
    await this.#add(engine, leaver, gateway);
    await this.#add(engine, host, gateway);
    await this.#add(engine, guest, host);
    await this.#events?.waitFor('health_status: healthy', this.#gateway);
  }

  async #add(engine: TestEngine, name: string, network: string): Promise<void> {
    this.#containers.set(name, await createDependent(engine, { name, network }));
  }
}
