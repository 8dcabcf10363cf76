import { concat, defer, repeat } from 'rxjs';
import type { Observable } from 'rxjs';
import type { Nanos } from './clock.ts';
import { nanosToMs } from './clock.ts';
import type { Container, Health } from './container.ts';
import type { Healthcheck } from './create-request.ts';
import { commandLine } from './events.ts';
import type { EventBus } from './events.ts';
import { step } from './runtime.ts';
import type { Runtime } from './runtime.ts';

const DEFAULT_INTERVAL_MS = 30_000;
const DEFAULT_RETRIES = 3;
const KEPT_RESULTS = 5;
/** From the probe's start to its result. */
const PROBE_MS = 60;

/** The engine's health checks: a probe after each interval, an event when its verdict changes. */
export class HealthChecks {
  readonly #runtime: Runtime;
  readonly #events: EventBus;
  readonly #isPodman: boolean;

  constructor(runtime: Runtime, events: EventBus, { isPodman = false } = {}) {
    this.#runtime = runtime;
    this.#events = events;
    this.#isPodman = isPodman;
  }

  /** A new run of the container: its health is reset without an event. */
  begin(container: Container): void {
    if (checkOf(container) === undefined) return;
    container.health = { status: 'starting', failingStreak: 0, results: container.health?.results ?? [] };
    this.resume(container);
  }

  resume(container: Container): void {
    const check = checkOf(container);
    const { health } = container;
    // Podman's probes are run by systemd.
    if (check === undefined || health === undefined || this.#isPodman) return;
    const probes$ = concat(
      this.#runtime.after(toMs(check.Interval) || DEFAULT_INTERVAL_MS),
      defer(() => this.#probe(container, check, health)),
    );
    container.healthLoop = probes$.pipe(repeat()).subscribe();
    container.run.add(container.healthLoop);
  }

  /** Without an engine there are no probes, and the last result stays. */
  abandon(container: Container): void {
    container.healthLoop.unsubscribe();
  }

  /** Stopped or paused: the engine shows it as unhealthy, without an event. */
  suspend(container: Container): void {
    container.healthLoop.unsubscribe();
    if (container.health !== undefined && !this.#isPodman) container.health.status = 'unhealthy';
  }

  #probe(container: Container, check: Healthcheck, health: Health): Observable<never> {
    const start = this.#runtime.clock.stamp();
    const execID = this.#runtime.newId();
    const command = commandLine(probeCommand(check));
    this.#events.container(container, `exec_create: ${command}`, { execID });
    this.#events.container(container, `exec_start: ${command}`, { execID });
    return concat(
      this.#runtime.after(PROBE_MS),
      step(() => {
        const exitCode = container.workload.probeHealth?.() ?? 0;
        this.#events.container(container, 'exec_die', { execID, exitCode: String(exitCode) });
        this.#judge(container, check, health, { start, exitCode });
      }),
    );
  }

  #judge(
    container: Container,
    check: Healthcheck,
    health: Health,
    probe: { readonly start: Nanos; readonly exitCode: number },
  ): void {
    const before = health.status;
    health.results.push({ ...probe, end: this.#runtime.clock.stamp() });
    health.results.splice(0, health.results.length - KEPT_RESULTS);
    if (probe.exitCode === 0) {
      health.failingStreak = 0;
      health.status = 'healthy';
    } else if (!isForgiven(container, check, health, probe.start)) {
      health.failingStreak += 1;
      if (health.failingStreak >= (check.Retries ?? DEFAULT_RETRIES)) health.status = 'unhealthy';
    }
    if (health.status !== before) this.#events.container(container, `health_status: ${health.status}`);
  }
}

/** Failures during the start period do not count. */
function isForgiven(container: Container, check: Healthcheck, health: Health, probeStart: Nanos): boolean {
  if (health.status !== 'starting') return false;
  const sinceStartMs = nanosToMs(probeStart - (container.state.startedAt ?? probeStart));
  return sinceStartMs < toMs(check.StartPeriod);
}

function checkOf(container: Container): Healthcheck | undefined {
  const check = container.body.Healthcheck ?? undefined;
  const kind = check?.Test?.[0];
  return kind === undefined || kind === 'NONE' ? undefined : check;
}

const probeCommand = ({ Test: [kind = '', ...words] = [] }: Healthcheck): readonly string[] =>
  kind === 'CMD-SHELL' ? ['/bin/sh', '-c', ...words] : words;

const toMs = (nanoseconds: number | undefined): number => (nanoseconds ?? 0) / 1e6;
