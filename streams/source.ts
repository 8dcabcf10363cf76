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
  /** Probes a host outside the tunnel once. */
  readonly probeWitness: () => Observable<WitnessVerdict>;
  readonly request$: Observable<ReadingRequest>;
  readonly deadline$: Observable<number | undefined>;
  /** Sources that do not read the engine: the sites file, signals. */
  readonly others: readonly Observable<Event>[];
}

/** Everything that happens, as one stream. Only the program subscribes to it, once. */
export const source$ = (sources: Sources): Observable<Event> =>
  merge(
    // First, because an event that the others emit at once may lead to a request.
    readings$(sources),
    dockerEvents$(sources.engine, sources.scheduler),
    timers$(sources.deadline$, sources.scheduler),
    ...sources.others,
  );

/** The answers to requests: each kind in its own lane, so that a slow check never delays a listing. */
const readings$ = ({ request$, ...dependencies }: Sources): Observable<Event> => {
  const requestsOf = <K extends ReadingRequest['kind']>(...kinds: readonly K[]): Observable<RequestOf<K>> =>
    request$.pipe(filter((request): request is RequestOf<K> => kinds.some((kind) => kind === request.kind)));
  return merge(
    // Only the latest: with an engine that hangs they would pile up.
    requestsOf('listContainers').pipe(switchMap((request) => listing$(request, dependencies))),
    // The reducers limit how many are requested at once: they know which matter.
    requestsOf('inspectContainer').pipe(mergeMap((request) => inspection$(request, dependencies))),
    requestsOf('probeWitness').pipe(switchMap((request) => probed$(request, dependencies))),
    inLanes(
      requestsOf('checkSites'),
      concatMap((request) => check$(request, dependencies)),
    ),
    inLanes(
      requestsOf('readEndpoint'),
      switchMap((request) => endpoint$(request, dependencies)),
    ),
    inLanes(
      requestsOf('followGatewayLog', 'leaveGatewayLog'),
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

/** Each gateway has its own lane. The number of lanes never grows beyond the number of gateways. */
const inLanes = <R extends { readonly lane: Lane }>(
  request$: Observable<R>,
  answer: OperatorFunction<R, Event>,
): Observable<Event> =>
  request$.pipe(
    groupBy(({ lane }) => lane),
    mergeMap((lane$) => lane$.pipe(answer)),
  );
