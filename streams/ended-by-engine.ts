import { type Observable, type SchedulerLike, catchError, map, of, switchMap, timeout, toArray } from 'rxjs';
import { toLines } from './bytes.ts';
import { decodeEvent } from './decode-event.ts';
import type { EngineReadings } from './engine.ts';
import type { ContainerEvent } from './events.ts';
import { sinceOf } from './engine-time.ts';
import { asObject, asString } from './json.ts';

const ANSWER_TIMEOUT_MS = 5_000;
/** An engine remembers this many messages of any kind, and none from before its own start. */
const REMEMBERED = 256;

/**
 * Ids of the containers that the engine itself ended when it was last started, and that have not run since.
 *
 * One that was killed leaves its containers running. Without `live-restore` the next one stops them before it answers
 * anybody, in the words of an operator's stop, and takes it for one: `unless-stopped` does not bring them back. But
 * such an engine has started every container that runs, and remembers that start: where nothing has been forgotten
 * yet, an end without a start before it can only be the engine's own doing. Where that cannot be told, none is named.
 */
export const endedByEngine = (
  engine: Pick<EngineReadings, 'info' | 'pastEvents'>,
  scheduler: SchedulerLike,
): Observable<readonly string[]> =>
  engine.info().pipe(
    switchMap((info) => {
      const now = endsWhatRuns(info) ? asString(asObject(info)?.['SystemTime']) : undefined;
      return now === undefined ? of([]) : engine.pastEvents(sinceOf(now)).pipe(toLines(), toArray());
    }),
    map((lines) => (lines.length < REMEMBERED ? endedWithoutStart(lines.map(decoded)) : [])),
    timeout({ each: ANSWER_TIMEOUT_MS, scheduler }),
    // An engine, or a proxy before it, that does not answer this: then such an end counts as the operator's.
    catchError(() => of([])),
  );

const endsWhatRuns = (info: unknown): boolean => asObject(info)?.['LiveRestoreEnabled'] === false;

const decoded = (line: string): ContainerEvent | undefined => decodeEvent(line, 0);

function endedWithoutStart(messages: readonly (ContainerEvent | undefined)[]): readonly string[] {
  const [begun, ended] = [new Set<string>(), new Set<string>()];
  for (const message of messages) {
    switch (message?.type) {
      case 'containerCreated':
      case 'containerStarted':
      case 'containerDestroyed':
        begun.add(message.id);
        ended.delete(message.id);
        break;
      case 'containerDied':
        if (!begun.has(message.id)) ended.add(message.id);
        break;
      default:
    }
  }
  return [...ended];
}
