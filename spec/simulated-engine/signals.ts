import { constants } from 'node:os';
import { invalidSignal } from './errors.ts';

export type Signal = number;

export const SIGKILL: Signal = 9;
export const SIGTERM: Signal = 15;

/** Reads `KILL`, `SIGKILL`, `9`; empty means SIGKILL, as for `docker kill`. */
export function parseSignal(text: string): Signal {
  if (text === '') return SIGKILL;
  const names: Readonly<Record<string, number>> = constants.signals;
  const number = /^\d+$/.test(text) ? Number(text) : names[`SIG${text.toUpperCase().replace(/^SIG/, '')}`];
  if (number === undefined || number < 1 || number > 64) throw invalidSignal(text);
  return number;
}
