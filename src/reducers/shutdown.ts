import type { Event } from '../../streams/events.ts';
import type { Notice } from '../notices/notice.ts';
import type { Everything } from '../state.ts';
import { type Transition, to } from '../transition.ts';

/** From here on nothing new is begun; what runs is given its time by the program. */
export function shutdown(state: Everything, event: Event): Transition<Everything> {
  if (event.type === 'graceOver') return to(state, { notices: unfinished(state) });
  if (event.type !== 'shutdownRequested' || state.ending) return to(state);
  return to({ ...state, ending: true }, { notices: [{ kind: 'shutdownRequested', signal: event.signal }] });
}

/** What the next monitor finds half done. */
const unfinished = ({ watches }: Everything): readonly Notice[] =>
  watches.flatMap(({ settings: { gateway }, repairs: { wave } }) =>
    Object.entries(wave?.parked ?? {})
      .filter(
        ([name]) => !wave?.dependents.some((one) => one.name === name && wave.answered.includes(one.id)),
      )
      .map(([name, parkedAs]) => ({ kind: 'recreationUnfinished', gateway, name, parkedAs })),
  );
