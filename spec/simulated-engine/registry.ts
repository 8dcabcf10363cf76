import type { Container } from './container.ts';
import { EngineError, cannotAllocateName, invalidName, nameInUse, noSuchContainer } from './errors.ts';

const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** The existing containers and their names. */
export class Registry {
  #containers: readonly Container[] = [];

  /** In the order of their creation. */
  get all(): readonly Container[] {
    return this.#containers;
  }

  /** By full id, name, or a prefix of an id that matches only one container. */
  find(ref: string): Container | undefined {
    const bare = ref.replace(/^\//, '');
    const exact = this.#containers.find(({ id, name }) => id === bare || name === bare);
    if (exact !== undefined || bare === '') return exact;
    const [only, ...others] = this.#containers.filter(({ id }) => id.startsWith(bare));
    return others.length === 0 ? only : undefined;
  }

  get(ref: string): Container {
    const container = this.find(ref);
    if (container === undefined) throw noSuchContainer(ref);
    return container;
  }

  /** Refuses a name that is taken or invalid. */
  reserve(name: string): void {
    if (!NAME.test(name)) throw invalidName(name);
    const holder = this.#containers.find((container) => container.name === name);
    if (holder !== undefined) throw nameInUse(name, holder.id);
  }

  add(container: Container): void {
    this.#containers = [...this.#containers, container];
  }

  delete(container: Container): void {
    this.#containers = this.#containers.filter((other) => other !== container);
  }

  rename(container: Container, newName: string): void {
    if (newName === '') throw new EngineError(400, 'Neither old nor new names may be empty');
    if (newName === container.name) {
      throw new EngineError(400, 'Renaming a container with the same name as its current name');
    }
    try {
      this.reserve(newName);
    } catch (cause) {
      throw cause instanceof EngineError ? cannotAllocateName(cause) : cause;
    }
    container.name = newName;
  }
}
