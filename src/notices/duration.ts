/** `1.4s` below ten seconds, whole seconds above. */
export const duration = (ms: number): string => {
  const seconds = Math.max(0, ms) / 1000;
  return `${seconds < 9.95 ? String(Number(seconds.toFixed(1))) : String(Math.round(seconds))}s`;
};
