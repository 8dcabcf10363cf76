/** Times and figures as a person reads them. */

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Seconds as `12 s`, `5 min`, `3 h` or `4 days`. */
export function lasting(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < minute) return `${String(whole)} s`;
  if (whole < hour) return `${String(Math.floor(whole / minute))} min`;
  if (whole < 2 * day) return `${String(Math.floor(whole / hour))} h`;
  return `${String(Math.floor(whole / day))} days`;
}

/** A step or a check, to a tenth of a second while that matters. */
export const exactly = (seconds: number): string =>
  seconds < 10 ? `${seconds.toFixed(1)} s` : lasting(seconds);

export const latency = (seconds: number | null): string => {
  if (seconds === null) return '–';
  return seconds < 1 ? `${String(Math.round(seconds * 1000))} ms` : `${seconds.toFixed(1)} s`;
};

export const clockTime = (time: string | number): string =>
  new Date(time).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export const exactTime = (time: string | number): string =>
  new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export function dayTitle(time: string, now: number): string {
  const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);
  const days = Math.round((midnight(now) - midnight(Date.parse(time))) / (day * 1000));
  if (days <= 0) return 'Today';
  if (days === 1) return 'Yesterday';
  return new Date(time).toLocaleDateString(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
}

export const share = (part: number): string => {
  const percent = part * 100;
  // 99.999 % is not 100 %.
  return percent > 99.99 && percent < 100
    ? '99.99 %'
    : `${percent.toFixed(percent < 99 ? 1 : 2).replace(/\.?0+$/, '')} %`;
};

export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${String(count)} ${count === 1 ? one : many}`;
