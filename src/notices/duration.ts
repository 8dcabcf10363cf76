/** `1.4s` below ten seconds, whole seconds above. */
export const duration = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1000;
  return `${seconds < 9.95 ? String(Number(seconds.toFixed(1))) : String(Math.round(seconds))}s`;
};

const UNITS = [
  ['d', 86_400],
  ['h', 3_600],
  ['m', 60],
  ['s', 1],
] as const;

/** The two largest units: `1h 30m`, `2d`, `45s`. For times that are read rather than measured. */
export function spell(ms: number): string {
  const whole = Math.max(0, Math.round(ms / 1000));
  const first = UNITS.findIndex(([, seconds]) => whole >= seconds);
  const parts = UNITS.slice(first === -1 ? UNITS.length - 1 : first).slice(0, 2);
  const [[unit, size], ...rest] = parts as [(typeof UNITS)[number], ...(typeof UNITS)[number][]];
  const [below] = rest.map(([name, seconds]) => [Math.floor((whole % size) / seconds), name] as const);
  const tail = below === undefined || below[0] === 0 ? '' : ` ${String(below[0])}${below[1]}`;
  return `${String(Math.floor(whole / size))}${unit}${tail}`;
}
