import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Observable, type SchedulerLike, ignoreElements, tap, throttleTime } from 'rxjs';

/** The image's HEALTHCHECK looks at this file's age. */
export const HEARTBEAT_FILE = join(tmpdir(), 'gluetun-monitor.heartbeat');

const INTERVAL_MS = 5_000;

/**
 * Touches the file as the loop goes round: at least once a minute, for there is a listing a minute. A timer of its
 * own would beat on in a monitor whose loop is stuck.
 */
export const heartbeat$ = (
  turn$: Observable<unknown>,
  scheduler: SchedulerLike,
  file = HEARTBEAT_FILE,
): Observable<never> =>
  turn$.pipe(
    throttleTime(INTERVAL_MS, scheduler),
    tap(() => touch(file)),
    ignoreElements(),
  );

function touch(file: string): void {
  try {
    writeFileSync(file, '');
  } catch {
    // A read-only /tmp costs the image's health check, which then says so; the monitor works without.
  }
}
