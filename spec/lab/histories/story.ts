import type { Deed, History } from './history.ts';
import type { Played } from './play.ts';
import { BEGINNING_MS } from './history-world.ts';

/** `1 d 02:03:04.5` since the history's beginning. */
function clock(at: number): string {
  const passed = Math.max(0, at - BEGINNING_MS);
  const days = Math.floor(passed / 86_400_000);
  const ofDay = new Date(passed % 86_400_000).toISOString().slice(11, 21);
  return days === 0 ? ofDay : `${String(days)} d ${ofDay}`;
}

const lasting = (ms: number): string =>
  ms < 10_000
    ? `${(ms / 1000).toFixed(1)} s`
    : ms < 600_000
      ? `${(ms / 1000).toFixed(0)} s`
      : `${(ms / 60_000).toFixed(0)} min`;

/** The details of a deed: its target, its duration and its options. */
function describe({ what, ...rest }: Deed): string {
  const words = what.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const { who, forMs, ...more } = rest as { who?: string; forMs?: number };
  const ends = Object.entries(more).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  return [
    words,
    ...(who === undefined ? [] : [who]),
    ...(forMs === undefined ? [] : [`for ${lasting(forMs)}`]),
    ...ends,
  ].join(' ');
}

/** A history as it was played: the deeds, the monitor's log lines and the violations. */
export function tell(history: History, { deeds, lines, violations }: Played): string {
  const told = [
    ...deeds.map(({ at, deed }) => ({ at, text: `» ${describe(deed)}` })),
    ...lines.map(({ at, level, message }) => ({ at, text: `  [${level.toUpperCase()}] ${message}` })),
    ...violations.map(({ at, invariant, what }) => ({
      at,
      text: `✗ invariant ${String(invariant)}: ${what}`,
    })),
  ];
  // A stable sort by time: at the same instant a deed comes before its log lines.
  const story = told.sort((one, other) => one.at - other.at).map(({ at, text }) => `${clock(at)} ${text}`);
  return [`cast:     ${inBrief(history.cast)}`, `settings: ${inBrief(history.settings)}`, ...story].join(
    '\n',
  );
}

const inBrief = (choices: object): string =>
  Object.entries(choices)
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join(',') : String(value)}`)
    .join(' ');
