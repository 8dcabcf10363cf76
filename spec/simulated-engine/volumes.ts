import { type Mount, mountpointOf } from './mounts.ts';

/** The existing volumes, each with its content as one text. They outlive the containers that they were created for. */
export class Volumes {
  readonly #contents = new Map<string, string>();

  /** Undefined: there is no such volume. */
  read(name: string): string | undefined {
    return this.#contents.get(name);
  }

  /** As the engine lists them. */
  list(): object {
    const Volumes = [...this.#contents.keys()].map((Name) => ({
      Name,
      Driver: 'local',
      Mountpoint: mountpointOf(Name),
      Labels: null,
      Options: null,
      Scope: 'local',
    }));
    return { Volumes, Warnings: null };
  }

  write(name: string, content: string): void {
    this.#contents.set(name, content);
  }

  remove(name: string): void {
    this.#contents.delete(name);
  }

  /** Creates those of a new container: existing ones stay as they are. */
  makeFor(mounts: readonly Mount[]): void {
    for (const name of mounts.flatMap(volumeName)) this.#contents.set(name, this.read(name) ?? '');
  }

  /** The volumes that `v` removes with a container: anonymous ones that no other container uses. */
  removeAnonymous(mounts: readonly Mount[], others: readonly Mount[]): void {
    const inUse = new Set(others.flatMap(volumeName));
    const anonymous = mounts.filter(({ isAnonymous }) => isAnonymous).flatMap(volumeName);
    for (const name of anonymous) if (!inUse.has(name)) this.remove(name);
  }
}

const volumeName = ({ volume }: Mount): readonly string[] => (volume === undefined ? [] : [volume]);
