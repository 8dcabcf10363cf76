import { lineOf } from '../../../src/notices/wording.ts';
import { EMPTY, NEVER, Subject, VirtualTimeScheduler, merge } from 'rxjs';
import type { Event } from '../../../streams/events.ts';
import { timers$ } from '../../../streams/timers.ts';
import { type Edge, STEPS_THAT_WAIT, tellEdges } from '../../../src/edges/edge.ts';
import { runProgram } from '../../../src/loop/program.ts';
import { advance } from '../../simulated-engine/virtual-time.ts';
import { settled } from '../history.ts';

/** Promises are settled in turns of their own. */
const turn = async (): Promise<void> => new Promise(setImmediate);

/** The loop with some edges: what each was given, and what the loop has said. */
class Loop {
  readonly scheduler = new VirtualTimeScheduler();
  readonly said: string[] = [];
  readonly given: Record<string, string[]> = {};
  readonly #event$ = new Subject<Event>();
  readonly #report$ = new Subject<Event>();
  hasFailed = false;

  constructor(...edges: readonly Edge[]) {
    const history = settled();
    this.scheduler.frame = history.now;
    runProgram({
      initial: history.everything,
      scheduler: this.scheduler,
      source: (_, deadline$) => merge(this.#report$, this.#event$, timers$(deadline$, this.scheduler)),
      execute: () => NEVER,
      commit: () => EMPTY,
    })
      .pipe(
        tellEdges(
          [
            ...edges.map((edge) => this.#noted(edge)),
            this.#noted({ name: 'good one', take: () => undefined }),
          ],
          this.scheduler,
          (event) => this.#report$.next(event),
        ),
      )
      .subscribe({
        next: ({ notices }) => this.said.push(...notices.map((notice) => lineOf(notice).message)),
        error: () => (this.hasFailed = true),
      });
  }

  #noted({ name, take }: Edge): Edge {
    const given: string[] = (this.given[name] = []);
    return {
      name,
      take: (step) => {
        given.push(step.event.type);
        return take(step);
      },
    };
  }

  /** News of no consequence. */
  happen(times = 1): this {
    for (let count = 0; count < times; count += 1)
      this.#event$.next({ type: 'timeReached', at: this.scheduler.now() });
    return this;
  }
}

describe('an edge', () => {
  const name = 'odd one';

  it('that throws affects neither the loop nor other edges, and is reported once until it works again', () => {
    let isBroken = true;
    const loop = new Loop({
      name,
      take: () => {
        if (isBroken) throw new Error('no paper');
      },
    });
    loop.happen(5);
    expect(loop.said).toEqual(['The odd one fails (no paper); everything else goes on']);
    isBroken = false;
    loop.happen(2);
    expect(loop.said.slice(1)).toEqual(['The odd one works again']);
    isBroken = true;
    loop.happen();
    expect(loop.said).toHaveLength(3);
    expect(loop.given['good one']).toEqual(loop.given[name]);
    expect(loop.hasFailed).toBe(false);
  });

  it('that rejects is treated like one that throws', async () => {
    const loop = new Loop({ name, take: async () => Promise.reject(new Error('no answer')) });
    for (let times = 0; times < 3; times += 1) {
      loop.happen();
      await turn();
    }
    expect(loop.said).toEqual(['The odd one fails (no answer); everything else goes on']);
    expect(loop.given['good one']).toEqual(loop.given[name]);
  });

  it('that never returns misses steps beyond the limit, which is reported, while all others get every step', () => {
    const loop = new Loop({ name, take: async () => new Promise(() => undefined) });
    const times = STEPS_THAT_WAIT + 50;
    loop.happen(times);
    expect(loop.given[name]).toEqual(['monitorStarted']);
    expect(loop.given['good one']).toHaveLength(1 + times + 1);
    expect(loop.said).toEqual([
      expect.stringMatching(/^The odd one fails \(it has not kept up: 1000 events/),
    ]);
  });

  it('that returns late gets the waiting steps in order and reports how many it missed', async () => {
    const waiting: (() => void)[] = [];
    const loop = new Loop({ name, take: async () => new Promise((resolve) => waiting.push(resolve)) });
    loop.happen(STEPS_THAT_WAIT + 7);
    while (waiting.length > 0) {
      waiting.splice(0).forEach((resolve) => resolve());
      await turn();
    }
    // One of those it has missed is that it has not kept up.
    expect(loop.said.at(-1)).toBe('The odd one works again; it has missed 8 events');
    expect(loop.given[name]?.slice(0, STEPS_THAT_WAIT + 1)).toEqual(
      loop.given['good one']?.slice(0, STEPS_THAT_WAIT + 1),
    );
  });

  it('that throws at the report of its own failure is not reported again and again', () => {
    const loop = new Loop({
      name,
      take: ({ event }) => {
        if (/^edge|^time/.test(event.type)) throw new Error(event.type);
      },
    });
    loop.happen(3);
    expect(loop.said).toEqual(['The odd one fails (timeReached); everything else goes on']);
  });

  it('gets timer steps even if another edge hangs', () => {
    const loop = new Loop({ name, take: async () => new Promise(() => undefined) });
    advance(loop.scheduler, 120_000);
    expect(loop.given['good one']).toContain('timeReached');
  });
});
