import { type MonoTypeOperatorFunction, type SchedulerLike, tap } from 'rxjs';
import { reasonOf } from '../../streams/engine.ts';
import type { EdgeEvent } from '../../streams/events.ts';
import type { Step } from '../loop/program.ts';

/** Receives every step, to show it, keep it or send it on. */
export interface Edge {
  readonly name: string;
  /** May throw, and may take its time: it gets the next step when it is done with this one. */
  readonly take: (step: Step) => void | Promise<void>;
}

/** How many steps may wait for a slow edge. Further ones are dropped and counted. */
export const STEPS_THAT_WAIT = 1_000;

/**
 * Gives each edge every step, each at its own pace: one that throws, rejects, is slow or never comes back affects
 * neither the loop nor another edge. `report` gets one event when an edge begins to fail, and one when it works
 * again.
 */
export function tellEdges(
  edges: readonly Edge[],
  scheduler: Pick<SchedulerLike, 'now'>,
  report: (event: EdgeEvent) => void,
): MonoTypeOperatorFunction<Step> {
  const takers = edges.map((edge) => takerOf(edge, () => scheduler.now(), report));
  return tap((step) => takers.forEach((take) => take(step)));
}

function takerOf(
  { name, take }: Edge,
  now: () => number,
  report: (event: EdgeEvent) => void,
): (step: Step) => void {
  const waiting: Step[] = [];
  let isBusy = false;
  let isFailing = false;
  let lostSteps = 0;

  return (step) => {
    if (waiting.length < STEPS_THAT_WAIT) waiting.push(step);
    else lose();
    goOn();
  };

  function lose(): void {
    lostSteps += 1;
    fail(`it has not kept up: ${String(STEPS_THAT_WAIT)} events wait for it`);
  }

  function goOn(): void {
    while (!isBusy) {
      const step = waiting.shift();
      if (step === undefined) return;
      give(step);
    }
  }

  function give(step: Step): void {
    try {
      const taking = take(step);
      if (taking === undefined) {
        succeed(step);
        return;
      }
      isBusy = true;
      void taking
        .then(
          () => succeed(step),
          (error: unknown) => failOn(step, error),
        )
        .finally(() => {
          isBusy = false;
          goOn();
        });
    } catch (error) {
      failOn(step, error);
    }
  }

  function failOn(step: Step, error: unknown): void {
    if (!isOfAnEdge(step)) fail(reasonOf(error));
  }

  function fail(reason: string): void {
    if (isFailing) return;
    isFailing = true;
    report({ type: 'edgeFailed', at: now(), edge: name, reason });
  }

  /** Reports a recovery only once the edge has caught up as well. */
  function succeed(step: Step): void {
    if (!isFailing || waiting.length > 0 || isOfAnEdge(step)) return;
    isFailing = false;
    report({ type: 'edgeRecovered', at: now(), edge: name, lostSteps });
    lostSteps = 0;
  }
}

/** Success or failure on a step about an edge is not reported: two edges could report each other for ever. */
const isOfAnEdge = ({ event }: Step): boolean =>
  event.type === 'edgeFailed' || event.type === 'edgeRecovered';
