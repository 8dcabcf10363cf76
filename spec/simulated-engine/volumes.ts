import type { Mount } from './mounts.ts';

/** The volumes there are, each with its content, which is one text. They outlive the containers they were made for. */
export class Volumes {
  readonly #contents = new Map<string, string>();

  /** Undefined: there is no such volume. */
  read(name: string): string | undefined {
    return this.#contents.get(name);
  }

  write(name: string, content: string): void {
    this.#contents.set(name, content);
  }

  remove(name: string): void {
    this.#contents.delete(name);
  }

  /** Those of a new container: what is there already stays as it is. */
  makeFor(mounts: readonly Mount[]): void {
    for (const name of mounts.flatMap(volumeName)) this.#contents.set(name, this.read(name) ?? '');
  }

  /** What `v` removes with a container: volumes nobody named, unless another container has them too. */
  removeAnonymous(mounts: readonly Mount[], others: readonly Mount[]): void {
    const inUse = new Set(others.flatMap(volumeName));
    const anonymous = mounts.filter(({ isAnonymous }) => isAnonymous).flatMap(volumeName);
    for (const name of anonymous) if (!inUse.has(name)) this.remove(name);
  }
}

const volumeName = ({ point: { Type, Name } }: Mount): readonly string[] =>
  Type === 'volume' && Name !== undefined ? [Name] : [];
