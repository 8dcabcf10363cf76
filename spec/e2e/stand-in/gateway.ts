import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { SECRETS } from '../../marked-secrets.ts';
import type { TestEngine } from '../test-engine.ts';
import { TestContainer } from './container.ts';
import { ControlFolder } from './control-folder.ts';
import { GATEWAY_IMAGE } from './images.ts';

/** The sites behind the stand-in's tunnel, named after the result of a probe. */
export const sites = {
  ok: ['http://127.0.0.1:8081/', 'http://127.0.0.1:8082/', 'http://127.0.0.1:8083/'],
  named: ['http://site.example:8081/', 'http://other.example:8082/'],
  forbidden: 'http://127.0.0.1:8084/',
  unavailable: 'http://127.0.0.1:8085/',
  /** Accepts the connection and never answers. */
  hangs: 'http://127.0.0.1:8086/',
  redirectsIntoHang: 'http://127.0.0.1:8087/',
  endlessBody: 'http://127.0.0.1:8088/',
  endlessHeaders: 'http://127.0.0.1:8089/',
  /** Packets vanish: the connection is never made. */
  blackHole: 'http://192.0.2.1/',
  /** Speaks no TLS. */
  notTls: 'https://127.0.0.1:8090/',
} as const;

/** `refused`: nothing listens; `hung`: the connection is accepted and nothing follows. */
export type Reach = 'up' | 'refused' | 'hung';
/** `tunnel`: the result of a probe of the first site through the tunnel. */
export type Health = 'healthy' | 'failing' | 'tunnel' | { readonly afterSeconds: number };
/**
 * `off`: nothing listens. `read-only`: a role without PUT. `v3.30`: only OpenVPN's routes. `foreign`: another server.
 * `hung`: never answers. `stuck`: never answers a PUT, although it carries out a stop, as v3.41.2 may do.
 */
export type ControlServer =
  'open' | 'off' | 'read-only' | 'v3.30' | 'foreign' | 'hung' | 'stuck' | { readonly apiKey: string };

export type PublicIp = 'logged' | 'unavailable' | 'off';

export interface GatewayOptions {
  readonly name: string;
  /** `none`: the container has no health check at all. */
  readonly health?: Health | 'none';
  /** Docker's interval and number of retries before `unhealthy`; those of the image by default. */
  readonly healthPace?: {
    readonly intervalSeconds: number;
    readonly startPeriodSeconds: number;
    readonly retries: number;
  };
  readonly restartPolicy?: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  /** How often `on-failure` starts it; unlimited by default. */
  readonly maximumRetryCount?: number;
  /** The number of the signal that a stop sends instead of SIGTERM. */
  readonly stopSignal?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Debian's BusyBox `wget` crashes on `-T`: never pass that. */
  readonly wget?: 'gnu' | 'busybox';
  readonly vpn?: 'wireguard' | 'openvpn';
  readonly controlServer?: ControlServer;
  /** `unavailable`: Gluetun fails to learn its address, and logs that. `off`: it does not ask for it. */
  readonly publicIp?: PublicIp;
  /** Seconds from a working tunnel until Gluetun has learned its address. */
  readonly publicIpDelaySeconds?: number;
  /** Seconds from a start of the VPN until there is a tunnel. */
  readonly tunnelDelaySeconds?: number;
  /** Seconds that a stop of the VPN takes, during which the control server does not answer the request. */
  readonly stopDelaySeconds?: number;
  /** Sites answer before there is a tunnel, as Gluetun's firewall is not up in the first moments. */
  readonly leaksAtStart?: boolean;
  /** Neither a restart nor a new connection heals what a test broke. */
  readonly staysBroken?: boolean;
  readonly ignoresTerm?: boolean;
  /** Seconds between SIGTERM and SIGKILL; the engine's own default is ten. */
  readonly stopTimeoutSeconds?: number;
  readonly tty?: boolean;
  /** Further settings of the operator. */
  readonly hostConfig?: Docker.HostConfig;
  /** The logging driver. */
  readonly log?: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
}

/** A stand-in for Gluetun with the same container, log, health and control server, and a tunnel that can be broken. */
export class Gateway extends TestContainer {
  readonly #options: GatewayOptions;
  readonly #control: ControlFolder;

  constructor(engine: TestEngine, id: string, options: GatewayOptions, control: ControlFolder) {
    super(engine, id, options.name);
    this.#options = options;
    this.#control = control;
  }

  /** Waits until the stand-in accepts requests from a test, whatever started it. */
  async untilServing(): Promise<void> {
    await this.#control.untilServing();
  }

  /** Every site refuses the connection at once. Names still resolve. */
  async breakTunnel(): Promise<void> {
    await this.#change('tunnel', 'refused');
  }

  /** Every site accepts the connection and never answers. */
  async hangTunnel(): Promise<void> {
    await this.#change('tunnel', 'hung');
  }

  /** Names no longer resolve, and fail at once. */
  async loseDns(): Promise<void> {
    await this.#change('dns', 'lost');
  }

  /** The name server never answers. */
  async hangDns(): Promise<void> {
    await this.#change('dns', 'hung');
  }

  /** Undoes the four above, as a restart does. */
  async heal(): Promise<void> {
    await this.#control.set('dns', undefined);
    await this.#change('tunnel', undefined);
  }

  /** One site of `sites`, by its port; stays down across restarts, as it is the site's own failure. */
  async setSite(url: string, reach: Reach): Promise<void> {
    await this.#change(`site.${new URL(url).port}`, reach);
  }

  async setStaysBroken(staysBroken: boolean): Promise<void> {
    await this.#control.set('stays-broken', staysBroken ? 'yes' : undefined);
  }

  async setHealth(health: Health): Promise<void> {
    await this.#control.set('health', typeof health === 'object' ? String(health.afterSeconds) : health);
  }

  async setControlServer(mode: ControlServer): Promise<void> {
    await this.#change('control-server', typeof mode === 'object' ? `key ${mode.apiKey}` : mode);
  }

  async setPublicIp(publicIp: PublicIp): Promise<void> {
    await this.#control.set('public-ip', publicIp);
  }

  async setPublicIpDelay(seconds: number): Promise<void> {
    await this.#control.set('public-ip-delay', String(seconds));
  }

  /** Whether its OpenVPN server refuses or accepts the credentials, from the next connection on. */
  async setCredentials(credentials: 'accepted' | 'refused'): Promise<void> {
    await this.#control.set('credentials', credentials);
  }

  /** Each start fails at once with this fault in its settings; undefined: no fault. */
  async setConfigurationError(fault: string | undefined): Promise<void> {
    await this.#control.set('configuration-error', fault);
  }

  async setTunnelDelay(seconds: number): Promise<void> {
    await this.#control.set('tunnel-delay', String(seconds));
  }

  async setStopDelay(seconds: number): Promise<void> {
    await this.#control.set('stop-delay', String(seconds));
  }

  /** Gluetun's own restart of its VPN: it logs that and reconnects. */
  async healItself(): Promise<void> {
    await this.#control.request('self-heal');
  }

  /** The VPN's status becomes `crashed`: the control server can no longer start it. */
  async crashVpn(): Promise<void> {
    await this.#control.request('vpn-crash');
  }

  async removeWget(): Promise<void> {
    await this.#control.request('remove-wget');
  }

  async restoreWget(): Promise<void> {
    await this.#control.request('restore-wget');
  }

  /** A line of level INFO in Gluetun's log. */
  async logLine(message: string): Promise<void> {
    await this.#control.request('log', message);
  }

  /** PID 1 exits by itself, without a signal. */
  async crash(exitCode = 1): Promise<void> {
    await this.#control.send(`- crash ${exitCode}`);
  }

  /** Removed and created again under its name, as an update does; dependents keep the old id. */
  async recreate(): Promise<Gateway> {
    await this.remove();
    return this.createAgain();
  }

  /** The second half of that, for a test that does something in between. */
  async createAgain(): Promise<Gateway> {
    return createWith(this.engine, this.#options, this.#control);
  }

  /** As `docker compose up` does it: the new one exists, under another name, before the old one is removed. */
  async replace(): Promise<Gateway> {
    const name = `${this.id.slice(0, 12)}_${this.name}`;
    const options = { ...this.#options, name };
    const container = await this.engine.docker.createContainer(
      configuration(this.engine, options, this.#control),
    );
    const successor = new Gateway(this.engine, container.id, this.#options, this.#control);
    await this.stop();
    await this.remove();
    await successor.rename(this.name);
    await successor.start();
    await successor.untilServing();
    return successor;
  }

  async #change(name: string, value: string | undefined): Promise<void> {
    await this.#control.set(name, value);
    await this.#control.apply();
  }
}

/** Creates and starts a stand-in, and waits until it serves. Call `buildImages` first. */
export async function createGateway(engine: TestEngine, options: GatewayOptions): Promise<Gateway> {
  const control = new ControlFolder(join(engine.folder, `control-${randomUUID()}`));
  await control.create();
  return createWith(engine, options, control);
}

async function createWith(
  engine: TestEngine,
  options: GatewayOptions,
  control: ControlFolder,
): Promise<Gateway> {
  const container = await engine.docker.createContainer(configuration(engine, options, control));
  const gateway = new Gateway(engine, container.id, options, control);
  await applyOptions(gateway, options);
  await gateway.start();
  await gateway.untilServing();
  return gateway;
}

async function applyOptions(gateway: Gateway, options: GatewayOptions): Promise<void> {
  if (options.health !== undefined && options.health !== 'none') await gateway.setHealth(options.health);
  if (options.controlServer !== undefined) await gateway.setControlServer(options.controlServer);
  if (options.publicIp !== undefined) await gateway.setPublicIp(options.publicIp);
  if (options.publicIpDelaySeconds !== undefined)
    await gateway.setPublicIpDelay(options.publicIpDelaySeconds);
  if (options.tunnelDelaySeconds !== undefined) await gateway.setTunnelDelay(options.tunnelDelaySeconds);
  if (options.stopDelaySeconds !== undefined) await gateway.setStopDelay(options.stopDelaySeconds);
  if (options.staysBroken !== undefined) await gateway.setStaysBroken(options.staysBroken);
}

const configuration = (
  engine: TestEngine,
  options: GatewayOptions,
  control: ControlFolder,
): Docker.ContainerCreateOptions => ({
  name: options.name,
  Image: GATEWAY_IMAGE,
  Labels: { 'homepage.widget.key': SECRETS.label, ...engine.labels, ...options.labels },
  Env: environment(options),
  Tty: options.tty === true,
  ...(options.stopTimeoutSeconds === undefined ? {} : { StopTimeout: options.stopTimeoutSeconds }),
  ...healthCheck(options),
  ...(options.stopSignal === undefined ? {} : { StopSignal: String(options.stopSignal) }),
  HostConfig: {
    // Only a loopback: the stand-in's internet is there.
    NetworkMode: 'none',
    // As for Gluetun; needed here for the route into the black hole.
    CapAdd: ['NET_ADMIN'],
    Binds: [`${control.path}:/control`],
    RestartPolicy: {
      Name: options.restartPolicy ?? 'unless-stopped',
      ...(options.maximumRetryCount !== undefined && { MaximumRetryCount: options.maximumRetryCount }),
    },
    ...(options.log === undefined ? {} : { LogConfig: options.log }),
    ...options.hostConfig,
  },
});

const SECOND_NS = 1e9;

function healthCheck({
  health,
  healthPace: pace,
}: GatewayOptions): Pick<Docker.ContainerCreateOptions, 'Healthcheck'> {
  if (health === 'none') return { Healthcheck: { Test: ['NONE'] } };
  if (pace === undefined) return {};
  return {
    Healthcheck: {
      Test: ['CMD', '/gluetun-entrypoint', 'healthcheck'],
      Interval: pace.intervalSeconds * SECOND_NS,
      Timeout: 5 * SECOND_NS,
      StartPeriod: pace.startPeriodSeconds * SECOND_NS,
      Retries: pace.retries,
    },
  };
}

function environment(options: GatewayOptions): string[] {
  const variables = {
    VPN_TYPE: options.vpn ?? 'wireguard',
    WIREGUARD_PRIVATE_KEY: SECRETS.environment,
    STAND_IN_WGET: options.wget ?? 'gnu',
    STAND_IN_IGNORE_TERM: options.ignoresTerm === true ? 'yes' : 'no',
    STAND_IN_LEAKS_AT_START: options.leaksAtStart === true ? 'yes' : 'no',
    ...(options.stopSignal !== undefined && { STAND_IN_STOP_SIGNAL: String(options.stopSignal) }),
    ...options.env,
  };
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}
