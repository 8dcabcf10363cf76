import type { Event } from '../../../../streams/events.ts';
import type { Everything } from '../../../../src/model/state.ts';
import type { Onlooker } from '../history-world.ts';
import { type Court, type Write, askedToRecover, writeIn } from './judge.ts';

/** The engine's events for the end of a run by a restart and for the start of a run. */
const TAKES_MS = 5_000;

/**
 * 2: the gateway is restarted only for a quorum of critical sites at threshold (Docker's `unhealthy` counts as one
 * failure of each that fails), or started only after a crash or our
 * own failed restart; never while its operator has it stopped; never while it is still starting.
 */
export class GatewayRestarts implements Onlooker {
  readonly #court: Court;
  /** Consecutive failures by gateway and URL, independent of the monitor's own count. */
  readonly #failures = new Map<string, Map<string, number>>();
  /** How often each gateway became unhealthy since a site passed: each adds one failure. */
  readonly #doubts = new Map<string, number>();
  #state: Everything | undefined;
  /** Gateways that the operator has asked to recover, and that were not restarted since. */
  readonly #asked = new Set<string>();

  constructor(court: Court) {
    this.#court = court;
  }

  monitorStarted(): void {
    this.#failures.clear();
    this.#doubts.clear();
    this.#state = undefined;
  }

  heard(event: Event, state: Everything): void {
    this.#noteDoubts(state);
    this.#state = state;
    for (const gateway of askedToRecover(event, this.#court)) this.#asked.add(gateway);
    if (event.type !== 'siteProbed') return;
    const watch = state.watches.find(({ checking }) => checking.running?.checkId === event.checkId);
    if (watch === undefined) return;
    const { site, verdict } = event.result;
    const ofGateway = this.#failures.get(watch.settings.gateway) ?? new Map<string, number>();
    this.#failures.set(watch.settings.gateway, ofGateway);
    if (verdict === 'fail') ofGateway.set(site.url, (ofGateway.get(site.url) ?? 0) + 1);
    if (verdict !== 'pass') return;
    ofGateway.delete(site.url);
    this.#doubts.delete(watch.settings.gateway);
  }

  /** Through an event, or through an inspection if that was lost. */
  #noteDoubts(state: Everything): void {
    for (const { gateway, settings } of state.watches) {
      if (!('id' in gateway)) continue;
      const isUnhealthy = (all: Everything | undefined): boolean =>
        all?.containers.byId[gateway.id]?.details?.health === 'unhealthy';
      if (isUnhealthy(state) && !isUnhealthy(this.#state))
        this.#doubts.set(settings.gateway, (this.#doubts.get(settings.gateway) ?? 0) + 1);
    }
  }

  writes(call: string): void {
    const write = writeIn(call, this.#court);
    if (write.role === undefined || !this.#court.world.watched.includes(write.role)) return;
    this.#judgeIntent(write, write.role);
    if (write.verb === 'restart') this.#judgeRestart(write.role);
    else if (write.verb === 'start') this.#judgeStart(write.role);
    else this.#court.violate(2, `the gateway is touched: ${call}`);
  }

  #judgeIntent({ verb }: Write, gateway: string): void {
    const { intents, world, wire } = this.#court;
    const intent = intents.of(gateway);
    if (intent.value === 'down' && world.now - intent.since > wire.slackMs)
      this.#court.violate(2, `${verb} of ${gateway}, which its operator has stopped`);
  }

  #judgeRestart(gateway: string): void {
    const { world, truth, wire } = this.#court;
    const { runSince, readySince, lastRan } = truth.of(gateway);
    const { failThreshold, healthyWaitMs } = world.settings;
    const quorum = this.#quorumOf(gateway);
    const doubts = this.#doubts.get(gateway) ?? 0;
    const down = [...(this.#failures.get(gateway)?.values() ?? [])].filter(
      (count) => count + doubts >= failThreshold,
    );
    if (down.length < quorum && !this.#asked.delete(gateway))
      this.#court.violate(2, `restart of ${gateway} for ${String(down.length)} sites of ${String(quorum)}`);
    if (runSince === undefined && world.now - lastRan > wire.slackMs)
      this.#court.violate(2, `restart of ${gateway}, which does not run`);
    const age = truth.ageOf(gateway) ?? Infinity;
    if (readySince === undefined && age > wire.slackMs && age < healthyWaitMs - 1000)
      this.#court.violate(2, `restart of ${gateway} while it is starting, for ${String(age)} ms`);
  }

  #judgeStart(gateway: string): void {
    const { world, truth, wire, people, intents } = this.#court;
    const { runSince, end } = truth.of(gateway);
    if (runSince !== undefined && world.now - runSince > wire.slackMs + TAKES_MS)
      this.#court.violate(2, `start of ${gateway}, which runs`);
    if (end === 'operator' && intents.of(gateway).value === 'down')
      this.#court.violate(2, `start of ${gateway}, which an operator has ended`);
    if (people.find(gateway)?.state.startedAt === undefined)
      this.#court.violate(2, `start of ${gateway}, which has never run`);
  }

  /** Demoted sites count as advisory: that is the monitor's own decision. */
  #quorumOf(gateway: string): number {
    const { siteQuorum } = this.#court.world.settings;
    const watch = this.#state?.watches.find(({ settings }) => settings.gateway === gateway);
    const critical = this.#court.world.sites.length - (watch?.demotion.held.length ?? 0);
    if (siteQuorum === 'any') return 1;
    if (siteQuorum === 'all') return critical;
    return siteQuorum === 'majority' ? Math.floor(critical / 2) + 1 : Math.min(siteQuorum, critical);
  }
}
