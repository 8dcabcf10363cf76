import { concat } from 'rxjs';
import type { Container } from './container.ts';
import type { EventBus } from './events.ts';
import type { Execs } from './execs.ts';
import type { Registry } from './registry.ts';
import { step } from './runtime.ts';
import type { Runtime } from './runtime.ts';
import type { Volumes } from './volumes.ts';

export interface RemovalParts {
  readonly runtime: Runtime;
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

  /** With its volumes: with those that nobody gave a name. Does nothing to one that has gone already. */
  remove(container: Container, { volumes }: { readonly volumes: boolean }): void {
    if (this.#parts.registry.find(container.id) !== container) return;
    this.#parts.registry.delete(container);
    this.#parts.execs.containerRemoved(container);
    const others = this.#parts.registry.all.flatMap(({ mounts }) => mounts);
    if (volumes) this.#parts.volumes.removeAnonymous(container.mounts, others);
    this.#parts.events.container(container, 'destroy');
  }

  /** One with `AutoRemove` whose run has ended, or could not begin; unless it is only being restarted. */
  removeIfWanted(container: Container): void {
    const { hostConfig, keptOnStop, state } = container;
    const isWanted = hostConfig.AutoRemove === true && !keptOnStop && !state.running;
    if (isWanted && (state.startedAt !== undefined || state.error !== ''))
      this.remove(container, { volumes: true });
  }

  removeSoonIfWanted(container: Container): void {
    if (container.hostConfig.AutoRemove !== true) return;
    const { runtime } = this.#parts;
    const gone$ = step(() => this.removeIfWanted(container));
    runtime.launch(concat(runtime.after(container.timings.cleanupMs), gone$));
  }
}
