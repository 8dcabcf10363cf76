/**
 * RFC 3339 with up to nine fractional digits, as the engine writes it (trailing zeros trimmed, so texts do not
 * compare), to milliseconds since the epoch with a fraction. Undefined for the engine's zero time, year 1.
 */
export function engineTimeMs(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, seconds = '', fraction = '', zone = ''] = match;
  const ms = Date.parse(seconds + zone) + Number(`0${fraction}`) * 1000;
  return ms > 0 ? ms : undefined;
}

/** The same instant as the engine's `since` takes it: seconds since the epoch, with nine digits. */
export function sinceOf(text: string): string {
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  // Without the fraction: a millisecond number rounds the last hundred nanoseconds of a second up to the next.
  const seconds = (engineTimeMs(text.replace(/\.\d+/, '')) ?? 0) / 1000;
  return `${String(seconds)}.${fraction.padEnd(9, '0')}`;
}
