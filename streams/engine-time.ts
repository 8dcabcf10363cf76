/**
 * Converts RFC 3339 with up to nine fractional digits to milliseconds since the epoch with a fraction. The engine
 * trims trailing zeros, so the texts themselves cannot be compared. Undefined for the engine's zero time, year 1.
 */
export function engineTimeMs(text: string): number | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.exec(text);
  if (match === null) return undefined;
  const [, seconds = '', fraction = '', zone = ''] = match;
  const ms = Date.parse(seconds + zone) + Number(`0${fraction}`) * 1000;
  return ms > 0 ? ms : undefined;
}

/** The same instant in the form of the engine's `since`: seconds since the epoch, with nine decimals. */
export function sinceOf(text: string): string {
  const fraction = /\.(\d{1,9})/.exec(text)?.[1] ?? '';
  // Converted without the fraction: a number of milliseconds would round the last hundred nanoseconds of a second up.
  const seconds = (engineTimeMs(text.replace(/\.\d+/, '')) ?? 0) / 1000;
  return `${String(seconds)}.${fraction.padEnd(9, '0')}`;
}
