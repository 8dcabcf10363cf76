/** Linux's signals by number: the engine's containers run on Linux, whatever the monitor runs on. */
const NAMES: readonly string[] = [
  '', 'HUP', 'INT', 'QUIT', 'ILL', 'TRAP', 'ABRT', 'BUS', 'FPE', 'KILL', 'USR1', 'SEGV', 'USR2', 'PIPE', 'ALRM', 'TERM',
  'STKFLT', 'CHLD', 'CONT', 'STOP', 'TSTP', 'TTIN', 'TTOU', 'URG', 'XCPU', 'XFSZ', 'VTALRM', 'PROF', 'WINCH', 'IO', 'PWR',
  'SYS',
]; // prettier-ignore

const FIRST_REAL_TIME = 34;
const LAST_REAL_TIME = 64;

/**
 * The number of a signal in any form the engine accepts or reports: `15`, `SIGTERM`, `term`, `RTMIN+3`; undefined if
 * it is none.
 */
export function signalNumber(text: string): number | undefined {
  const name = text.toUpperCase().replace(/^SIG/, '');
  const number = /^\d{1,2}$/.test(name) ? Number(name) : NAMES.indexOf(name);
  const found = number > 0 ? number : realTimeNumber(name);
  return found !== undefined && found <= LAST_REAL_TIME ? found : undefined;
}

function realTimeNumber(name: string): number | undefined {
  const [, from, distance = '0'] = /^RT(MIN(?=$|\+)|MAX(?=$|-))(?:[+-](\d{1,2}))?$/.exec(name) ?? [];
  if (from === undefined) return undefined;
  const number = from === 'MIN' ? FIRST_REAL_TIME + Number(distance) : LAST_REAL_TIME - Number(distance);
  return number >= FIRST_REAL_TIME ? number : undefined;
}
