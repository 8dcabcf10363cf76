import { NEVER, type Observable, of, throwError } from 'rxjs';
import { engineInfo$ } from '../../streams/engine-info.ts';
import { EngineError } from '../../streams/engine.ts';
import { marbles, text } from './marbles.ts';

const line = (action: string, id: string, type = 'container'): string =>
  JSON.stringify({ Type: type, Action: action, Actor: { ID: id, Attributes: {} }, timeNano: 1 });

const said = (lines: readonly string[]): Observable<Uint8Array> => of(text(`${lines.join('\n')}\n`));
const stopped = (id: string): readonly string[] => [line('kill', id), line('die', id), line('stop', id)];
const noise = (count: number): readonly string[] =>
  Array.from({ length: count }, () => line('exec_start: true', 'other'));

const WITHOUT = of({ LiveRestoreEnabled: false, SystemTime: '2026-11-25T16:00:00.5Z' });
const refused$ = throwError(() => new EngineError('forbidden', 403));

const endedByEngine = (id: string) => ({ type: 'containerEndedByEngine', at: 0, id });

describe('engineInfo$, of containers that a killed engine has ended,', () => {
  it.each<{
    given: string;
    info?: Observable<unknown>;
    past: Observable<Uint8Array>;
    then: readonly string[];
  }>([
    {
      given: 'an exit without a start since',
      past: said([...stopped('a'), ...stopped('b')]),
      then: ['a', 'b'],
    },
    { given: 'an exit after a start', past: said([line('start', 'a'), ...stopped('a')]), then: [] },
    {
      given: 'an exit of a container that was just created',
      past: said([line('create', 'a'), ...stopped('a')]),
      then: [],
    },
    { given: 'an exit followed by a start', past: said([...stopped('a'), line('start', 'a')]), then: [] },
    {
      given: 'an exit followed by a start and a stop',
      past: said([...stopped('a'), line('start', 'a'), ...stopped('a')]),
      then: [],
    },
    { given: 'an exit followed by a removal', past: said([...stopped('a'), line('destroy', 'a')]), then: [] },
    {
      given: 'an exit, and one of a container that was unpaused to receive the signal',
      past: said([line('kill', 'a'), line('unpause', 'a'), ...stopped('b'), line('die', 'a')]),
      then: ['b', 'a'],
    },
    {
      given: 'an exit after that of a container removed on exit (--rm)',
      past: said([...stopped('a'), line('destroy', 'a'), ...stopped('b')]),
      then: ['b'],
    },
    {
      given: 'an exit after somebody unpaused a container',
      past: said([line('unpause', 'b'), ...stopped('a')]),
      then: [],
    },
    {
      given: 'an exit after somebody removed a container',
      past: said([line('kill', 'a'), line('destroy', 'b'), ...stopped('c')]),
      then: [],
    },
    { given: 'a signal without an exit', past: said([line('kill', 'a')]), then: [] },
    {
      given: 'an exit after a requested action',
      past: said([...noise(1), ...stopped('a')]),
      then: [],
    },
    {
      given: 'an exit after a start of another container',
      past: said([line('start', 'b'), ...stopped('a')]),
      then: [],
    },
    {
      given: 'exits, with the network and volume events around them',
      past: said([
        ...stopped('a'),
        line('disconnect', 'n', 'network'),
        line('unmount', 'v', 'volume'),
        ...stopped('b'),
        ...noise(2),
      ]),
      then: ['a', 'b'],
    },
    { given: 'two exits of one container', past: said([...stopped('a'), line('die', 'a')]), then: ['a'] },
    { given: 'no events', past: of(), then: [] },
    {
      given: 'an exit of something other than a container',
      past: said([line('die', 'a', 'plugin')]),
      then: [],
    },
    {
      given: 'invalid lines and an exit',
      past: said(['{"Type":', '', 'null', ...stopped('a')]),
      then: ['a'],
    },
    {
      given: 'as many events as the engine remembers',
      past: said([...stopped('a'), ...noise(252)]),
      then: ['a'],
    },
    {
      given: 'so many events that the engine may have forgotten some',
      past: said([...stopped('a'), ...noise(253)]),
      then: [],
    },
    {
      given: 'an exit on an engine with live restore',
      info: of({ LiveRestoreEnabled: true, SystemTime: '2026-11-25T16:00:00.5Z' }),
      past: said(stopped('a')),
      then: [],
    },
    {
      given: 'an exit on an engine that does not say whether it has live restore',
      info: of({}),
      past: said(stopped('a')),
      then: [],
    },
    {
      given: 'an exit on an engine that refuses to show its settings',
      info: refused$,
      past: said(stopped('a')),
      then: [],
    },
    { given: 'events that the engine refuses to show', past: refused$, then: [] },
  ])('for $given reports $then', ({ info = WITHOUT, past, then }) => {
    marbles(({ expectObservable }, scheduler) => {
      const engine = { info: () => info, pastEvents: () => past };
      const letters = Object.fromEntries(then.map((name) => [name, endedByEngine(name)]));
      expectObservable(engineInfo$(engine, scheduler)).toBe(
        then.length === 0 ? '|' : `(${then.join('')}|)`,
        letters,
      );
    });
  });

  it("requests events until now by the engine's clock, not by its own", () => {
    const asked: string[] = [];
    marbles(({ expectObservable }, scheduler) => {
      const pastEvents = (until: string): Observable<Uint8Array> => {
        asked.push(until);
        return said(stopped('a'));
      };
      expectObservable(engineInfo$({ info: () => WITHOUT, pastEvents }, scheduler)).toBe('(a|)', {
        a: endedByEngine('a'),
      });
    });
    expect(asked).toEqual(['1795622400.500000000']);
  });

  it.each([
    { given: 'settings', engine: { info: () => NEVER, pastEvents: () => NEVER } },
    { given: 'past events', engine: { info: () => WITHOUT, pastEvents: () => NEVER } },
  ])("gives up waiting for the engine's $given", ({ engine }) => {
    marbles(({ expectObservable }, scheduler) => {
      expectObservable(engineInfo$(engine, scheduler)).toBe('5s |');
    });
  });
});
