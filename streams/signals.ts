import { type Observable, type SchedulerLike, fromEvent, map, merge } from 'rxjs';
import type { Event } from './events.ts';

/** Signals that ask the process to end. The first one is an event; `main.ts` handles a second one. */
export const signals$ = (emitter: NodeJS.EventEmitter, scheduler: SchedulerLike): Observable<Event> =>
  merge(...['SIGTERM', 'SIGINT'].map((signal) => fromEvent(emitter, signal).pipe(map(() => signal)))).pipe(
    map((signal): Event => ({ type: 'shutdownRequested', at: scheduler.now(), signal })),
  );
