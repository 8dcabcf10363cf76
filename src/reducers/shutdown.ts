import type { Event } from '../../streams/events.ts';
import type { Line } from '../log-line.ts';
import type { Everything } from '../state.ts';
import { type Transition, info, to, warn } from '../transition.ts';

/** From here on nothing new is begun; what runs is given its time by the program. */
export function shutdown(state: Everything, event: Event): Transition<Everything> {
  if (event.type === 'graceOver') return to(state, { lines: unfinished(state) });
  if (event.type !== 'shutdownRequested' || state.ending) return to(state);
  return to({ ...state, ending: true }, { lines: [info('Received shutdown signal, exiting...')] });
}

/** What the next monitor finds half done. */
const unfinished = ({ watches }: Everything): readonly Line[] =>
  watches.flatMap(({ repairs: { wave } }) =>
    Object.entries(wave?.parked ?? {})
      .filter(
        ([name]) => !wave?.dependents.some((one) => one.name === name && wave.answered.includes(one.id)),
      )
      .map(([name, parkedAs]) =>
        warn(`${name} is still being re-created: it waits as ${parkedAs} until a monitor finishes it`),
      ),
  );
