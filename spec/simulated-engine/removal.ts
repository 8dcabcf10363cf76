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

/** The removal of a container that does not run. */
export class Removal {
  readonly #parts: RemovalParts;

  constructor(parts: RemovalParts) {
    this.#parts = parts;
  }

  /** `volumes`: also removes its anonymous volumes. Does nothing if it is already removed. */
  remove(container: Container, { volumes }: { readonly volumes: boolean }): void {
    if (this.#parts.registry.find(container.id) !== container) return;
    this.#parts.registry.delete(container);
    this.#parts.execs.containerRemoved(container);
    const others = this.#parts.registry.all.flatMap(({ mounts }) => mounts);
    if (volumes) this.#parts.volumes.removeAnonymous(container.mounts, others);
    this.#parts.events.container(container, 'destroy');
  }

  /** For a container with `AutoRemove` whose run ended or could not start, unless it is being restarted. */
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
