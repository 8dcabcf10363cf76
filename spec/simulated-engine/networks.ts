import type { Container, NetworkNamespace } from './container.ts';
import { cannotJoin, isRestarting, namespaceVanished, noSuchContainer } from './errors.ts';
import type { EventBus } from './events.ts';

/** Which containers share which network namespaces. */
export class Networks {
  readonly #events: EventBus;
  readonly #find: (ref: string) => Container | undefined;
  #pids = 1000;

  constructor(events: EventBus, find: (ref: string) => Container | undefined) {
    this.#events = events;
    this.#find = find;
  }

  /** The namespace a start would use: looked up when the start begins, as the engine does. */
  prepare(container: Container): NetworkNamespace {
    const { joins, id, body } = container;
    if (joins !== undefined) return this.#namespaceOf(joins);
    const hostname = body.Hostname ?? '';
    return {
      ownerId: id,
      ownerPid: this.newPid(),
      hostname: hostname === '' ? id.slice(0, 12) : hostname,
      domainname: body.Domainname ?? '',
      alive: true,
    };
  }

  /** The process starts in it. Its owner may have ended since it was looked up. */
  enter(container: Container, namespace: NetworkNamespace): void {
    if (!namespace.alive) throw namespaceVanished(namespace.ownerPid);
    container.namespace = namespace;
    if (container.joins === undefined) this.#events.network(container, 'connect');
  }

  /** The process has ended. An owner's namespace is dead from now on, also for those still inside. */
  leave(container: Container): void {
    if (container.joins !== undefined) return;
    if (container.namespace !== undefined) container.namespace.alive = false;
    this.#events.network(container, 'disconnect');
  }

  newPid(): number {
    this.#pids += 1;
    return this.#pids;
  }

  #namespaceOf(ref: string): NetworkNamespace {
    const owner = this.#find(ref);
    if (owner === undefined) throw noSuchContainer(ref);
    if (!owner.state.running || owner.namespace === undefined) throw cannotJoin(owner.id);
    if (owner.state.restarting) throw isRestarting(owner.id);
    return owner.namespace;
  }
}
