import type { PrivateEngine } from './private-engine.ts';

const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const;

/** Whoever ends the program early finds neither its engine nor its folder afterwards. */
export function endOnSignal(engine: PrivateEngine): void {
  for (const [signal, code] of SIGNALS)
    process.once(signal, () => void engine.dispose().finally(() => process.exit(code)));
}
