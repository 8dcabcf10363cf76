import { formatNanos } from './clock.ts';
import type { Nanos } from './clock.ts';
import type { CreateBody } from './create-request.ts';
import { noSuchImage } from './errors.ts';
import { IMAGE_CONFIG_DEFAULTS } from './inspection-defaults.ts';
import type { Runtime } from './runtime.ts';

/** `Config` of an image: the defaults for its containers. */
export type ImageConfig = Pick<
  CreateBody,
  | 'Cmd'
  | 'Entrypoint'
  | 'Env'
  | 'ExposedPorts'
  | 'Healthcheck'
  | 'Labels'
  | 'StopSignal'
  | 'User'
  | 'Volumes'
  | 'WorkingDir'
>;

export interface Image {
  readonly id: string;
  readonly config: ImageConfig;
  readonly created: Nanos;
}

/** The existing images and the current meaning of their names. Their files are not modelled. */
export class Images {
  readonly #runtime: Runtime;
  readonly #ids = new Map<string, string>();
  #images: readonly Image[] = [];

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** A new image, as after a build or a pull: it takes the name from the previous one. */
  add(name: string, config: ImageConfig = {}): Image {
    const { clock } = this.#runtime;
    const image = { id: `sha256:${this.#runtime.newId()}`, config, created: clock.stamp() };
    this.#images = [...this.#images, image];
    this.#ids.set(fullName(name), image.id);
    return image;
  }

  /** The image of that name, or an empty one. */
  ensure(name: string): Image {
    return this.find(name) ?? this.add(name);
  }

  /** By name, id, or a prefix of its id that matches only one image. */
  find(ref: string): Image | undefined {
    const id = this.#ids.get(fullName(ref));
    return id === undefined ? this.#findById(ref) : this.#images.find((image) => image.id === id);
  }

  get(ref: string): Image {
    const image = this.find(ref);
    if (image === undefined) throw noSuchImage(fullName(ref));
    return image;
  }

  /** What `GET /images/{name}/json` shows. */
  inspect(ref: string): object {
    const image = this.find(ref);
    if (image === undefined) throw noSuchImage(fullName(ref));
    const names = this.#namesOf(image.id);
    return {
      Id: image.id,
      RepoTags: names.filter((name) => !isDigest(name)),
      RepoDigests: names.filter(isDigest),
      Created: formatNanos(image.created),
      Config: { ...IMAGE_CONFIG_DEFAULTS, ...image.config },
      Architecture: 'amd64',
      Os: 'linux',
    };
  }

  #findById(ref: string): Image | undefined {
    const digits = /^(?:sha256:)?([0-9a-f]+)$/.exec(ref)?.[1];
    if (digits === undefined) return undefined;
    const [only, ...others] = this.#images.filter(({ id }) => id.startsWith(`sha256:${digits}`));
    return others.length === 0 ? only : undefined;
  }

  #namesOf(id: string): readonly string[] {
    return [...this.#ids]
      .filter(([, other]) => other === id)
      .map(([name]) => name)
      .sort();
  }
}

const isDigest = (name: string): boolean => name.includes('@');

/** Names as the engine stores them: without Docker Hub's address, and always with a tag, except for ids. */
function fullName(name: string): string {
  const familiar = name.replace(/^(?:docker\.io\/)?library\//, '').replace(/^docker\.io\//, '');
  return /^sha256:|@|:[^/]+$/.test(familiar) ? familiar : `${familiar}:latest`;
}
