import { COMPOSE_PROJECT } from '../../../streams/labels.ts';
import type { Container } from '../../simulated-engine/container.ts';
import type { ContainerSpec } from '../../simulated-engine/create-request.ts';
import { gatewayContainer } from '../../simulated-engine/gluetun.ts';
import { composeUp, recreate } from '../../simulated-engine/operator.ts';
import type { Cast } from './history.ts';
import {
  DEPENDENTS,
  GATEWAY,
  GATEWAY_LABELS,
  OF_SECOND,
  type Role,
  SECOND_GATEWAY,
  UNTOUCHABLE,
  unparked,
} from './roles.ts';
import type { HistoryWorld } from './history-world.ts';

/** The name of a container after its operator has renamed it. */
const RENAMED = '-renamed';

const HEALTH = { intervalMs: 60_000, retries: 3 };

/** The containers of a history and the actions of their operator: by role, whatever their current names. */
export class People {
  readonly roles: readonly Role[];
  readonly gateways: readonly string[];
  readonly #world: HistoryWorld;
  readonly #cast: Cast;
  readonly #namedAt = new Map<string, number>();
  readonly #replaced = new Set<string>();

  constructor(world: HistoryWorld, cast: Cast) {
    this.#world = world;
    this.#cast = cast;
    this.gateways = cast.second === 'none' ? [GATEWAY] : [GATEWAY, SECOND_GATEWAY];
    this.roles = [
      ...DEPENDENTS.filter(({ name }) => this.#isCast(name)),
      ...UNTOUCHABLE.filter(({ name }) => cast.untouchable.includes(name)),
      ...(cast.second === 'none' ? [] : [OF_SECOND]),
    ];
  }

  /** A container that joins another one needs that one. */
  #isCast(name: string): boolean {
    const { dependents } = this.#cast;
    return dependents.includes(name) || (name === 'by-id' && dependents.includes('through'));
  }

  has(who: string): boolean {
    return this.gateways.includes(who) || this.roles.some(({ name }) => name === who);
  }

  /** Its current name, or the name that it would have if it existed. */
  nameOf(who: string): string {
    return this.#world.engine.find(who + RENAMED) === undefined ? who : who + RENAMED;
  }

  /** When its operator last renamed it. */
  namedAt(who: string): number {
    return this.#namedAt.get(who) ?? -Infinity;
  }

  /** Also for a container that was parked under that name, and for its replacement. */
  roleOf(name: string): string | undefined {
    const original = unparked(name);
    const who = original.endsWith(RENAMED) ? original.slice(0, -RENAMED.length) : original;
    return this.has(who) ? who : undefined;
  }

  find(who: string): Container | undefined {
    return this.#world.engine.find(this.nameOf(who));
  }

  /** Whether it exists, whatever its name. */
  isThere(who: string): boolean {
    return this.#world.engine.containers.some(({ name }) => this.roleOf(name) === who);
  }

  /** All roles, each after the one that it joins. */
  populate(): void {
    const { engine } = this.#world;
    const early = this.roles.filter(({ byName }) => byName);
    for (const role of early) engine.create(this.#specOf(role));
    for (const gateway of this.gateways) {
      engine.create(this.gatewaySpec(gateway));
      engine.start(gateway);
    }
    this.#world.pass(35_000);
    for (const role of this.roles) {
      if (!role.byName) engine.create(this.#specOf(role));
      engine.start(role.name);
      this.#world.pass(500);
    }
  }

  gatewaySpec(who: string): ContainerSpec {
    const { gatewayPolicy, hasHealthCheck, isOfCompose } = this.#cast;
    return gatewayContainer({
      name: this.nameOf(who),
      standIn: who === GATEWAY ? this.#world.standIn : this.#world.secondStandIn,
      restartPolicy: gatewayPolicy,
      ...(isOfCompose && who === GATEWAY && { labels: GATEWAY_LABELS }),
      ...(hasHealthCheck && { health: HEALTH }),
    });
  }

  /** The network to join, by the current id, or by name if that container does not exist. */
  #specOf({ name, joins, byName, policy, labels, body, ignoresTerm }: Role): ContainerSpec {
    const owner = joins === undefined ? undefined : this.find(joins);
    const mode = { networkMode: `container:${byName ? (joins ?? '') : (owner?.id ?? joins ?? '')}` };
    return {
      name: this.nameOf(name),
      restartPolicy: policy,
      labels: this.#cast.isOfCompose || !(COMPOSE_PROJECT in labels) ? labels : {},
      body,
      workload: { ignoresTerm },
      ...(joins !== undefined && mode),
    };
  }

  specOf(who: string): ContainerSpec {
    const role = this.roles.find(({ name }) => name === who);
    return role === undefined ? this.gatewaySpec(who) : this.#specOf(role);
  }

  /** `docker run`, after `docker rm -f` if needed. */
  recreate(who: string): void {
    const { engine } = this.#world;
    if (this.find(who) === undefined) {
      this.create(who);
      return;
    }
    this.#replaced.add(who);
    recreate(engine, this.specOf(who)).subscribe({
      complete: () => this.#replaced.delete(who),
      error: () => this.#replaced.delete(who),
    });
  }

  /** Its operator removes it and creates it again. */
  isBeingReplaced(who: string): boolean {
    return this.#replaced.has(who);
  }

  create(who: string): void {
    const { engine } = this.#world;
    if (this.find(who) !== undefined) return;
    engine.create(this.specOf(who));
    engine.start(this.nameOf(who));
  }

  rename(who: string): boolean {
    return this.#rename(who, who + RENAMED);
  }

  /** Gives it its own name back, unless another container has that name or it is parked, and so cannot be found. */
  nameBack(who: string): void {
    this.#rename(who + RENAMED, who);
  }

  #rename(from: string, to: string): boolean {
    const { engine, now } = this.#world;
    const container = engine.find(from);
    const who = this.roleOf(from);
    if (container === undefined || who === undefined || engine.find(to) !== undefined) return false;
    this.#namedAt.set(who, now);
    engine.rename(container.id, to);
    return true;
  }

  /** Compose replaces the gateway and then, unless only that was requested, the containers that had joined it. */
  composeUp(isGatewayOnly: boolean, isReplaced: (who: string) => void): void {
    if (this.find(GATEWAY) === undefined) return;
    composeUp(this.#world.engine, this.gatewaySpec(GATEWAY));
    if (isGatewayOnly) return;
    const joined = this.roles.filter(({ joins, gateway }) => joins === GATEWAY && gateway === GATEWAY);
    joined.forEach(({ name }, index) =>
      this.#world.later(2500 + 700 * index, () => {
        if (!this.#world.isEngineThere) return;
        isReplaced(name);
        this.recreate(name);
      }),
    );
  }
}
