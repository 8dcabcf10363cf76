import type { Observable, SchedulerLike } from 'rxjs';
import type { ContainerSpec } from './create-request.ts';
import { EngineError } from './errors.ts';
import {
  connectLines,
  publicIpLine,
  render,
  selfHealingLines,
  shutdownLines,
  startLines,
  tunnelUpLines,
  vpnRestartLines,
} from './gluetun-log.ts';
import type { Endpoint, LogLine, Vpn } from './gluetun-log.ts';
import {
  NO_WGET,
  checkOutput,
  endpointOutput,
  isEndpointReading,
  isVpnRestart,
  sitesOfCheck,
  vpnRestartOutput,
} from './monitor-execs.ts';
import type { ControlAnswer, SiteAnswer, VpnRestartAnswer } from './monitor-execs.ts';
import type { ExecItem, ExecRequest, Workload, WorkloadHost } from './workload.ts';

export interface GluetunOptions {
  readonly vpn?: Vpn;
  /** From a start to a working tunnel. */
  readonly tunnelUpMs?: number;
  /** From a working tunnel until Gluetun has learned its address. */
  readonly publicIpMs?: number;
  /** How long a working site takes to answer. */
  readonly latencyMs?: number;
  /** Whether a restart of the container heals a broken tunnel. */
  readonly healedByRestart?: boolean;
  /** Whether a restart of the VPN alone, through the control server, heals it. */
  readonly healedByVpnRestart?: boolean;
}

/** Used in turn, one for each connection. */
const ENDPOINTS: readonly Endpoint[] = [
  {
    ip: '203.0.113.7',
    country: 'Netherlands',
    region: 'North Holland',
    city: 'Amsterdam',
    server: '198.51.100.10:51820',
  },
  { ip: '203.0.113.42', country: 'Sweden', region: 'Skåne', city: 'Malmö', server: '198.51.100.11:51820' },
  {
    ip: '2001:db8::77',
    country: 'Germany',
    region: 'Hesse',
    city: 'Frankfurt am Main',
    server: '198.51.100.12:51820',
  },
];

type TunnelFault = 'broken' | 'hanging';

const NETWORK_FAILURE: SiteAnswer = { exitCode: 4, afterMs: 20 };
/** BusyBox and GNU wget give up on a name that does not resolve after the resolver's own timeout. */
const DNS_FAILURE: SiteAnswer = { exitCode: 4, afterMs: 1500 };
const HANGS: SiteAnswer = { exitCode: 4, afterMs: Infinity };

/** A stand-in for Gluetun inside a container: its tunnel, its log, its health and its control server. */
export class GluetunStandIn implements Workload {
  /** While false no restart heals a broken tunnel: the provider is at fault. */
  isProviderUp = true;
  readonly #scheduler: SchedulerLike;
  readonly #options: Required<
    Pick<
      GluetunOptions,
      'vpn' | 'tunnelUpMs' | 'publicIpMs' | 'latencyMs' | 'healedByRestart' | 'healedByVpnRestart'
    >
  > &
    GluetunOptions;
  readonly #siteAnswers = new Map<string, SiteAnswer>();
  #host: WorkloadHost | undefined;
  #connections = 0;
  /** Cancels everything that was pending before the latest start or stop of the VPN. */
  #attempt = 0;
  #connected = false;
  #knowsAddress = false;
  #fault: TunnelFault | undefined;
  #resolves = true;
  #hasWget = true;
  #controlServerOn = true;
  #alwaysUnhealthy = false;
  #refusal: EngineError | undefined;

  constructor(scheduler: SchedulerLike, options: GluetunOptions = {}) {
    this.#scheduler = scheduler;
    this.#options = {
      vpn: 'wireguard',
      tunnelUpMs: 300,
      publicIpMs: 0,
      latencyMs: 60,
      healedByRestart: true,
      healedByVpnRestart: true,
      ...options,
    };
  }

  /** The endpoint of the latest connection. */
  get endpoint(): Endpoint {
    const endpoint = ENDPOINTS[Math.max(0, this.#connections - 1) % ENDPOINTS.length];
    if (endpoint === undefined) throw new Error('a gateway needs an endpoint');
    return endpoint;
  }

  get tunnelWorks(): boolean {
    return this.#connected && this.#fault === undefined;
  }

  /** Every site fails at once, as with a VPN that is down. */
  breakTunnel(): void {
    this.#fault = 'broken';
  }

  /** Every site hangs until its timeout, as with a VPN server that no longer answers. */
  hangTunnel(): void {
    this.#fault = 'hanging';
  }

  heal(): void {
    this.#fault = undefined;
    this.#resolves = true;
  }

  loseDns(): void {
    this.#resolves = false;
  }

  siteAnswers(url: string, answer: SiteAnswer): void {
    this.#siteAnswers.set(url, answer);
  }

  /** The site follows the tunnel again. */
  siteRecovers(url: string): void {
    this.#siteAnswers.delete(url);
  }

  removeWget(): void {
    this.#hasWget = false;
  }

  bringBackWget(): void {
    this.#hasWget = true;
  }

  /** Every creation of an exec fails with this error. */
  refuseExecs(error = new EngineError(403, 'Forbidden')): void {
    this.#refusal = error;
  }

  allowExecs(): void {
    this.#refusal = undefined;
  }

  stopControlServer(): void {
    this.#controlServerOn = false;
  }

  startControlServer(): void {
    this.#controlServerOn = true;
  }

  /** `unhealthy`: whatever the state of the tunnel; `asTunnel`: as the tunnel. */
  healthChecks(tell: 'unhealthy' | 'asTunnel'): void {
    this.#alwaysUnhealthy = tell === 'unhealthy';
  }

  /** Gluetun finds its tunnel dead and restarts its VPN itself, without a restart of the container. */
  healItself(): void {
    this.#reconnect(selfHealingLines());
  }

  started(host: WorkloadHost): void {
    this.#host = host;
    if (this.#options.healedByRestart && this.isProviderUp) this.heal();
    this.#write(startLines());
    this.#connect(host);
  }

  terminating(): void {
    this.#write(shutdownLines());
  }

  probeHealth(): number {
    return this.tunnelWorks && !this.#alwaysUnhealthy ? 0 : 1;
  }

  refusesExec(): EngineError | undefined {
    return this.#refusal;
  }

  exec(request: ExecRequest): Observable<ExecItem> | undefined {
    const sites = sitesOfCheck(request);
    if (sites !== undefined) return checkOutput(sites, (url) => this.#answerTo(url), this.#scheduler);
    if (isEndpointReading(request)) return endpointOutput(this.#controlAnswer());
    return isVpnRestart(request) ? this.#restartVpn() : undefined;
  }

  #restartVpn(): Observable<ExecItem> {
    const [stopping, starting] = vpnRestartLines().map((line) => [line]);
    const stop = (): void => {
      this.#connected = false;
      this.#knowsAddress = false;
      this.#attempt += 1;
      this.#write(stopping ?? []);
    };
    const start = (): void => {
      if (this.#options.healedByVpnRestart && this.isProviderUp) this.heal();
      this.#reconnect(starting ?? []);
    };
    return vpnRestartOutput(this.#answerToRestart(), { stop, start }, this.#scheduler);
  }

  #answerToRestart(): VpnRestartAnswer {
    if (!this.#hasWget) return 'withoutWget';
    return this.#controlServerOn ? 'carriedOut' : 'unavailable';
  }

  #reconnect(why: readonly LogLine[]): void {
    const host = this.#host;
    if (host === undefined) return;
    this.#write(why);
    this.#connect(host);
  }

  #connect(host: WorkloadHost): void {
    this.#connected = false;
    this.#knowsAddress = false;
    this.#connections += 1;
    const attempt = ++this.#attempt;
    this.#write(connectLines(this.#options.vpn, this.endpoint));
    host.later(this.#options.tunnelUpMs, () => attempt === this.#attempt && this.#tunnelUp(host));
  }

  #tunnelUp(host: WorkloadHost): void {
    this.#connected = true;
    if (!this.tunnelWorks) return;
    this.#write(tunnelUpLines(this.#options.vpn, this.endpoint));
    const attempt = this.#attempt;
    const learn = (): void => {
      if (attempt !== this.#attempt) return;
      this.#knowsAddress = true;
      this.#write([publicIpLine(this.endpoint)]);
    };
    if (this.#options.publicIpMs === 0) learn();
    else host.later(this.#options.publicIpMs, learn);
  }

  #write(lines: readonly LogLine[]): void {
    const host = this.#host;
    if (host === undefined) return;
    for (const line of lines) host.log(render(line, host.nowMs(), host.tty));
  }

  #answerTo(url: string): SiteAnswer {
    if (!this.#hasWget) return NO_WGET;
    if (this.#fault === 'hanging') return HANGS;
    if (!this.tunnelWorks) return NETWORK_FAILURE;
    if (!this.#resolves) return DNS_FAILURE;
    return this.#siteAnswers.get(url) ?? { exitCode: 0, status: 200, afterMs: this.#options.latencyMs };
  }

  #controlAnswer(): ControlAnswer {
    if (!this.#hasWget) return { exitCode: NO_WGET.exitCode, body: '' };
    if (!this.#controlServerOn) return { exitCode: 4, body: '' };
    return { exitCode: 0, status: 200, body: this.#publicIpJson() };
  }

  #publicIpJson(): string {
    if (!this.#knowsAddress) return '{"public_ip":""}';
    const { ip, region, country, city } = this.endpoint;
    return JSON.stringify({
      public_ip: ip,
      region,
      country,
      city,
      hostname: 'h',
      location: '1.500000,2.500000',
    });
  }
}

export interface GatewaySpec extends Omit<ContainerSpec, 'healthcheck' | 'workload'> {
  readonly standIn: GluetunStandIn;
  /** Undefined: no health check. */
  readonly health?: { readonly intervalMs: number; readonly retries: number } | undefined;
}

/** Gluetun's container, health check included. */
export function gatewayContainer({ standIn, health, ...spec }: GatewaySpec): ContainerSpec {
  const healthcheck =
    health === undefined
      ? undefined
      : {
          Test: ['CMD-SHELL', '/gluetun-entrypoint healthcheck'],
          Interval: health.intervalMs * 1e6,
          Retries: health.retries,
        };
  return {
    image: 'qmcgaw/gluetun',
    restartPolicy: 'unless-stopped',
    ...spec,
    workload: standIn,
    ...(healthcheck === undefined ? {} : { healthcheck }),
  };
}
