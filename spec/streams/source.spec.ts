import { EMPTY, NEVER, type Observable, of } from 'rxjs';
import type { EngineReadings } from '../../streams/engine.ts';
import type { Event } from '../../streams/events.ts';
import type { ReadingRequest } from '../../streams/requests.ts';
import { source$ } from '../../streams/source.ts';
import { frame, marbles } from './marbles.ts';

const SILENT: EngineReadings = {
  list: () => NEVER,
  inspect: () => NEVER,
  inspectImage: () => NEVER,
  volumes: () => NEVER,
  changes: () => NEVER,
  fileStat: () => NEVER,
  openEvents: () => NEVER,
  info: () => of({}),
  pastEvents: () => NEVER,
  followLog: () => NEVER,
  exec: () => NEVER,
  clockMs: () => 0,
};
const SITE = {
  name: 'a',
  url: 'https://a/',
  timeoutSeconds: 2,
  role: 'critical',
  gateway: undefined,
} as const;
const REQUESTS: Readonly<Record<string, ReadingRequest>> = {
  c: { kind: 'checkSites', lane: 'gluetun', checkId: 1, gatewayId: 'g', sites: [SITE] },
  d: { kind: 'checkSites', lane: 'gluetun', checkId: 2, gatewayId: 'g', sites: [SITE] },
  l: { kind: 'listContainers', inspect: [] },
  i: { kind: 'inspectContainer', containerId: 'a' },
  e: { kind: 'readEndpoint', lane: 'gluetun', requestId: 5, gatewayId: 'g' },
  f: {
    kind: 'followGatewayLog',
    lane: 'gluetun',
    gatewayId: 'g',
    startedAt: '2026-11-22T18:14:48Z',
    tty: true,
  },
  n: { kind: 'leaveGatewayLog', lane: 'gluetun' },
};
const type = (name: Event['type']) => expect.objectContaining({ type: name }) as unknown;
const EVENTS = {
  L: type('containersListed'),
  C: type('checkFinished'),
  P: type('siteProbed'),
  E: type('endpointRead'),
  T: type('timeReached'),
  O: type('shutdownRequested'),
  U: type('tunnelUpLogged'),
  G: type('engineConnected'),
};

describe('source$', () => {
  const sources = (
    engine: Partial<EngineReadings>,
    request$: Observable<ReadingRequest>,
    scheduler: Parameters<typeof source$>[0]['scheduler'],
    more: Partial<Parameters<typeof source$>[0]> = {},
  ) =>
    source$({
      engine: { ...SILENT, ...engine },
      scheduler,
      controlServer: { url: 'http://c', key: undefined },
      probeWitness: () => NEVER,
      request$,
      deadline$: NEVER,
      others: [],
      ...more,
    });

  it('does not delay a listing if a check, an inspection, an endpoint and a log hang', () => {
    marbles(({ hot, expectObservable }, scheduler) => {
      const requests = '   cief--l--l--';
      const expected = '   ------L--L--';
      const unsubscribe = '^-----------!';
      const events$ = sources({ list: () => of([]) }, hot(requests, REQUESTS), scheduler);
      expectObservable(events$, unsubscribe).toBe(expected, EVENTS);
    });
  });

  it('does not delay a check if a listing hangs', () => {
    marbles(({ hot, cold, expectObservable }, scheduler) => {
      const exec = () => cold('(m|)', { m: frame('start\n0 0 200\n') });
      const requests = '   l--c---';
      const expected = '   ---(PC)';
      expectObservable(sources({ exec }, hot(requests, REQUESTS), scheduler), '^------!').toBe(
        expected,
        EVENTS,
      );
    });
  });

  it('never overlaps checks: one requested during another follows it at once', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }, scheduler) => {
      const exec$ = cold('-----(m|)', { m: frame('start\n0 0 200\n') });
      const requests = '   cd------------';
      const expected = '   -----(PC)-(PC)';
      const checks = ['    ^----!', '-----^----!'];
      const events$ = sources({ exec: () => exec$ }, hot(requests, REQUESTS), scheduler);
      expectObservable(events$, '^-----------!').toBe(expected, EVENTS);
      expectSubscriptions(exec$.subscriptions).toBe(checks);
    });
  });

  it('replaces a pending endpoint request with a newer one', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }, scheduler) => {
      const exec$ = cold('---(b|)', { b: frame('{}\nexit 0 -\n') });
      const requests = '   e-e------';
      const expected = '   -----E---';
      const events$ = sources({ exec: () => exec$ }, hot(requests, REQUESTS), scheduler);
      expectObservable(events$, '^-------!').toBe(expected, EVENTS);
      expectSubscriptions(exec$.subscriptions).toBe(['^-!', '--^--!']);
    });
  });

  it('follows one log until it is told to leave it', () => {
    marbles(({ hot, cold, expectObservable, expectSubscriptions }, scheduler) => {
      const line = Buffer.from('INFO [openvpn] Initialization Sequence Completed\n');
      const log$ = cold('--u-u-u-', { u: line });
      const requests = '   f---n--f---';
      const expected = '   --U------U-';
      const events$ = sources({ followLog: () => log$ }, hot(requests, REQUESTS), scheduler);
      expectObservable(events$, '^---------!').toBe(expected, EVENTS);
      expectSubscriptions(log$.subscriptions).toBe(['^---!', '-------^--!']);
    });
  });

  it('merges the engine, the timers and the other sources, and unsubscribes from all of them', () => {
    marbles(({ cold, hot, expectObservable, expectSubscriptions }, scheduler) => {
      const bytes$ = cold<Uint8Array>('------');
      const other$ = hot<Event>('  --o---', { o: { type: 'shutdownRequested', at: 2, signal: 'SIGTERM' } });
      const expected = '         G-OT--';
      const unsubscribe = '      ^----!';
      const more = { deadline$: cold('d', { d: 3 }), others: [other$] };
      const events$ = sources({ openEvents: () => of(bytes$) }, EMPTY, scheduler, more);
      expectObservable(events$, unsubscribe).toBe(expected, EVENTS);
      expectSubscriptions(bytes$.subscriptions).toBe('^----!');
      expectSubscriptions(other$.subscriptions).toBe('^----!');
    });
  });
});
