import type { ContainerFacts } from '../../streams/events.ts';

/**
 * How the latest run of a container ended or is about to end, and who caused it. This record alone answers why the
 * container does not run. Without a record, nothing is known about how it ended.
 */
export interface Exit {
  /**
   * `State.StartedAt` of that run; undefined until an inspection shows it. The record says nothing about other runs.
   */
  readonly run: string | undefined;
  /**
   * - `operator`: somebody sent the container a signal that ends it.
   * - `itself`: it ended without such a signal.
   * - `monitor`: an act of this monitor ended it.
   * - `engine`: the engine was killed, and stopped the container at its own next start. The restart policy
   *   `unless-stopped` does not bring the container back in that case.
   */
  readonly by: 'operator' | 'itself' | 'monitor' | 'engine';
  /**
   * - `expected`: the signal was sent or the monitor's act has begun, and the container may still run.
   * - `open`: it has ended, and the cause is certain only some time later. An engine that shuts down sends the same
   *   signals, and a restart policy may try once more without any message.
   * - `certain`: the cause is known for certain.
   */
  readonly stage: 'expected' | 'open' | 'certain';
  /** When the monitor learned of it. */
  readonly at: number;
  /** When time alone decides it: a signal was ignored, an operator's stop is certain, or a restart policy has tried. */
  readonly until?: number;
  /** The engine's time of the latest message about it. An older message is repeated, or concerns an earlier run. */
  readonly engineMs?: number;
}

/** By container id. */
export type Exits = Readonly<Record<string, Exit>>;

interface Knowing {
  readonly exits: Exits;
}

export const withExit = <S extends Knowing>(state: S, id: string, exit: Exit): S => ({
  ...state,
  exits: { ...state.exits, [id]: exit },
});

/** Returns the same object if none of these containers has a record. */
export function withoutExits<S extends Knowing>(state: S, ids: readonly string[]): S {
  const gone = ids.filter((id) => id in state.exits);
  if (gone.length === 0) return state;
  const kept = Object.entries(state.exits).filter(([id]) => !gone.includes(id));
  return { ...state, exits: Object.fromEntries(kept) };
}

/** An engine that shuts down stops its containers just as an operator would. It is gone before this time is over. */
const ENGINE_STAYS_MS = 10_000;

/** An exit whose cause becomes certain once the engine has stayed up long enough. */
export const opened = (exit: Omit<Exit, 'stage' | 'until'>, at: number): Exit => ({
  ...exit,
  stage: 'open',
  until: at + ENGINE_STAYS_MS,
});

type Seen = Pick<ContainerFacts, 'id' | 'details'>;

/** The exit of the run that these facts show. */
export function exitOf({ exits }: Knowing, { id, details }: Seen): Exit | undefined {
  const exit = exits[id];
  const isOfThatRun = exit?.run === undefined || details === undefined || exit.run === details.startedAt;
  return isOfThatRun ? exit : undefined;
}

/** Whether somebody has sent the container a signal that ends it, and it is not known to have ended. */
export const isExpectedToEnd = ({ by, stage }: Exit): boolean => by === 'operator' && stage === 'expected';
