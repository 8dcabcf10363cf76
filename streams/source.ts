import {
  NEVER,
  type Observable,
  type OperatorFunction,
  type SchedulerLike,
  concatMap,
  filter,
  groupBy,
  map,
  merge,
  mergeMap,
  switchMap,
} from 'rxjs';
import { check$ } from './checks.ts';
import { inspection$, listing$ } from './containers.ts';
import { dockerEvents$ } from './docker-events.ts';
import type { ControlServer } from './control-server-script.ts';
import { endpoint$ } from './endpoint.ts';
import type { EngineReadings } from './engine.ts';
import type { Event } from './events.ts';
import { gatewayLog$ } from './gateway-log.ts';
import type { Lane, ReadingRequest, RequestOf } from './requests.ts';
import { timers$ } from './timers.ts';
import type { WitnessVerdict } from './witness.ts';

export interface Sources {
  readonly engine: EngineReadings;
  readonly scheduler: SchedulerLike;
  readonly controlServer: ControlServer;
  /** One probe of somebody outside the tunnel. */
  readonly probeWitness: () => Observable<WitnessVerdict>;
  readonly request$: Observable<ReadingRequest>;
  readonly deadline$: Observable<number | undefined>;
  /** Sources that do not read the engine: the sites file, signals. */
  readonly others: readonly Observable<Event>[];
}

/** All that happens, as one stream. Subscribed once, by the program. */
export const source$ = (sources: Sources): Observable<Event> =>
  merge(
    // Before all else: whatever the others say at once may be answered by a request.
    readings$(sources),
    dockerEvents$(sources.engine, sources.scheduler),
    timers$(sources.deadline$, sources.scheduler),
    ...sources.others,
  );

/** The answers to what is asked for: each kind in its own lane, so that a slow check never delays a listing. */
const readings$ = ({ request$, ...dependencies }: Sources): Observable<Event> => {
  const asked = <K extends ReadingRequest['kind']>(...kinds: readonly K[]): Observable<RequestOf<K>> =>
    request$.pipe(filter((request): request is RequestOf<K> => kinds.some((kind) => kind === request.kind)));
  return merge(
    // The latest one only: an engine that hangs would have them queue.
    asked('listContainers').pipe(switchMap((request) => listing$(request, dependencies))),
    // How many are asked for at once, whoever asks decides: it knows which matter.
    asked('inspectContainer').pipe(mergeMap((request) => inspection$(request, dependencies))),
    asked('probeWitness').pipe(switchMap((request) => probed$(request, dependencies))),
    inLanes(
      asked('checkSites'),
      concatMap((request) => check$(request, dependencies)),
    ),
    inLanes(
      asked('readEndpoint'),
      switchMap((request) => endpoint$(request, dependencies)),
    ),
    inLanes(
      asked('followGatewayLog', 'leaveGatewayLog'),
      switchMap((request) =>
        request.kind === 'leaveGatewayLog'
          ? NEVER
          : gatewayLog$(request, dependencies.engine, dependencies.scheduler),
      ),
    ),
  );
};

const probed$ = (
  { requestId }: RequestOf<'probeWitness'>,
  { probeWitness, scheduler }: Pick<Sources, 'probeWitness' | 'scheduler'>,
): Observable<Event> =>
  probeWitness().pipe(
    map((verdict): Event => ({ type: 'witnessProbed', at: scheduler.now(), requestId, ...verdict })),
  );

/** For each gateway by itself: there are as many lanes as gateways, for ever. */
const inLanes = <R extends { readonly lane: Lane }>(
  request$: Observable<R>,
  answer: OperatorFunction<R, Event>,
): Observable<Event> =>
  request$.pipe(
    groupBy(({ lane }) => lane),
    mergeMap((lane$) => lane$.pipe(answer)),
  );
