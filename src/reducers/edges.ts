import type { Event } from '../../streams/events.ts';
import type { Everything } from '../state.ts';
import { type Transition, info, to, warn } from '../transition.ts';

/** Which edges fail: said when that begins and when it ends. Everything else goes on without them. */
export function edges(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'edgeFailed': {
      const { edge, reason, at } = event;
      const known = state.edges[edge];
      const failing = { reason, since: known?.since ?? at };
      const lines =
        known === undefined ? [warn(`The ${edge} fails (${reason}); everything else goes on`)] : [];
      return to({ ...state, edges: { ...state.edges, [edge]: failing } }, { lines });
    }
    case 'edgeRecovered': {
      const { [event.edge]: known, ...others } = state.edges;
      if (known === undefined) return to(state);
      const missed = event.lostSteps === 0 ? '' : `; it has missed ${String(event.lostSteps)} events`;
      return to({ ...state, edges: others }, { lines: [info(`The ${event.edge} works again${missed}`)] });
    }
    default:
      return to(state);
  }
}
