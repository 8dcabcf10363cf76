import type { Container } from './container.ts';
import type { EventBus } from './events.ts';
import type { Execs } from './execs.ts';
import type { Registry } from './registry.ts';
import type { Volumes } from './volumes.ts';

export interface RemovalParts {
  readonly registry: Registry;
  readonly execs: Execs;
  readonly volumes: Volumes;
  readonly events: EventBus;
}

/** How a container that does not run goes away. */
export class Removal {
  readonly #parts: RemovalParts;

  constructor(parts: RemovalParts) {
    this.#parts = parts;
  }

  /** With its volumes: with those that nobody gave a name. */
  remove(container: Container, { volumes }: { readonly volumes: boolean }): void {
    this.#parts.registry.delete(container);
    this.#parts.execs.containerRemoved(container);
    const others = this.#parts.registry.all.flatMap(({ mounts }) => mounts);
    if (volumes) this.#parts.volumes.removeAnonymous(container.mounts, others);
    this.#parts.events.container(container, 'destroy');
  }

  /** One with `AutoRemove` whose run has come to its end; unless it is only being restarted. */
  removeIfWanted(container: Container): void {
    const { hostConfig, keptOnStop, state } = container;
    const isThere = this.#parts.registry.find(container.id) === container;
    if (hostConfig.AutoRemove === true && !keptOnStop && !state.running && isThere) {
      this.remove(container, { volumes: true });
    }
  }
}
