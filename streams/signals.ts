import { type Observable, type SchedulerLike, fromEvent, map, merge } from 'rxjs';
import type { Event } from './events.ts';

/** What asks the process to end. The first one is an event; a second one is for whoever watches the process. */
export const signals$ = (emitter: NodeJS.EventEmitter, scheduler: SchedulerLike): Observable<Event> =>
  merge(...['SIGTERM', 'SIGINT'].map((signal) => fromEvent(emitter, signal).pipe(map(() => signal)))).pipe(
    map((signal): Event => ({ type: 'shutdownRequested', at: scheduler.now(), signal })),
  );
