import type { Event } from '../../../../streams/events.ts';
import { REHEARSED } from '../../../../src/acts/rehearsal.ts';
import type { Onlooker } from '../history-world.ts';
import { MONITOR_LABEL } from '../../../../streams/labels.ts';
import { couldNotJoin } from '../could-not-join.ts';
import { EXCLUDED, GATEWAY, type Role, unparked } from '../roles.ts';
import { type Court, type Write, writeIn } from './judge.ts';

/**
 * 3: no dependent is restarted, started or re-created before its gateway is ready.
 * 6: one stopped by its operator is never started; one that never ran, or ended by itself, neither.
 * 7: only the gateway and its own dependents are touched.
 */
export class Touching implements Onlooker {
  readonly #court: Court;
  /** By name: when its re-creation was begun in the current act. */
  readonly #begunAt = new Map<string, number>();

  constructor(court: Court) {
    this.#court = court;
  }

  outcome(event: Event): void {
    if (event.type === 'dependentRepairBegun' && event.how === 'recreate')
      this.#begunAt.set(event.name, this.#court.world.now);
  }

  actEnded(): void {
    this.#begunAt.clear();
  }

  writes(call: string): void {
    const write = writeIn(call, this.#court);
    const { world, people } = this.#court;
    if (world.settings.dryRun) this.#court.violate(7, `a dry run writes: ${call}`);
    // No such image exists, so the engine refuses.
    if (write.verb === 'create' && write.name === REHEARSED) return;
    // It was removed meanwhile, so the engine refuses.
    if (write.verb !== 'create' && world.engine.find(write.name) === undefined) return;
    if (write.role !== undefined && world.watched.includes(write.role)) return;
    const role = people.roles.find(({ name }) => name === write.role);
    const gateway = role && gatewayOf(role, write.name);
    if (role === undefined || gateway === undefined || !world.watched.includes(gateway)) {
      this.#court.violate(7, `a container is touched that is none of ours: ${call}`);
      return;
    }
    if (write.verb === 'restart' || write.verb === 'start') this.#judgeIntent(write, role);
    if (write.verb === 'restart' || write.verb === 'start' || write.verb === 'create')
      this.#judgeReadiness(write, gateway);
  }

  #judgeReadiness({ verb, name }: Write, gateway: string): void {
    const { world, truth, wire, cast } = this.#court;
    const { readySince, isPaused, lastReady } = truth.of(gateway);
    if (readySince !== undefined && !isPaused) return;
    // A re-creation that was begun is finished: an undo would be impossible as well once the gateway has ended.
    if (verb !== 'restart' && lastReady >= (this.#begunAt.get(name) ?? Infinity)) return;
    const waitedLong =
      !cast.hasHealthCheck && (truth.ageOf(gateway) ?? 0) >= world.settings.healthyWaitMs - 1000;
    // The start of a restored orphan fails, as the container that it joined does not exist.
    const container = world.engine.find(name);
    const owner = container?.joins;
    const isToFail = verb === 'start' && owner !== undefined && world.engine.find(owner) === undefined;
    if (waitedLong || isToFail || world.now - lastReady <= wire.slackMs) return;
    this.#court.violate(3, `${verb} of ${name} though ${gateway} is not ready`);
  }

  #judgeIntent({ verb, name }: Write, { name: role }: Role): void {
    const { world, intents, wire } = this.#court;
    const container = world.engine.find(name);
    const intent = intents.of(role);
    if (container === undefined || container.state.running) return;
    if (intent.value === 'down' && world.now - intent.since > wire.slackMs && !couldNotJoin(container.state))
      this.#court.violate(6, `${verb} of ${name}, which is to stay down`);
  }
}

/** Exclusion is by name: under another name it is a dependent like any other. */
function gatewayOf({ gateway, joins, labels }: Role, name: string): string | undefined {
  const isExcluded = EXCLUDED.includes(unparked(name));
  return joins === GATEWAY && !(MONITOR_LABEL in labels) && !isExcluded ? GATEWAY : gateway;
}
