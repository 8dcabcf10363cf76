import type { Everything, State } from '../../model/state.ts';
import { viewsOf } from '../../model/watches.ts';
import type { Recent, RecentOfGateway } from './wire.ts';

/** An hour of checks, if nothing is wrong. */
const MOST_CHECKS = 120;
const DAY_MS = 86_400_000;
/** A tunnel that changes more often in a day shows less than a day. */
const MOST_CHANGES = 500;

/** The latest results and the day of each gateway, for the page to plot. */
export class RecentResults {
  readonly #since: number;
  readonly #gateways = new Map<string, OfGateway>();

  /** @param since Milliseconds by the clock of `Event.at`. */
  constructor(since: number) {
    this.#since = since;
  }

  take(state: Everything, at: number): void {
    for (const view of viewsOf(state)) {
      const { gateway } = view.settings;
      let known = this.#gateways.get(gateway);
      if (known === undefined) this.#gateways.set(gateway, (known = new OfGateway(gateway)));
      known.take(view, at);
    }
  }

  /** @param toWall From the clock of `Event.at` to the wall clock. */
  shown(toWall: (at: number) => number): Recent {
    return {
      since: toWall(this.#since),
      gateways: [...this.#gateways.values()].map((one) => one.shown(toWall)),
    };
  }
}

class OfGateway {
  readonly #name: string;
  #tunnel: (readonly [since: number, tunnel: string])[] = [];
  #checks: number[] = [];
  /** By the site's name. */
  readonly #latencies = new Map<string, (number | null)[]>();
  #latest: State['checking']['latest'];

  constructor(name: string) {
    this.#name = name;
  }

  take(view: State, at: number): void {
    this.#noteTunnel(view, at);
    const { latest } = view.checking;
    if (latest === undefined || latest === this.#latest) return;
    this.#latest = latest;
    this.#checks = [...this.#checks, latest.startedAt].slice(-MOST_CHECKS);
    const names = new Set(view.sites.list.map(({ name }) => name));
    for (const name of this.#latencies.keys()) if (!names.has(name)) this.#latencies.delete(name);
    for (const name of names) {
      const result = latest.results.find(({ site }) => site.name === name);
      const latency = result?.verdict === 'pass' ? (result.latencyMs ?? null) : null;
      // Of a new site nothing is known for the checks before.
      const before = this.#latencies.get(name) ?? Array<null>(this.#checks.length - 1).fill(null);
      this.#latencies.set(
        name,
        [...before, latency === null ? null : Math.round(latency) / 1000].slice(-MOST_CHECKS),
      );
    }
  }

  #noteTunnel({ tunnel: { value, since } }: State, at: number): void {
    const last = this.#tunnel.at(-1);
    if (last?.[1] === value) return;
    // An outage counts from its first sign, before it is known to be one.
    this.#tunnel.push([Math.max(since, last?.[0] ?? since), value]);
    while (
      this.#tunnel.length > MOST_CHANGES ||
      (this.#tunnel[1] !== undefined && this.#tunnel[1][0] < at - DAY_MS)
    )
      this.#tunnel.shift();
  }

  shown(toWall: (at: number) => number): RecentOfGateway {
    return {
      name: this.#name,
      tunnel: this.#tunnel.map(([since, tunnel]) => [toWall(since), tunnel]),
      checks: this.#checks.map(toWall),
      latencies: Object.fromEntries(this.#latencies),
    };
  }
}
