const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const USUAL_MS = 7 * 86_400_000;

/** `since=` of `/history`: a time in ISO 8601, or how long ago (`12h`). Undefined: it is neither. */
export function sinceOf(given: string | undefined, nowMs: number): number | undefined {
  if (given === undefined || given === '') return nowMs - USUAL_MS;
  const [, digits, unit = 's'] = /^(\d{1,9})([smhd])?$/.exec(given) ?? [];
  if (digits !== undefined) return Math.max(0, nowMs - Number(digits) * (UNITS[unit] ?? 1_000));
  const time = /^\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?$/.test(given) ? Date.parse(given) : NaN;
  return Number.isNaN(time) ? undefined : time;
}
