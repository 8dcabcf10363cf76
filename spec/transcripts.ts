import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** An event as the engine's JSON has it. */
export interface RecordedEvent {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly time: number;
  readonly timeNano: number;
}

const FOLDER = join(__dirname, 'transcripts');

/** What a real engine said, from `transcripts/events/`: 20.10.24 or 28.5.2. */
export function recordedEvents(name: string, engine: '20.10' | '28.5' | 'podman'): readonly RecordedEvent[] {
  return parseEvents(readFileSync(join(FOLDER, 'events', engine, `${name}.jsonl`), 'utf8'));
}

/** One JSON object a line. */
export function parseEvents(lines: string): readonly RecordedEvent[] {
  return lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedEvent);
}

/** What a real engine answered, from `transcripts/api/`. */
export function recordedAnswer(name: string): unknown {
  return JSON.parse(readFileSync(join(FOLDER, 'api', `${name}.json`), 'utf8'));
}

/** Gluetun's own log, from `transcripts/gluetun/`, line ends included. */
export function recordedLog(name: string): string {
  return readFileSync(join(FOLDER, 'gluetun', `log-${name}.txt`), 'utf8');
}
