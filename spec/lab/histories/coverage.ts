import type { Exit } from '../../../src/model/exits.ts';
import type { Event, Outcome } from '../../../streams/events.ts';
import type { Act } from '../../../src/model/act.ts';
import type { Everything, Watch } from '../../../src/model/state.ts';
import type { Onlooker } from './history-world.ts';

export type Kind =
  'deed' | 'gateway' | 'recovery' | 'connection' | 'witness' | 'exit' | 'attachment' | 'hold' | 'command' | 'repair' | 'verdict' | 'alarm'; // prettier-ignore

/** How often each state, transition, command and fault occurred. */
export class Coverage implements Onlooker {
  readonly counts = new Map<string, number>();

  count(kind: Kind, what: string, by = 1): void {
    const key = `${kind}: ${what}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }

  add(counts: Iterable<readonly [string, number]>): void {
    for (const [key, count] of counts) this.counts.set(key, (this.counts.get(key) ?? 0) + count);
  }

  stateChanged(before: Everything, after: Everything): void {
    this.#move('connection', before.connection.value, after.connection.value);
    this.#move('witness', before.witness.value, after.witness.value);
    if (before.exits !== after.exits) this.#exits(before.exits, after.exits);
    if (before.watches !== after.watches)
      after.watches.forEach((watch, index) => this.#watch(before.watches[index], watch));
  }

  outcome(event: Event, { kind }: Act): void {
    if (event.type === 'actEnded') this.count('command', `${kind} ${inAWord(event.outcome)}`);
    if (event.type === 'dependentRepairEnded') this.count('repair', `${event.how} ${inAWord(event.outcome)}`);
  }

  heard(event: Event): void {
    if (event.type === 'siteProbed') this.count('verdict', event.result.verdict);
    if (event.type === 'checkFinished' && event.cutShort !== undefined) this.count('verdict', 'cut short');
  }

  #watch(before: Watch | undefined, after: Watch): void {
    if (before === undefined || before === after) return;
    this.#move('gateway', before.gateway.value, after.gateway.value);
    this.#move('recovery', before.recovery.value, after.recovery.value);
    const hold = after.heldBack?.because;
    if (before.heldBack?.because !== hold && hold !== undefined) this.count('hold', hold);
    const { alarm } = after.checking;
    if (before.checking.alarm !== alarm && alarm !== undefined) this.count('alarm', alarm);
    const [was, is] = [before.dependents.members ?? {}, after.dependents.members ?? {}];
    if (was === is) return;
    for (const [id, { attachment }] of Object.entries(is))
      this.#move('attachment', was[id]?.attachment ?? 'none', attachment);
  }

  #exits(before: Everything['exits'], after: Everything['exits']): void {
    for (const [id, exit] of Object.entries(after)) this.#move('exit', nameOf(before[id]), nameOf(exit));
  }

  #move(kind: Kind, from: string, to: string): void {
    if (from !== to) this.count(kind, `${from} → ${to}`);
  }
}

function inAWord(outcome: Outcome): string {
  if (outcome.ok) return 'ok';
  if (outcome.gone === true) return 'gone';
  if (outcome.isSkipped === true) return 'skipped';
  return outcome.refused === true ? 'refused' : 'failed';
}

const nameOf = (exit: Exit | undefined): string => (exit ? `${exit.by}, ${exit.stage}` : 'none');
