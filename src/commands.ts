import type { ReadingRequest } from '../streams/requests.ts';

/** A container, as a command names it. The id is what is acted on, the name what is said. */
export interface Target {
  readonly id: string;
  readonly name: string;
}

/** Everything that changes something, by what it needs. The union and the executor's table derive from this. */
export interface Acts {
  /** `start`: the one the decision rests on; a gateway that has started since is left alone. */
  restartGateway: { readonly gateway: Target; readonly start: string | undefined };
  startGateway: { readonly gateway: Target };
  /**
   * Restarted together, at most `concurrency` at a time. Each is inspected before, for it may be gone, stopped by
   * hand or in no need by then, and after; none is begun once the gateway is not in the `start` it was ready in.
   */
  restartDependents: {
    readonly dependents: readonly Target[];
    readonly concurrency: number;
    readonly gateway: Target;
    readonly start: string | undefined;
  };
}

export type Act = { [K in keyof Acts]: { readonly kind: K; readonly id: number } & Acts[K] }[keyof Acts];
export type ActOf<K extends keyof Acts> = Extract<Act, { kind: K }>;

/** Acts run strictly one after another; a reading request takes no time and never waits for one. */
export type Command = Act | ReadingRequest;

const ACT_KINDS: Readonly<Record<keyof Acts, true>> = {
  restartGateway: true,
  startGateway: true,
  restartDependents: true,
};

export const isAct = (command: Command): command is Act => command.kind in ACT_KINDS;
