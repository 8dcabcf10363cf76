import type { Court } from './judge.ts';

/** 9: a dependent under re-creation exists under its name or parked, at every instant. */
export class Existence {
  readonly #court: Court;

  constructor(court: Court) {
    this.#court = court;
  }

  /** After each message of the engine: nothing comes into being or goes without one. */
  told(): void {
    const { stage, people, intents } = this.#court;
    for (const { name, gateway } of people.roles) {
      if (gateway === undefined || intents.of(name).value === 'gone' || people.isBeingReplaced(name))
        continue;
      const isThere = stage.engine.containers.some((container) => people.roleOf(container.name) === name);
      if (!isThere) this.#court.violate(9, `${name} is no more, under no name`);
    }
  }
}
