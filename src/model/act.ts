import type { RepairKind } from '../../streams/events.ts';

/** A container that an act is about. The id is used for calls, the name for messages. */
export interface Target {
  readonly id: string;
  readonly name: string;
}

/** Every kind of act, and the data it needs. The `Act` union and the executor's table derive from this. */
export interface Acts {
  /**
   * `start`: `State.StartedAt` of the run that the decision was about. A gateway that has started since is left alone.
   */
  restartGateway: { readonly gateway: Target; readonly start: string | undefined };
  startGateway: { readonly gateway: Target };
  /** Restarts the VPN inside the gateway, by Gluetun's control server. The container and its network stay. */
  restartVpn: { readonly gateway: Target; readonly start: string | undefined };
  /**
   * Repairs one wave of dependents, at most `concurrency` at a time. Each is inspected first, as it may have been
   * removed, stopped by hand or put back by then, and once more afterwards. None is begun after the gateway has left
   * the run that started at `start`.
   */
  repairDependents: {
    readonly dependents: readonly Repairable[];
    readonly concurrency: number;
    readonly gateway: Target;
    readonly start: string | undefined;
  };
}

/** A dependent, how to repair it, and the facts that the decision was based on. */
export interface Repairable extends Target {
  readonly how: RepairKind;
  /**
   * What `runOf` showed at the decision; if it differs later, the decision is void. Undefined: it was not inspected.
   */
  readonly run: string | undefined;
  /** `State.StartedAt` of its latest run at the decision. */
  readonly startedAt: string | undefined;
  /** The container whose network it joins: the gateway, or another one on the gateway's network. */
  readonly owner: Target;
  /** Ids of the containers that share its processes or memory and are re-created after it; absent: none. */
  readonly followers?: readonly string[];
  /** Replacements for containers that it refers to and that no longer exist, old id to new; absent: none. */
  readonly replaced?: Readonly<Record<string, string>>;
}

/** An act that has not begun yet, so it has no id. */
export type Deed = { [K in keyof Acts]: { readonly kind: K } & Acts[K] }[keyof Acts];
export type DeedOf<K extends keyof Acts> = Extract<Deed, { kind: K }>;

export type Act = Deed & { readonly id: number };
export type ActOf<K extends keyof Acts> = Extract<Act, { kind: K }>;
