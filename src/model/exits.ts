import type { ContainerFacts } from '../../streams/events.ts';

/**
 * How the latest run of a container ended, or is about to, and by whose doing: the one answer to why it does not run.
 * No record: nothing is known of how it ended.
 */
export interface Exit {
  /** `State.StartedAt` of that run; undefined until an inspection tells. Of another run it says nothing. */
  readonly run: string | undefined;
  /**
   * `operator`: somebody sent it a signal that ends it; `itself`: nobody did; `monitor`: an act of ours; `engine`: it was
   * killed, and stopped this container at its next start; `unless-stopped` does not bring it back then.
   */
  readonly by: 'operator' | 'itself' | 'monitor' | 'engine';
  /**
   * `expected`: the signal was sent, or our act has begun, and it may still run. `open`: it has ended, and time must
   * tell: an engine that shuts down sends the same signals, and a restart policy may try once more, in silence.
   */
  readonly stage: 'expected' | 'open' | 'certain';
  /** When the monitor learned of it. */
  readonly at: number;
  /** When time decides: a signal was not heeded; an operator's stop is certain; a restart policy has tried. */
  readonly until?: number;
  /** The engine's time of the latest message about it. An older message is a repetition, or about an earlier run. */
  readonly engineMs?: number;
}

/** By container id. */
export type Exits = Readonly<Record<string, Exit>>;

interface Knowing {
  readonly exits: Exits;
}

/** With what is known of this container's exit from now on. */
export const withExit = <S extends Knowing>(state: S, id: string, exit: Exit): S => ({
  ...state,
  exits: { ...state.exits, [id]: exit },
});

/** The same object back if none of these has a record. */
export function withoutExits<S extends Knowing>(state: S, ids: readonly string[]): S {
  const gone = ids.filter((id) => id in state.exits);
  if (gone.length === 0) return state;
  const kept = Object.entries(state.exits).filter(([id]) => !gone.includes(id));
  return { ...state, exits: Object.fromEntries(kept) };
}

/** An engine that shuts down stops its containers just as an operator does, and is gone by then. */
const ENGINE_STAYS_MS = 10_000;

/** It has ended, and time must tell what that means. */
export const opened = (exit: Omit<Exit, 'stage' | 'until'>, at: number): Exit => ({
  ...exit,
  stage: 'open',
  until: at + ENGINE_STAYS_MS,
});

type Seen = Pick<ContainerFacts, 'id' | 'details'>;

/** Of the run that these facts show. */
export function exitOf({ exits }: Knowing, { id, details }: Seen): Exit | undefined {
  const exit = exits[id];
  const isOfThatRun = exit?.run === undefined || details === undefined || exit.run === details.startedAt;
  return isOfThatRun ? exit : undefined;
}

/** Somebody has sent it a signal that ends it, and it still runs, as far as is known. */
export const isExpectedToEnd = ({ by, stage }: Exit): boolean => by === 'operator' && stage === 'expected';
