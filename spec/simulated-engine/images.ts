import { noSuchImage } from './errors.ts';
import type { Runtime } from './runtime.ts';

/** Which images are there: names and what they mean today. What is inside an image is not modelled. */
export class Images {
  readonly #runtime: Runtime;
  readonly #ids = new Map<string, string>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  add(name: string): void {
    if (!this.#ids.has(name)) this.#ids.set(name, `sha256:${this.#runtime.newId()}`);
  }

  remove(name: string): void {
    this.#ids.delete(name);
  }

  /** By name or id. */
  find(ref: string): string | undefined {
    return [...this.#ids].find(([name, id]) => name === ref || id === ref)?.[1];
  }

  inspect(ref: string): object {
    const id = this.find(ref);
    if (id === undefined) throw noSuchImage(ref);
    const names = [...this.#ids].filter(([, other]) => other === id).map(([name]) => name);
    return {
      Id: id,
      RepoTags: names,
      RepoDigests: [],
      Os: 'linux',
      Architecture: 'amd64',
      Config: { Labels: null },
    };
  }
}
