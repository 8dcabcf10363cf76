import type { Onlooker } from '../history-world.ts';
import type { Court } from './judge.ts';

/** 1: at most one command is in flight; one that has ended has no call in flight. */
export class OneCommand implements Onlooker {
  readonly #court: Court;
  readonly #acts = new Set<string>();
  readonly #writes = new Set<string>();

  constructor(court: Court) {
    this.#court = court;
  }

  /** The previous monitor's commands ended with it. */
  monitorStarted(): void {
    this.#acts.clear();
    this.#writes.clear();
  }

  actBegun({ kind, id }: { readonly kind: string; readonly id: number }): void {
    const others = [...this.#acts, ...this.#writes];
    if (others.length > 0)
      this.#court.violate(1, `${kind} begins while ${others.join(' and ')} is under way`);
    this.#acts.add(`${kind} ${String(id)}`);
  }

  actEnded({ kind, id }: { readonly kind: string; readonly id: number }): void {
    this.#acts.delete(`${kind} ${String(id)}`);
    if (this.#writes.size > 0 && this.#court.world.isMonitorAlive)
      this.#court.violate(1, `${kind} has ended while ${[...this.#writes].join(' and ')} is under way`);
  }

  writes(call: string): void {
    this.#writes.add(call);
  }

  writeOver(call: string): void {
    this.#writes.delete(call);
  }
}
