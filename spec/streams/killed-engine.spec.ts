import { NEVER, type Observable, of, throwError } from 'rxjs';
import { endedByKilledEngine$ } from '../../streams/killed-engine.ts';
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

describe('endedByKilledEngine$', () => {
  it.each<{
    given: string;
    info?: Observable<unknown>;
    past: Observable<Uint8Array>;
    then: readonly string[];
  }>([
    { given: 'an end without a start', past: said([...stopped('a'), ...stopped('b')]), then: ['a', 'b'] },
    { given: 'an end after a start', past: said([line('start', 'a'), ...stopped('a')]), then: [] },
    { given: 'an end of one just created', past: said([line('create', 'a'), ...stopped('a')]), then: [] },
    { given: 'an end, and a start since', past: said([...stopped('a'), line('start', 'a')]), then: [] },
    {
      given: 'an end, a start, and a stop',
      past: said([...stopped('a'), line('start', 'a'), ...stopped('a')]),
      then: [],
    },
    { given: 'an end, and a removal since', past: said([...stopped('a'), line('destroy', 'a')]), then: [] },
    {
      given: 'an end, and one of what was thawed to hear the signal',
      past: said([line('kill', 'a'), line('unpause', 'a'), ...stopped('b'), line('die', 'a')]),
      then: ['b', 'a'],
    },
    {
      given: 'an end after one of what is removed at its end',
      past: said([...stopped('a'), line('destroy', 'a'), ...stopped('b')]),
      then: ['b'],
    },
    {
      given: 'an end after somebody resumed one',
      past: said([line('unpause', 'b'), ...stopped('a')]),
      then: [],
    },
    {
      given: 'an end after somebody removed one',
      past: said([line('kill', 'a'), line('destroy', 'b'), ...stopped('c')]),
      then: [],
    },
    { given: 'a signal that ended nothing', past: said([line('kill', 'a')]), then: [] },
    {
      given: 'an end after something that was asked for',
      past: said([...noise(1), ...stopped('a')]),
      then: [],
    },
    { given: 'an end after a start of another', past: said([line('start', 'b'), ...stopped('a')]), then: [] },
    {
      given: 'ends, and what goes with them',
      past: said([
        ...stopped('a'),
        line('disconnect', 'n', 'network'),
        line('unmount', 'v', 'volume'),
        ...stopped('b'),
        ...noise(2),
      ]),
      then: ['a', 'b'],
    },
    { given: 'one that ended twice', past: said([...stopped('a'), line('die', 'a')]), then: ['a'] },
    { given: 'nothing', past: of(), then: [] },
    { given: 'something else that died', past: said([line('die', 'a', 'plugin')]), then: [] },
    { given: 'garbage', past: said(['{"Type":', '', 'null', ...stopped('a')]), then: ['a'] },
    { given: 'as much as is not forgotten', past: said([...stopped('a'), ...noise(252)]), then: ['a'] },
    {
      given: 'so much that something may be forgotten',
      past: said([...stopped('a'), ...noise(253)]),
      then: [],
    },
    {
      given: 'an end, of an engine that leaves running what runs',
      info: of({ LiveRestoreEnabled: true, SystemTime: '2026-11-25T16:00:00.5Z' }),
      past: said(stopped('a')),
      then: [],
    },
    { given: 'an end, of an engine that does not say', info: of({}), past: said(stopped('a')), then: [] },
    {
      given: 'an end, and settings that may not be read',
      info: refused$,
      past: said(stopped('a')),
      then: [],
    },
    { given: 'a refusal', past: refused$, then: [] },
  ])('of $given names $then', ({ info = WITHOUT, past, then }) => {
    marbles(({ expectObservable }, scheduler) => {
      const engine = { info: () => info, pastEvents: () => past };
      const letters = Object.fromEntries(then.map((name) => [name, endedByEngine(name)]));
      expectObservable(endedByKilledEngine$(engine, scheduler)).toBe(
        then.length === 0 ? '|' : `(${then.join('')}|)`,
        letters,
      );
    });
  });

  it("asks for what was until now by the engine's clock, not by its own", () => {
    const asked: string[] = [];
    marbles(({ expectObservable }, scheduler) => {
      const pastEvents = (until: string): Observable<Uint8Array> => {
        asked.push(until);
        return said(stopped('a'));
      };
      expectObservable(endedByKilledEngine$({ info: () => WITHOUT, pastEvents }, scheduler)).toBe('(a|)', {
        a: endedByEngine('a'),
      });
    });
    expect(asked).toEqual(['1795622400.500000000']);
  });

  it.each([
    { given: 'settings', engine: { info: () => NEVER, pastEvents: () => NEVER } },
    { given: 'past', engine: { info: () => WITHOUT, pastEvents: () => NEVER } },
  ])('does not wait for ever for its $given', ({ engine }) => {
    marbles(({ expectObservable }, scheduler) => {
      expectObservable(endedByKilledEngine$(engine, scheduler)).toBe('5s |');
    });
  });
});
