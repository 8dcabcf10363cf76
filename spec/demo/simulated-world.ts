import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Observable, asyncScheduler, filter, firstValueFrom, lastValueFrom } from 'rxjs';
import { nanosToMs } from '../simulated-engine/clock.ts';
import { SimulatedEngine } from '../simulated-engine/engine.ts';
import { GluetunStandIn, gatewayContainer } from '../simulated-engine/gluetun.ts';
import { EngineServer } from '../simulated-engine/http-api.ts';
import type { Call, Message, World } from './world.ts';

/** A tunnel takes a second or two to come up; a check through it takes a moment. */
const TUNNEL = { tunnelUpMs: 1200, latencyMs: 80 };
/** A real Gluetun is slower, which would be tedious to watch. */
const HEALTH = { intervalMs: 1000, retries: 2 };

/** An engine in this process, which the monitor reaches by a Unix socket like Docker's. */
export class SimulatedWorld implements World {
  readonly about = 'a simulated Docker Engine inside this process';
  readonly cast = {
    gateway: 'gluetun',
    leaver: 'qbittorrent',
    host: 'prowlarr',
    guest: 'sonarr',
    newcomer: 'radarr',
  };
  readonly sites = 'https://www.google.com,https://cloudflare.com,https://1.1.1.1';
  readonly messages: Message[] = [];
  readonly #engine = new SimulatedEngine(asyncScheduler);
  readonly #standIn = new GluetunStandIn(asyncScheduler, TUNNEL);
  #server: EngineServer | undefined;
  #folder: string | undefined;

  get folder(): string {
    if (this.#folder === undefined) throw new Error('this world is not open');
    return this.#folder;
  }

  get dockerHost(): string {
    return `unix://${this.#socketPath}`;
  }

  /** The demo acts on the model directly, so that all calls over the socket are from the monitor. */
  get calls(): readonly Call[] {
    return this.#engine.calls;
  }

  async open(signal: AbortSignal): Promise<void> {
    this.#folder = await mkdtemp(join(tmpdir(), 'gm-demo-'));
    this.#engine.events.stream().subscribe(({ action, id, attributes, at }) => {
      this.messages.push({ action, id, name: attributes['name'] ?? '', at: nanosToMs(at) });
    });
    this.#server = new EngineServer(this.#engine, this.#socketPath);
    await this.#server.listen();
    signal.throwIfAborted();
    await this.#createStack();
  }

  async close(): Promise<void> {
    this.#engine.dispose();
    await this.#server?.close();
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  breakTunnel(): Promise<void> {
    this.#standIn.breakTunnel();
    return Promise.resolve();
  }

  addDependent(name: string): Promise<void> {
    return this.#add(name, this.cast.gateway);
  }

  removeDependent(name: string): Promise<void> {
    return done(this.#engine.remove(name, { force: true }));
  }

  isOnLiveNetwork(name: string): Promise<boolean> {
    return Promise.resolve(this.#engine.find(name) !== undefined && this.#engine.isOnLiveNetwork(name));
  }

  exitIp(): Promise<string> {
    return Promise.resolve(this.#standIn.endpoint.ip);
  }

  get #socketPath(): string {
    return join(this.folder, 'docker.sock');
  }

  async #createStack(): Promise<void> {
    const { gateway, leaver, host, guest } = this.cast;
    this.#engine.create(gatewayContainer({ name: gateway, standIn: this.#standIn, health: HEALTH }));
    const isHealthy$ = this.#engine.events
      .stream()
      .pipe(filter(({ action }) => action === 'health_status: healthy'));
    const healthy = firstValueFrom(isHealthy$);
    await done(this.#engine.start(gateway));
    await this.#add(leaver, gateway);
    await this.#add(host, gateway);
    await this.#add(guest, host);
    await healthy;
  }

  async #add(name: string, owner: string): Promise<void> {
    const networkMode = `container:${owner}`;
    this.#engine.create({ name, image: `example/${name}`, networkMode, restartPolicy: 'unless-stopped' });
    await done(this.#engine.start(name));
  }
}

const done = (operation$: Observable<void>): Promise<void> =>
  lastValueFrom(operation$, { defaultValue: undefined });
