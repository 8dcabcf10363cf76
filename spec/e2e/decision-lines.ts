import { readFile } from 'node:fs/promises';
import { type EngineEvents, type EngineMessage, isCheck } from './engine-events.ts';
import type { MonitorProcess } from './monitor.ts';
import type { Timed } from './recorder.ts';
import { messages } from './setting.ts';

export const saidBy = (monitor: MonitorProcess, pattern: RegExp): readonly string[] =>
  messages(monitor).filter((message) => pattern.test(message));

/** `2 of 3, SITE_QUORUM=majority asks for 2`: the basis of a decision, whatever the words around it. */
export function figuresIn(text: string): string {
  const match = /(\d+ of \d+) critical sites \w+, and (SITE_QUORUM=\w+ asks for \d+)/.exec(text);
  if (match === null) throw new Error(`no figures in: ${text}`);
  return match.slice(1).join(', ');
}

/** The time of a log line, in whole seconds: it was written within the following second. */
export const timeOf = ({ text }: { readonly text: string }): number =>
  Date.parse(`${(/^\[([^\]]*)\]/.exec(text)?.[1] ?? '').replace(' ', 'T')}Z`);

/** The earliest time at which something can be due that a line announces in rounded seconds. */
export const dueBy = (line: { readonly text: string }): number => {
  const seconds = Number(/(?:due in|Gluetun has) ([\d.]+)s/.exec(line.text)?.[1]);
  return timeOf(line) + (seconds - 0.5) * 1000;
};

interface Remembered {
  readonly attempts: number;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
}

/** The backoff of one gateway in the state file. */
export async function rememberedIn(stateFile: string, gateway = 'gluetun'): Promise<Remembered> {
  const { backoff } = JSON.parse(await readFile(stateFile, 'utf8')) as {
    backoff: Record<string, Remembered>;
  };
  const known = backoff[gateway];
  if (known === undefined) throw new Error(`${stateFile} knows of no recovery of ${gateway}`);
  return known;
}

/** The starts of checks in one gateway, after the given event if there is one. */
export const checksIn = (
  { id }: { readonly id: string },
  events: EngineEvents,
  since?: Timed<EngineMessage>,
): readonly Timed<EngineMessage>[] =>
  events.all
    .slice(since === undefined ? 0 : events.all.indexOf(since) + 1)
    .filter((message) => message.id === id && isCheck(message));
