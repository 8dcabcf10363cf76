import { readFile } from 'node:fs/promises';
import { type EngineEvents, type EngineMessage, isCheck } from './engine-events.ts';
import type { MonitorProcess } from './monitor.ts';
import type { Timed } from './recorder.ts';
import { messages } from './setting.ts';

export const saidBy = (monitor: MonitorProcess, pattern: RegExp): readonly string[] =>
  messages(monitor).filter((message) => pattern.test(message));

/** `2 of 3, SITE_QUORUM=majority asks for 2`: what a decision rests on, whichever words are around it. */
export function figuresIn(text: string): string {
  const match = /(\d+ of \d+) critical sites \w+, and (SITE_QUORUM=\w+ asks for \d+)/.exec(text);
  if (match === null) throw new Error(`no figures in: ${text}`);
  return match.slice(1).join(', ');
}

/** Of a log line, in whole seconds: it was said then or within the second after. */
export const timeOf = ({ text }: { readonly text: string }): number =>
  Date.parse(`${(/^\[([^\]]*)\]/.exec(text)?.[1] ?? '').replace(' ', 'T')}Z`);

/** The earliest that what a line says is due in so many seconds, which it rounds, can be due. */
export const dueBy = (line: { readonly text: string }): number => {
  const seconds = Number(/(?:due in|Gluetun has) ([\d.]+)s/.exec(line.text)?.[1]);
  return timeOf(line) + (seconds - 0.5) * 1000;
};

interface Remembered {
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
}

/** The backoff of one gateway as a later monitor finds it. */
export async function rememberedIn(stateFile: string, gateway = 'gluetun'): Promise<Remembered> {
  const { backoff } = JSON.parse(await readFile(stateFile, 'utf8')) as {
    backoff: Record<string, Remembered>;
  };
  const known = backoff[gateway];
  if (known === undefined) throw new Error(`${stateFile} knows of no recovery of ${gateway}`);
  return known;
}

/** The beginnings of checks in one gateway; after the message given, if there is one. */
export const checksIn = (
  { id }: { readonly id: string },
  events: EngineEvents,
  since?: Timed<EngineMessage>,
): readonly Timed<EngineMessage>[] =>
  events.all
    .slice(since === undefined ? 0 : events.all.indexOf(since) + 1)
    .filter((message) => message.id === id && isCheck(message));
