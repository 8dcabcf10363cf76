import type { Notice } from '../notices/notice.ts';
import type { Everything, State, Watch } from './state.ts';
import { type Reducer, type Transition, combine, to } from './transition.ts';

/** The field is there already: V8 takes thirty times as long for a spread that adds or leaves out a field. */
const viewOf = (all: Everything, watch: Watch): State => ({ ...watch, shared: all });

export const viewsOf = (all: Everything): readonly State[] => all.watches.map((watch) => viewOf(all, watch));

/** Puts a gateway's changed watch back in its place, together with the shared state. */
export function withView(all: Everything, index: number, view: State): Everything {
  const watch: Watch = { ...view, shared: undefined };
  return { ...view.shared, watches: all.watches.map((other, at) => (at === index ? watch : other)) };
}

/**
 * Runs the concerns for each gateway. Each sees only its own watch, so trouble with one gateway never delays another.
 */
export const forEachGateway =
  (concerns: Reducer): Reducer<Everything> =>
  (state, event, before) =>
    before.watches.reduce((soFar, watchBefore, index) => {
      const watch = soFar.state.watches[index] ?? watchBefore;
      const view = viewOf(soFar.state, watch);
      const next = concerns(view, event, viewOf(before, watchBefore));
      const isSame = next.state === view && next.notices.length === 0 && next.requests.length === 0;
      if (isSame) return soFar;
      const notices = next.notices.map(concerning(watch));
      return combine(soFar, { ...next, state: withView(soFar.state, index, next.state), notices });
    }, to<Everything>(state));

/** Runs one step for a single gateway. */
export function inWatch(
  all: Everything,
  index: number,
  step: (view: State) => Transition,
): Transition<Everything> {
  const watch = all.watches[index];
  if (watch === undefined) return to(all);
  const { state, requests, notices } = step(viewOf(all, watch));
  return { state: withView(all, index, state), requests, notices: notices.map(concerning(watch)) };
}

const concerning =
  ({ settings: { gateway } }: Watch) =>
  (notice: Notice): Notice => ({ ...notice, gateway });
