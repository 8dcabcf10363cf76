import type { SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import type { Everything } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** Tracks which edges fail. Everything else goes on without them. */
export const edges: SharedConcern<'facts'> = { stage: 'facts', reduce };

function reduce(state: Everything, event: Event): Transition<Everything> {
  switch (event.type) {
    case 'edgeFailed': {
      const { edge, reason, address } = event;
      const isNews = state.edges[edge] === undefined;
      const trouble = { reason, ...(address !== undefined && { address }) };
      return to(
        { ...state, edges: { ...state.edges, [edge]: trouble } },
        { notices: isNews ? [{ kind: 'edgeFailed', edge, reason }] : [] },
      );
    }
    case 'edgeRecovered': {
      const { edge, lostSteps } = event;
      const { [edge]: known, ...others } = state.edges;
      if (known === undefined) return to(state);
      return to({ ...state, edges: others }, { notices: [{ kind: 'edgeRecovered', edge, lostSteps }] });
    }
    default:
      return to(state);
  }
}
