import type { Event } from '../streams/events.ts';
import type { Command } from './commands.ts';
import type { Line } from './log-line.ts';
import type { State } from './state.ts';

/** What an event leads to: the state after it, what is to be done, what is to be said. Nothing is done here. */
export interface Transition<S = State> {
  readonly state: S;
  readonly commands: readonly Command[];
  readonly lines: readonly Line[];
}

/**
 * One concern. It gets the state as the concerns before it left it, and the state before the event, so that it can
 * react to what they changed: "the gateway has become ready" is a comparison, not another kind of event.
 */
export type Reducer<S = State> = (state: S, event: Event, before: S) => Transition<S>;

/** The same object back where nothing changed. */
export const to = <S>(
  state: S,
  { commands = [], lines = [] }: { commands?: readonly Command[]; lines?: readonly Line[] } = {},
): Transition<S> => ({ state, commands, lines });

/** The concerns one after another on the same event. */
export const compose =
  <S>(...reducers: readonly Reducer<S>[]): Reducer<S> =>
  (state, event, before) =>
    reducers.reduce((soFar, reduce) => then(soFar, reduce(soFar.state, event, before)), to(state));

/** One step after another. */
export const then = <S>(
  first: Transition<unknown>,
  { state, commands, lines }: Transition<S>,
): Transition<S> => ({
  state,
  commands: both(first.commands, commands),
  lines: both(first.lines, lines),
});

/** Most steps have nothing to add. */
const both = <T>(first: readonly T[], second: readonly T[]): readonly T[] =>
  second.length === 0 ? first : [...first, ...second];

export const error = (message: string): Line => ({ level: 'error', message });
export const warn = (message: string): Line => ({ level: 'warn', message });
export const info = (message: string): Line => ({ level: 'info', message });
export const debug = (message: string): Line => ({ level: 'debug', message });

/** Said of what would be done. */
export const dryRun = (line: Line): Line => ({ ...line, message: `[DRY-RUN] ${line.message}` });

/** `1.4s` below ten seconds, whole seconds above. */
export const duration = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1000;
  return `${seconds < 9.95 ? String(Number(seconds.toFixed(1))) : String(Math.round(seconds))}s`;
};
