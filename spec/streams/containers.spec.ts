import { EMPTY, NEVER, type Observable, of, throwError } from 'rxjs';
import { inspection$, isMissing, listing$ } from '../../streams/containers.ts';
import { EngineError } from '../../streams/engine.ts';
import { COMPOSE_SERVICE } from '../../streams/labels.ts';
import { marbles } from './marbles.ts';

const entry = (id: string, networkMode = 'bridge', labels = {}) => ({
  Id: id,
  Names: [`/${id}-name`],
  State: 'running',
  Labels: labels,
  HostConfig: { NetworkMode: networkMode },
});
const answer = (id: string) => ({
  Id: id,
  Name: `/${id}-name`,
  State: { Status: 'running', StartedAt: '2026-11-22T18:14:49Z' },
  Config: {},
  HostConfig: { NetworkMode: 'bridge' },
});
const listed = (id: string) => expect.objectContaining({ id, details: undefined }) as unknown;
const inspected = (id: string) =>
  expect.objectContaining({ id, details: expect.objectContaining({ health: 'none' }) as unknown }) as unknown;
const gone$ = throwError(() => new EngineError('No such container: a', 404));

const engineOf = (
  list: Observable<unknown>,
  inspect: Readonly<Record<string, Observable<unknown>>> = {},
) => ({
  list: () => list,
  inspect: (id: string) => inspect[id] ?? of(answer(id)),
  clockMs: () => 99,
});
const listedAll = (at: number, containers: readonly unknown[], requestedAt = 0) => ({
  type: 'containersListed', at, requestedAt, engineClockMs: 99, containers,
}); // prettier-ignore
const ask = (...inspect: string[]) => ({ kind: 'listContainers', inspect }) as const;

describe('listing$', () => {
  it.each([
    ['lists no containers', [], [], []],
    ['inspects none if none is relevant', [entry('a'), entry('b')], [], [listed('a'), listed('b')]],
    ['inspects one referenced by its name', [entry('a'), entry('b')], ['b-name'], [listed('a'), inspected('b')]],
    ['inspects one referenced by its id', [entry('abcdef012345'), entry('b')], ['abcdef012345'], [inspected('abcdef012345'), listed('b')]],
    ['inspects one referenced by the beginning of its id', [entry('abcdef0123456789')], ['abcdef012345'], [inspected('abcdef0123456789')]],
    ['does not inspect one referenced by fewer than twelve digits of its id', [entry('abcdef0123456789')], ['abcdef01234'], [listed('abcdef0123456789')]],
    ['inspects one referenced by its name in another case', [entry('a')], ['A-Name'], [inspected('a')]],
    ['inspects one referenced by its compose service', [entry('a', 'bridge', { [COMPOSE_SERVICE]: 'vpn' })], ['vpn'], [inspected('a')]],
    ['inspects every one on the network of another container', [entry('a', 'container:x'), entry('b')], [], [inspected('a'), listed('b')]],
    ['inspects every one whose network the listing does not tell', [entry('a', ''), entry('b')], [], [inspected('a'), listed('b')]],
    ['inspects one of which the listing does not tell enough', [{ Id: 'a', Names: ['/a'], State: 'unknown' }, entry('b')], [], [inspected('a'), listed('b')]],
    ['skips list entries that are not containers', [null, 'x', entry('a'), {}], [], [listed('a')]],
  ])('%s', (_, list, references, containers) => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const engine = engineOf(cold('--(l|)', { l: list }));
      expectObservable(listing$(ask(...references), { engine, scheduler })).toBe('--(L|)', { L: listedAll(2, containers) });
    });
  }); // prettier-ignore

  it.each([
    ['leaves out a container that was removed meanwhile', gone$, []],
    [
      'still lists a container that cannot be inspected',
      throwError(() => new EngineError('broken', 500)),
      [listed('a')],
    ],
    ['still lists a container whose inspection is not valid JSON', of(Buffer.from('{"Id"')), [listed('a')]],
  ])('%s', (_, inspect, containers) => {
    marbles(({ expectObservable }, scheduler) => {
      const engine = engineOf(of([entry('a', 'container:x')]), { a: inspect });
      expectObservable(listing$(ask(), { engine, scheduler })).toBe('(L|)', { L: listedAll(0, containers) });
    });
  });

  it('tells which containers exist although neither the listing nor an inspection can be read', () => {
    marbles(({ expectObservable }, scheduler) => {
      const engine = engineOf(of([{ Id: 'a' }, { Id: 'c' }, entry('b')]), { a: of({ Id: 'a' }), c: gone$ });
      expectObservable(listing$(ask(), { engine, scheduler })).toBe('(L|)', {
        L: { ...listedAll(0, [listed('b')]), unread: ['a'] },
      });
    });
  });

  it('lists a container without details if its inspection times out', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const hanging$ = cold('-');
      const engine = engineOf(of([entry('a', 'container:x')]), { a: hanging$ });
      expectObservable(listing$(ask(), { engine, scheduler })).toBe('10s (L|)', {
        L: listedAll(10_000, [listed('a')]),
      });
      expectSubscriptions(hanging$.subscriptions).toBe('^ 9999ms !');
    });
  });

  it.each([
    [
      'an engine that cannot be reached',
      throwError(() => new EngineError('ECONNREFUSED')),
      '(F|)',
      0,
      'ECONNREFUSED',
    ],
    [
      'an answer that is not a list',
      of({ message: 'x' }),
      '(F|)',
      0,
      'listing containers: the answer is no list',
    ],
    ['a truncated answer', of(Buffer.from('[{')), '(F|)', 0, 'listing containers: the answer is no list'],
    ['an engine that never answers', NEVER, '10s (F|)', 10_000, 'listing containers: no answer within 10 s'],
  ])('reports a failed listing for %s', (_, list, expected, at, reason) => {
    marbles(({ expectObservable }, scheduler) => {
      expectObservable(listing$(ask(), { engine: engineOf(list), scheduler })).toBe(expected, {
        F: { type: 'listingFailed', at, reason },
      });
    });
  });

  it('cancels its requests when unsubscribed, during the listing and during the inspections', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const [list$, inspect$] = [cold('---'), cold('---')];
      expectObservable(listing$(ask(), { engine: engineOf(list$), scheduler }), '^-!').toBe('---');
      const engine = engineOf(of([entry('a', 'container:x')]), { a: inspect$ });
      expectObservable(listing$(ask(), { engine, scheduler }), '^-!').toBe('---');
      expectSubscriptions(list$.subscriptions).toBe('^-!');
      expectSubscriptions(inspect$.subscriptions).toBe('^-!');
    });
  });

  it('inspects four containers at a time', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const ids = 'a b c d e f 1 2 3'.split(' ');
      const inspect = Object.fromEntries(ids.map((id) => [id, cold('---(a|)', { a: answer(id) })]));
      const engine = engineOf(of(ids.map((id) => entry(id, 'container:x'))), inspect);
      expectObservable(listing$(ask(), { engine, scheduler })).toBe('---------(L|)', {
        L: listedAll(9, ids.map(inspected)),
      });
    });
  });
});

describe('inspection$', () => {
  const REQUEST = { kind: 'inspectContainer', containerId: 'a' } as const;
  const found = (at: number, facts: unknown) => ({
    type: 'containerInspected', at, requestedAt: 0, engineClockMs: 99, id: 'a', facts,
  }); // prettier-ignore
  const failed = (at: number, reason: string) => ({ type: 'inspectionFailed', at, id: 'a', reason });

  it.each([
    ['reports a container that exists', of(answer('a')), '(E|)', found(0, inspected('a'))],
    ['reports a container that does not exist', gone$, '(E|)', found(0, undefined)],
    [
      'reports an error of the engine',
      throwError(() => new EngineError('broken', 500)),
      '(E|)',
      failed(0, 'broken'),
    ],
    [
      'reports an answer that is not valid',
      of('x'),
      '(E|)',
      failed(0, 'inspecting a: the answer is no container'),
    ],
    ['reports a timeout', NEVER, '10s (E|)', failed(10_000, 'inspecting a: no answer within 10 s')],
    ['reports nothing if the engine answers nothing', EMPTY, '|', undefined],
  ])('%s', (_, inspect, expected, E) => {
    marbles(({ expectObservable }, scheduler) => {
      const engine = engineOf(NEVER, { a: inspect });
      expectObservable(inspection$(REQUEST, { engine, scheduler })).toBe(expected, { E });
    });
  });

  it('cancels its request when unsubscribed', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const inspect$ = cold('---');
      expectObservable(
        inspection$(REQUEST, { engine: engineOf(NEVER, { a: inspect$ }), scheduler }),
        '^-!',
      ).toBe('---');
      expectSubscriptions(inspect$.subscriptions).toBe('^-!');
    });
  });
});

describe('isMissing', () => {
  it.each([
    [new EngineError('x', 404), true],
    [new EngineError('x', 500), false],
    [new EngineError('x'), false],
    [{ status: 404 }, false],
  ])('for %p is %s', (error, missing) => {
    expect(isMissing(error)).toBe(missing);
  });
});
