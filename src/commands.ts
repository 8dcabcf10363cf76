import type { ReadingRequest } from '../streams/requests.ts';

/** A container, as a command names it. The id is what is acted on, the name what is said. */
export interface Target {
  readonly id: string;
  readonly name: string;
}

/** Everything that changes something, by what it needs. The union and the executor's table derive from this. */
export interface Acts {
  restartGateway: { readonly gateway: Target };
  startGateway: { readonly gateway: Target };
  /** Restarted together, at most `concurrency` at a time; each is inspected afterwards. */
  restartDependents: { readonly dependents: readonly Target[]; readonly concurrency: number };
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
