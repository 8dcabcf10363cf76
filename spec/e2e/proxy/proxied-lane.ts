import type { EngineRequest } from '../../shipping/engine-calls.ts';
import { eventually } from '../eventually.ts';
import type { MonitorOptions, MonitorProcess } from '../monitor.ts';
import { SITES } from '../setting.ts';
import { type TestContainer, isOnLiveNetwork } from '../stand-in/container.ts';
import { createDependent, findContainer } from '../stand-in/dependent.ts';
import { type Gateway, createGateway } from '../stand-in/gateway.ts';
import type { TestEngine } from '../test-engine.ts';
import { Haproxy, freePort } from './haproxy.ts';

type StartMonitor = (options: MonitorOptions) => Promise<MonitorProcess>;

/** What a monitor did about what happened, one after the other. */
export interface Outcome {
  /** Started a gateway that crashed and that its restart policy leaves down. */
  readonly starts: boolean;
  /** Recovered a broken tunnel, and put the dependent back. */
  readonly recovers: boolean;
  /** Put the dependent back after somebody had restarted the gateway. */
  readonly repairs: boolean;
  /** Re-created the dependent after the gateway had been re-created. */
  readonly recreates: boolean;
}

/** For what is expected: much longer than it takes. */
const LONG_MS = 90_000;
/** For what is not expected: longer than it takes where it is done. */
const SHORT_MS = 25_000;

/**
 * A gateway, a dependent and a monitor that reaches the engine through haproxy, with the published rules but one. All
 * have names of their own, so that several can be played at the same time: most of the time is spent waiting.
 */
export class ProxiedLane {
  readonly haproxy: Haproxy;
  readonly app: string;
  readonly #engine: TestEngine;
  readonly #gatewayName: string;
  readonly #expected: Outcome;
  #gateway: Gateway | undefined;
  #monitor: MonitorProcess | undefined;

  private constructor(engine: TestEngine, name: string, expected: Outcome, haproxy: Haproxy) {
    this.#engine = engine;
    this.#expected = expected;
    this.app = `app-${name}`;
    this.#gatewayName = `gluetun-${name}`;
    this.haproxy = haproxy;
  }

  /** @param expected what is expected is waited for longer */
  static async open(
    engine: TestEngine,
    { name, forbidden, expected }: { name: string; forbidden: EngineRequest | undefined; expected: Outcome },
  ): Promise<ProxiedLane> {
    const haproxy = new Haproxy(engine, await freePort());
    await haproxy.start(forbidden);
    return new ProxiedLane(engine, name, expected, haproxy);
  }

  get monitor(): MonitorProcess {
    if (this.#monitor === undefined) throw new Error('no monitor has been started');
    return this.#monitor;
  }

  get gateway(): Gateway {
    if (this.#gateway === undefined) throw new Error('no gateway has been created');
    return this.#gateway;
  }

  async play(startMonitor: StartMonitor): Promise<Outcome> {
    await this.#begin(startMonitor);
    const { StartedAt } = (await this.gateway.inspect()).State;
    await this.gateway.crash();
    const starts = await this.#within('starts', async () => this.#hasStartedSince(StartedAt));
    if (!starts) await this.gateway.start();
    await this.gateway.untilServing();
    await this.#putBackUnless(await this.#within('repairs', async () => this.#isLive()));
    const before = this.#recoveries();
    await this.gateway.breakTunnel();
    const recovers = await this.#within('recovers', () => this.#recoveries() > before);
    await this.gateway.heal();
    await this.#putBackUnless(recovers && (await this.#isLive()));
    await this.gateway.restart();
    const repairs = await this.#within('repairs', async () => this.#isLive());
    await this.#putBackUnless(repairs);
    this.#gateway = await this.gateway.recreate();
    const recreates = await this.#within('recreates', async () => this.#isRecreated());
    return { starts, recovers, repairs, recreates };
  }

  async close(): Promise<void> {
    await this.#monitor?.stop('SIGKILL');
    await this.haproxy.stop();
  }

  async #begin(startMonitor: StartMonitor): Promise<void> {
    this.#gateway = await createGateway(this.#engine, {
      name: this.#gatewayName,
      restartPolicy: 'no',
      health: 'tunnel',
    });
    const app = await createDependent(this.#engine, {
      name: this.app,
      network: this.gateway.id,
      // Unnamed for some engines, and with a file that Compose might have put there: each takes a further call.
      binds: ['/anonymous'],
      labels: { 'com.docker.compose.project': this.#gatewayName },
    });
    await app.exec('touch', '/etc/app.conf');
    this.#monitor = await startMonitor({
      env: {
        SITES,
        GLUETUN_CONTAINER: this.#gatewayName,
        DOCKER_HOST: this.haproxy.dockerHost,
        LOG_LEVEL: 'debug',
      },
    });
    // Some are never as far as that, and some say it of a tunnel that nothing is known about.
    await eventually(
      'it watches',
      () => this.monitor.linesMatching(/Status: STARTUP/).length > 0,
      SHORT_MS,
    ).catch(() => undefined);
  }

  async #within(what: keyof Outcome, condition: () => Promise<boolean> | boolean): Promise<boolean> {
    const patienceMs = this.#expected[what] ? LONG_MS : SHORT_MS;
    return eventually(what, condition, patienceMs, 200).catch(() => false);
  }

  /** By hand, so that the next chapter begins as the first did. */
  async #putBackUnless(isLive: boolean): Promise<void> {
    if (!isLive) await (await this.#found()).restart();
  }

  #recoveries(): number {
    return this.monitor.linesMatching(/Recovery complete/).length;
  }

  async #hasStartedSince(startedAt: string): Promise<boolean> {
    const { State } = await this.gateway.inspect();
    return State.Running && State.StartedAt !== startedAt;
  }

  async #isLive(): Promise<boolean> {
    return isOnLiveNetwork(await this.#found(), this.gateway);
  }

  /** Said once the old container is removed, too. */
  async #isRecreated(): Promise<boolean> {
    const isSaid = this.monitor.linesMatching(/ re-created successfully/).length > 0;
    return isSaid && (await this.#isLive());
  }

  async #found(): Promise<TestContainer> {
    return findContainer(this.#engine, this.app);
  }
}
