import { VirtualTimeScheduler } from 'rxjs';

type Actions = VirtualTimeScheduler['actions'];
type Action = Actions[number];

/** The pending actions, always sorted, except that a new one at the end is moved to its place. */
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

/** RxJS's virtual time sorts all pending actions for each new one, which is too slow: a day has tens of thousands. */
export class VirtualTime extends VirtualTimeScheduler {
  override actions: Actions = new Waiting();
}

/** Lets that many milliseconds pass, and runs everything that is due in them. */
export function advance(scheduler: VirtualTimeScheduler, ms: number): void {
  const until = scheduler.frame + ms;
  scheduler.schedule(() => undefined, ms);
  scheduler.maxFrames = until;
  scheduler.flush();
}
