import { constants } from 'node:os';
import { invalidSignal } from './errors.ts';

export type Signal = number;

export const SIGKILL: Signal = 9;
export const SIGTERM: Signal = 15;

const FIRST_REAL_TIME = 34;

/** Reads `KILL`, `SIGKILL`, `9`, `RTMIN+3`; empty means SIGKILL, as for `docker kill`. */
export function parseSignal(text: string): Signal {
  if (text === '') return SIGKILL;
  const names: Readonly<Record<string, number>> = constants.signals;
  const name = text.toUpperCase().replace(/^SIG/, '');
  const [, aboveFirst] = /^RTMIN\+(\d+)$/.exec(name) ?? [];
  const number = /^\d+$/.test(text)
    ? Number(text)
    : aboveFirst === undefined
      ? names[`SIG${name}`]
      : FIRST_REAL_TIME + Number(aboveFirst);
  if (number === undefined || number < 1 || number > 64) throw invalidSignal(text);
  return number;
}
