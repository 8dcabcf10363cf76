import type { Onlooker } from '../stage.ts';
import type { Court } from './judge.ts';

/** 1: at most one command is in flight. */
export class OneCommand implements Onlooker {
  readonly #court: Court;
  #inFlight: string[] = [];

  constructor(court: Court) {
    this.#court = court;
  }

  actBegun({ kind, id }: { readonly kind: string; readonly id: number }): void {
    this.#inFlight.push(`${kind} ${String(id)}`);
    if (this.#inFlight.length > 1)
      this.#court.violate(1, `${this.#inFlight.join(' and ')} are in flight together`);
  }

  actEnded({ kind, id }: { readonly kind: string; readonly id: number }): void {
    this.#inFlight = this.#inFlight.filter((one) => one !== `${kind} ${String(id)}`);
  }
}
