import type { RepairKind } from '../../streams/events.ts';

/** A container, as an act names it. The id is what is acted on, the name what is said. */
export interface Target {
  readonly id: string;
  readonly name: string;
}

/** Everything that changes something, by what it needs. The union and the executor's table derive from this. */
export interface Acts {
  /** `start`: the one the decision rests on; a gateway that has started since is left alone. */
  restartGateway: { readonly gateway: Target; readonly start: string | undefined };
  startGateway: { readonly gateway: Target };
  /** The VPN inside it, by its control server: the container and its network stay. */
  restartVpn: { readonly gateway: Target; readonly start: string | undefined };
  /**
   * Put back together, at most `concurrency` at a time. Each is inspected before, for it may be gone, stopped by
   * hand or in no need by then, and after; none is begun once the gateway is not in the `start` it was ready in.
   */
  repairDependents: {
    readonly dependents: readonly Repairable[];
    readonly concurrency: number;
    readonly gateway: Target;
    readonly start: string | undefined;
  };
}

/** A dependent, what is to be done with it, and what that was decided on. */
export interface Repairable extends Target {
  readonly how: RepairKind;
  /** Of a container that has been through something since, nothing is known; undefined: it was not inspected. */
  readonly run: string | undefined;
  /** `State.StartedAt` of its latest run by then. */
  readonly startedAt: string | undefined;
  /** Whose network it is to join: the gateway, or the one that joined it. */
  readonly owner: Target;
  /** Ids of those that share its processes or memory, and are created anew after it; absent: none. */
  readonly followers?: readonly string[];
  /** What has taken the place of containers that it refers to and that are no more, by their ids; absent: nothing. */
  readonly replaced?: Readonly<Record<string, string>>;
}

/** What is to be done, before it begins. */
export type Deed = { [K in keyof Acts]: { readonly kind: K } & Acts[K] }[keyof Acts];
export type DeedOf<K extends keyof Acts> = Extract<Deed, { kind: K }>;

export type Act = Deed & { readonly id: number };
export type ActOf<K extends keyof Acts> = Extract<Act, { kind: K }>;
