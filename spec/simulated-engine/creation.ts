import { Container } from './container.ts';
import { joinedContainer } from './create-request.ts';
import type { ContainerSpec, CreateBody } from './create-request.ts';
import { withImageDefaults } from './image-defaults.ts';
import type { Images } from './images.ts';
import { mountsOf } from './mounts.ts';
import type { Registry } from './registry.ts';
import type { Runtime } from './runtime.ts';
import type { Volumes } from './volumes.ts';
import type { Workload } from './workload.ts';

export interface CreationParts {
  readonly runtime: Runtime;
  readonly registry: Registry;
  readonly images: Images;
  readonly volumes: Volumes;
}

/** How a request becomes a container, in dockerd's order: its image must be there before its name must be free. */
export class Creation {
  readonly #parts: CreationParts;

  constructor(parts: CreationParts) {
    this.#parts = parts;
  }

  create(
    name: string,
    body: CreateBody,
    more: { readonly workload: Workload; readonly timings?: ContainerSpec['timings'] },
  ): Container {
    const { runtime, registry, images, volumes } = this.#parts;
    const madeFrom = images.get(body.Image);
    registry.reserve(name);
    const merged = this.#pinned(withImageDefaults(body, madeFrom.config));
    const mounts = mountsOf(merged, () => runtime.newId());
    volumes.makeFor(mounts);
    const { workload, timings } = more;
    const container = new Container(runtime, { name, body: merged, madeFrom, mounts, workload, timings });
    registry.add(container);
    return container;
  }

  /** The engine stores the id of the container to join if it exists now; otherwise it keeps the name for ever. */
  #pinned(body: CreateBody): CreateBody {
    if (body.HostConfig === undefined) return body;
    const { NetworkMode, PidMode, IpcMode } = body.HostConfig;
    const modes = Object.entries({ NetworkMode, PidMode, IpcMode })
      .filter(([, mode]) => mode !== undefined)
      .map(([key, mode = '']): [string, string] => [key, this.#pinnedMode(mode)]);
    return { ...body, HostConfig: { ...body.HostConfig, ...Object.fromEntries(modes) } };
  }

  #pinnedMode(mode: string): string {
    const target = joinedContainer(mode);
    const owner = target === undefined ? undefined : this.#parts.registry.find(target);
    return owner === undefined ? mode : `container:${owner.id}`;
  }
}
