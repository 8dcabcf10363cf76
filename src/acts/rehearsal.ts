import { EMPTY, type Observable, catchError, concat, defer, filter, ignoreElements, switchMap } from 'rxjs';
import type { EngineReadings } from '../../streams/engine.ts';
import type { EngineWrites } from './engine-writes.ts';

/** No container has this id, no image this name: the engine refuses each of these calls, and nothing changes. */
const NOBODY = '0'.repeat(64);
const NO_IMAGE = 'gluetun-monitor.invalid/rehearsal:none';
/** The name under which nothing is ever created. */
export const REHEARSED = 'gluetun-monitor-rehearsal';

interface Rehearsal {
  readonly reads: Pick<EngineReadings, 'inspectImage' | 'volumes' | 'changes' | 'fileStat'>;
  readonly writes: EngineWrites;
  /** Whether orphans are to be created anew, which takes more calls. */
  readonly recreates: boolean;
  /** Emits whenever the engine has become reachable. */
  readonly connected$: Observable<void>;
  /** Whether a call may be forbidden. */
  readonly isNeeded: () => boolean;
}

/**
 * Makes each call that an act needs once for a container that does not exist, so that a proxy that forbids it is noticed
 * at the start, and not when the call is needed. The answers are of no interest here: `CallWatch` sees them.
 */
export const rehearsal$ = ({
  connected$,
  isNeeded,
  reads,
  writes,
  recreates,
}: Rehearsal): Observable<never> => {
  const always = [writes.restart(NOBODY), writes.start(NOBODY)];
  const toRecreate = [
    reads.inspectImage(NO_IMAGE),
    reads.volumes(),
    reads.changes(NOBODY),
    reads.fileStat(NOBODY, '/'),
    writes.stop(NOBODY),
    writes.rename(NOBODY, REHEARSED),
    defer(() => writes.create(REHEARSED, { Image: NO_IMAGE })),
    writes.remove(NOBODY),
  ];
  const calls: readonly Observable<unknown>[] = [...always, ...(recreates ? toRecreate : [])];
  return connected$.pipe(
    filter(isNeeded),
    switchMap(() =>
      concat(
        ...calls.map((call$) =>
          call$.pipe(
            ignoreElements(),
            catchError(() => EMPTY),
          ),
        ),
      ),
    ),
  );
};
