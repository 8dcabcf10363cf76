import { FAULTS, type FaultKind } from './plan.ts';
import type { Call } from './history.ts';

/** The events of a run, line by line, and how often each fault was played. */
export class Story {
  readonly lines: string[] = [];
  readonly #print: (line: string) => void;
  readonly #begunAt = Date.now();
  readonly #played = new Map<FaultKind, number>();
  readonly #passed = new Map<FaultKind, number>();

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  tell(what: string): void {
    const now = new Date();
    const seconds = ((now.getTime() - this.#begunAt) / 1000).toFixed(1).padStart(7);
    const line = `${seconds} s  ${now.toISOString().slice(11, 23)}  ${what}`;
    this.lines.push(line);
    this.#print(line);
  }

  /** The monitor's log lines above debug. */
  tellLine(monitor: number, line: string): void {
    if (!line.includes('[DEBUG]')) this.tell(`    monitor ${monitor}: ${line}`);
  }

  tellCall({ verb, from, to, monitor }: Call, name: string): void {
    this.tell(`    monitor ${monitor} → ${verb} ${name} (${to - from} ms)`);
  }

  count(kind: FaultKind, wasPlayed: boolean): void {
    const counts = wasPlayed ? this.#played : this.#passed;
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }

  get total(): number {
    return [...this.#played.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Skipped: the fault could not be played on anything at that moment. */
  table(): readonly string[] {
    const row = (kind: string, played: unknown, passed: unknown): string =>
      `${kind.padEnd(52)} ${String(played).padStart(7)} ${String(passed).padStart(12)}`;
    return [
      row('fault', 'played', 'passed over'),
      ...FAULTS.map((kind) => row(kind, this.#played.get(kind) ?? 0, this.#passed.get(kind) ?? 0)),
    ];
  }
}
