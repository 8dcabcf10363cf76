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
    ['no containers', [], [], []],
    ['none that matters: none is inspected', [entry('a'), entry('b')], [], [listed('a'), listed('b')]],
    ['one by its name', [entry('a'), entry('b')], ['b-name'], [listed('a'), inspected('b')]],
    ['one by its id', [entry('abcdef012345'), entry('b')], ['abcdef012345'], [inspected('abcdef012345'), listed('b')]],
    ['one by the beginning of its id', [entry('abcdef0123456789')], ['abcdef012345'], [inspected('abcdef0123456789')]],
    ['none by fewer than twelve digits of its id', [entry('abcdef0123456789')], ['abcdef01234'], [listed('abcdef0123456789')]],
    ['one by its name in another case', [entry('a')], ['A-Name'], [inspected('a')]],
    ['one by its service', [entry('a', 'bridge', { [COMPOSE_SERVICE]: 'vpn' })], ['vpn'], [inspected('a')]],
    ['all that joined a network', [entry('a', 'container:x'), entry('b')], [], [inspected('a'), listed('b')]],
    ['what is no container among them', [null, 'x', entry('a'), {}], [], [listed('a')]],
  ])('%s', (_, list, references, containers) => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const engine = engineOf(cold('--(l|)', { l: list }));
      expectObservable(listing$(ask(...references), { engine, scheduler })).toBe('--(L|)', { L: listedAll(2, containers) });
    });
  }); // prettier-ignore

  it.each([
    ['gone meanwhile: not listed', gone$, []],
    ['cannot be inspected: still listed', throwError(() => new EngineError('broken', 500)), [listed('a')]],
    ['answers nonsense: still listed', of(Buffer.from('{"Id"')), [listed('a')]],
  ])('a container that is %s', (_, inspect, containers) => {
    marbles(({ expectObservable }, scheduler) => {
      const engine = engineOf(of([entry('a', 'container:x')]), { a: inspect });
      expectObservable(listing$(ask(), { engine, scheduler })).toBe('(L|)', { L: listedAll(0, containers) });
    });
  });

  it('a container whose inspection hangs is listed without details, after its bound', () => {
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
    ['what is no list', of({ message: 'x' }), '(F|)', 0, 'listing containers: the answer is no list'],
    ['a truncated body', of(Buffer.from('[{')), '(F|)', 0, 'listing containers: the answer is no list'],
    ['silence', NEVER, '10s (F|)', 10_000, 'listing containers: no answer within 10 s'],
  ])('fails on %s', (_, list, expected, at, reason) => {
    marbles(({ expectObservable }, scheduler) => {
      expectObservable(listing$(ask(), { engine: engineOf(list), scheduler })).toBe(expected, {
        F: { type: 'listingFailed', at, reason },
      });
    });
  });

  it('ends at the engine when unsubscribed, in the listing and in the inspections', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const [list$, inspect$] = [cold('---'), cold('---')];
      expectObservable(listing$(ask(), { engine: engineOf(list$), scheduler }), '^-!').toBe('---');
      const engine = engineOf(of([entry('a', 'container:x')]), { a: inspect$ });
      expectObservable(listing$(ask(), { engine, scheduler }), '^-!').toBe('---');
      expectSubscriptions(list$.subscriptions).toBe('^-!');
      expectSubscriptions(inspect$.subscriptions).toBe('^-!');
    });
  });

  it('inspects four at once', () => {
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
    ['found', of(answer('a')), '(E|)', found(0, inspected('a'))],
    ['none', gone$, '(E|)', found(0, undefined)],
    ['broken', throwError(() => new EngineError('broken', 500)), '(E|)', failed(0, 'broken')],
    ['nonsense', of('x'), '(E|)', failed(0, 'inspecting a: the answer is no container')],
    ['silent', NEVER, '10s (E|)', failed(10_000, 'inspecting a: no answer within 10 s')],
    ['empty', EMPTY, '|', undefined],
  ])('%s', (_, inspect, expected, E) => {
    marbles(({ expectObservable }, scheduler) => {
      const engine = engineOf(NEVER, { a: inspect });
      expectObservable(inspection$(REQUEST, { engine, scheduler })).toBe(expected, { E });
    });
  });

  it('ends at the engine when unsubscribed', () => {
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
  ])('%p: %s', (error, missing) => {
    expect(isMissing(error)).toBe(missing);
  });
});
