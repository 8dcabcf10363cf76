import type { Observable } from 'rxjs';
import {
  EMPTY,
  type SchedulerLike,
  catchError,
  concatMap,
  defer,
  from,
  map,
  mergeMap,
  of,
  toArray,
} from 'rxjs';
import { answeredWithin } from './answered-within.ts';
import { decodeInspected, decodeListed, decodeListedId } from './decode-container.ts';
import { EngineError, type EngineReadings, reasonOf } from './engine.ts';
import type { ContainerFacts, EngineEvent } from './events.ts';
import { fits } from './fits.ts';
import type { RequestOf } from './requests.ts';

const ANSWER_TIMEOUT_MS = 10_000;
const INSPECTIONS_AT_ONCE = 4;

interface Dependencies<Calls extends keyof EngineReadings> {
  readonly engine: Pick<EngineReadings, Calls>;
  readonly scheduler: SchedulerLike;
}

/** One listing, with an inspection of each container that matters: only an inspection shows when it started. */
export const listing$ = (
  request: RequestOf<'listContainers'>,
  { engine, scheduler }: Dependencies<'list' | 'inspect' | 'clockMs'>,
): Observable<EngineEvent> =>
  defer(() => {
    const requestedAt = scheduler.now();
    return engine.list().pipe(
      answeredWithin(ANSWER_TIMEOUT_MS, 'listing containers', scheduler),
      map(decodeListing),
      concatMap((listed) => from(listed)),
      mergeMap(
        (listed) =>
          typeof listed === 'string' || isOfInterest(listed, request.inspect)
            ? withDetails(listed, { engine, scheduler })
            : of(listed),
        INSPECTIONS_AT_ONCE,
      ),
      toArray(),
      map((listed): EngineEvent => {
        const unread = listed.filter((one) => typeof one === 'string');
        return {
          type: 'containersListed',
          at: scheduler.now(),
          requestedAt,
          engineClockMs: engine.clockMs(),
          containers: listed.filter((one) => typeof one !== 'string'),
          ...(unread.length > 0 && { unread }),
        };
      }),
      catchError((error: unknown) =>
        of<EngineEvent>({ type: 'listingFailed', at: scheduler.now(), reason: reasonOf(error) }),
      ),
    );
  });

/** One inspection. A container that does not exist is an answer, not a failure. */
export const inspection$ = (
  { containerId: id }: RequestOf<'inspectContainer'>,
  { engine, scheduler }: Dependencies<'inspect' | 'clockMs'>,
): Observable<EngineEvent> =>
  defer(() => {
    const requestedAt = scheduler.now();
    const inspected = (facts: ContainerFacts | undefined): EngineEvent => ({
      type: 'containerInspected',
      at: scheduler.now(),
      requestedAt,
      engineClockMs: engine.clockMs(),
      // It may have been asked for by name.
      id: facts?.id ?? id,
      facts,
    });
    return inspectFacts(id, { engine, scheduler }).pipe(
      map(inspected),
      catchError((error: unknown) =>
        of<EngineEvent>(
          isMissing(error)
            ? inspected(undefined)
            : { type: 'inspectionFailed', at: scheduler.now(), id, reason: reasonOf(error) },
        ),
      ),
    );
  });

/**
 * The facts of one container. Fails with an `EngineError`: status 404 if there is no such container, none if the
 * answer cannot be decoded.
 */
export const inspectFacts = (
  id: string,
  { engine, scheduler }: Dependencies<'inspect'>,
): Observable<ContainerFacts> =>
  engine.inspect(id).pipe(
    answeredWithin(ANSWER_TIMEOUT_MS, `inspecting ${id.slice(0, 12)}`, scheduler),
    map((answer) => {
      const facts = decodeInspected(answer);
      if (facts === undefined)
        throw new EngineError(`inspecting ${id.slice(0, 12)}: the answer is no container`);
      return facts;
    }),
  );

export const isMissing = (error: unknown): boolean => error instanceof EngineError && error.status === 404;

/** A container that cannot be inspected is still listed. One that has gone by now is not. */
const withDetails = (listed: Listed, dependencies: Dependencies<'inspect'>): Observable<Listed> =>
  inspectFacts(typeof listed === 'string' ? listed : listed.id, dependencies).pipe(
    catchError((error: unknown) => (isMissing(error) ? EMPTY : of(listed))),
  );

/** An entry of a listing; only its id if it lacks something else that is relied on. */
type Listed = ContainerFacts | string;

function decodeListing(answer: unknown): readonly Listed[] {
  if (!Array.isArray(answer)) throw new EngineError('listing containers: the answer is no list');
  return answer
    .map((entry) => decodeListed(entry) ?? decodeListedId(entry))
    .filter((listed) => listed !== undefined);
}

/**
 * It joined another container's network, or may have done so, because the listing does not tell. Or it is named: by its
 * name, its Compose service, or the beginning of its id.
 */
export const isOfInterest = (facts: ContainerFacts, named: readonly string[]): boolean =>
  isNetworkUntold(facts) ||
  facts.networkMode.startsWith('container:') ||
  named.some((reference) => fits(reference, facts));

/** Whether only an inspection can tell which network it uses. */
export const isNetworkUntold = ({ networkMode, details }: ContainerFacts): boolean =>
  networkMode === '' && details === undefined;
