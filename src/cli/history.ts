import { existsSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import { formats } from '../../config/formats.ts';
import { printableJson } from '../../config/shown-text.ts';
import type { HistoryEntry } from '../edges/history/entry.ts';
import { historyFiles } from '../edges/history/files.ts';
import { createHistoryReader } from '../edges/history/reader.ts';
import { EXIT } from './exit-codes.ts';

export interface HistoryOptions {
  /** A duration up to now, such as `7d`. */
  readonly since: string;
  readonly isJson: boolean;
  /** Only what concerns this gateway, or none in particular. */
  readonly gateway?: string;
}

export interface Output {
  /** Prints one line, made fit for a terminal. */
  readonly print: (line: string) => void;
  /** Prints a text as it is: secrets were masked when it was kept. */
  readonly write: (text: string) => void;
  /** Prints one line beside the output. */
  readonly complain: (line: string) => void;
}

/** More are never in the file as a rule: it is bounded. */
const MOST_ENTRIES = 100_000;

/**
 * Prints what happened, by day, the newest last. It reads the file itself, so no monitor need run. Resolves with
 * `EXIT.failed` if there is no history, or it cannot be read.
 */
export async function history(
  { history: { file }, log: { timeZone }, gateways }: Config,
  { since, isJson, gateway }: HistoryOptions,
  { print, write, complain }: Output,
): Promise<number> {
  const sinceMs = formats.duration.coerce(since);
  if (typeof sinceMs !== 'number') {
    complain(`gluetun-monitor: --since ${since} is no duration such as 90s, 30m, 12h or 7d`);
    return EXIT.usage;
  }
  const missing = whyMissing(file);
  if (missing !== undefined) {
    complain(missing);
    return EXIT.failed;
  }
  const found = await read(file, Date.now() - sinceMs);
  if (typeof found === 'string') {
    complain(found);
    return EXIT.failed;
  }
  const isWanted = (entry: HistoryEntry): boolean =>
    gateway === undefined || entry.gateway === undefined || entry.gateway === gateway;
  const entries = found.filter(isWanted);
  if (isJson) entries.forEach((entry) => write(`${printableJson(JSON.stringify(entry))}\n`));
  else linesOf(entries, { timeZone, ofSeveral: gateways.length > 1, since }).forEach(print);
  return EXIT.ok;
}

function whyMissing(file: string): string | undefined {
  if (historyFiles(file).length === 0) return 'No history is kept: HISTORY_FILE names none.';
  if (existsSync(file)) return undefined;
  return `There is no history in ${file}: either nothing has happened yet, or HISTORY_FILE is another one for the running monitor.`;
}

/** The entries, or why they cannot be read. */
const read = async (file: string, sinceMs: number): Promise<readonly HistoryEntry[] | string> =>
  createHistoryReader(file)
    .entries(sinceMs, MOST_ENTRIES)
    .catch((error: unknown) => `The history in ${file} cannot be read: ${(error as Error).message}`);

interface Look {
  readonly timeZone: string;
  readonly ofSeveral: boolean;
  readonly since: string;
}

/** A heading for each day, and a line for each entry. What only tools ask for is left out. */
function linesOf(entries: readonly HistoryEntry[], { timeZone, ofSeveral, since }: Look): readonly string[] {
  const shown = entries.filter(({ level }) => level !== 'debug');
  if (shown.length === 0) return [`Nothing has happened in the last ${since}.`];
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'full' });
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' });
  const lines: string[] = [];
  let latest = '';
  for (const entry of shown) {
    const at = new Date(entry.time);
    const heading = day.format(at);
    if (heading !== latest) lines.push(...(latest === '' ? [] : ['']), heading);
    latest = heading;
    const level = entry.level.toUpperCase().padEnd('ENDPOINT'.length);
    const whose = ofSeveral && entry.gateway !== undefined ? `${entry.gateway}: ` : '';
    lines.push(`  ${time.format(at)}  ${level}  ${whose}${entry.message}`);
  }
  return lines;
}
