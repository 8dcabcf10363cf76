import { VirtualTimeScheduler } from 'rxjs';

type Actions = VirtualTimeScheduler['actions'];
type Action = Actions[number];

/** What waits for its time, always in order but for the newcomer at its end, which is put where it belongs. */
class Waiting extends Array<Action> {
  override sort(compare: (one: Action, other: Action) => number): this {
    const newcomer = this.at(-1);
    if (newcomer === undefined) return this;
    let place = this.length - 1;
    for (let before = this[place - 1]; before !== undefined && compare(before, newcomer) > 0;) {
      this[place] = before;
      place -= 1;
      before = this[place - 1];
    }
    this[place] = newcomer;
    return this;
  }
}

/** RxJS's virtual time, which sorts all that waits with each that comes: a day has tens of thousands. */
export class VirtualTime extends VirtualTimeScheduler {
  override actions: Actions = new Waiting();
}

/** Lets that many milliseconds pass, and all that is due in them happen. */
export function advance(scheduler: VirtualTimeScheduler, ms: number): void {
  const until = scheduler.frame + ms;
  scheduler.schedule(() => undefined, ms);
  scheduler.maxFrames = until;
  scheduler.flush();
}
