import type { Onlooker } from '../history-world.ts';
import { unparked } from '../roles.ts';
import type { Court } from './judge.ts';

/**
 * 9: a dependent under re-creation exists under its name or parked, at every instant; its name is the one that its
 * operator gave it.
 */
export class Existence implements Onlooker {
  readonly #court: Court;

  constructor(court: Court) {
    this.#court = court;
  }

  /** After each event of the engine: no container appears or disappears without one. */
  told(): void {
    const { people, intents } = this.#court;
    for (const { name, gateway } of people.roles) {
      if (gateway === undefined || intents.of(name).value === 'gone' || people.isBeingReplaced(name))
        continue;
      if (!people.isThere(name)) this.#court.violate(9, `${name} is no more, under no name`);
    }
  }

  /** `rename app to app.orphan-of-gluetun-0123456789ab`, or back. */
  writes(call: string): void {
    const [verb, from = '', , to = ''] = call.split(' ');
    if (verb !== 'rename' || unparked(from) === unparked(to)) return;
    const { world, people, wire } = this.#court;
    const who = people.roleOf(from);
    if (who !== undefined && world.now - people.namedAt(who) > wire.slackMs)
      this.#court.violate(9, `${from} is to be called ${to}`);
  }
}
