import {
  EMPTY,
  type Observable,
  type SchedulerLike,
  catchError,
  of,
  switchMap,
  takeUntil,
  timer,
} from 'rxjs';
import type { EngineReadings } from './engine.ts';
import type { EngineEvent } from './events.ts';
import { type Json, asObject, asString } from './json.ts';
import { endedByKilledEngine$ } from './killed-engine.ts';

/** Well within the time before an end that looks like an operator's stop is judged. */
const ANSWER_TIMEOUT_MS = 5_000;

/**
 * What the engine tells of itself: that it is Podman, or else what it ended when it started again after it was killed.
 * Nothing if the engine, or a proxy in front of it, does not answer. Podman has no process that would take its
 * containers along, and its messages may go back for years.
 */
export const engineInfo$ = (
  engine: Pick<EngineReadings, 'info' | 'pastEvents'>,
  scheduler: SchedulerLike,
): Observable<EngineEvent> =>
  engine.info().pipe(
    switchMap((answer) => {
      const info = asObject(answer);
      return isPodman(info)
        ? of<EngineEvent>({ type: 'podmanRecognised', at: scheduler.now(), version: versionIn(info) })
        : endedByKilledEngine$(info, engine, scheduler);
    }),
    catchError(() => EMPTY),
    takeUntil(timer(ANSWER_TIMEOUT_MS, scheduler)),
  );

/** Only Podman has a Buildah in it. */
const isPodman = (info: Json | undefined): boolean => asString(info?.['BuildahVersion']) !== undefined;

const versionIn = (info: Json | undefined): string =>
  /^[\w.+-]{1,40}$/.exec(asString(info?.['ServerVersion']) ?? '')?.[0] ?? '';
