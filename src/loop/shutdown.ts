import type { SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import type { Notice } from '../notices/notice.ts';
import type { Everything, InFlight } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** Notes the request to shut down. No act begins after it. The program gives the act under way a grace period. */
export const shutdown: SharedConcern<'facts'> = { stage: 'facts', reduce };

function reduce(state: Everything, event: Event): Transition<Everything> {
  if (event.type === 'graceOver') return to(state, { notices: unfinished(state.inFlight) });
  if (event.type !== 'shutdownRequested' || state.isShuttingDown) return to(state);
  return to(
    { ...state, isShuttingDown: true },
    { notices: [{ kind: 'shutdownRequested', signal: event.signal }] },
  );
}

/** The re-creations that the next monitor will find unfinished. */
function unfinished(inFlight: InFlight | undefined): readonly Notice[] {
  if (inFlight?.act.kind !== 'repairDependents') return [];
  const { act, gateway, progress } = inFlight;
  const isAnswered = (name: string): boolean =>
    act.dependents.some((one) => one.name === name && progress.answered.includes(one.id));
  return Object.entries(progress.parked)
    .filter(([name]) => !isAnswered(name))
    .map(([name, parkedAs]) => ({ kind: 'recreationUnfinished', gateway, name, parkedAs }));
}
