import { Bench } from './bench.ts';
import { toJsonLine } from './events.ts';
import type { EngineEvent, EventQuery } from './events.ts';
import { eventFilter, parseFilters } from './filters.ts';

function listen(bench: Bench, query: EventQuery = {}): { readonly heard: EngineEvent[]; ended: boolean } {
  const listener = { heard: [] as EngineEvent[], ended: false };
  bench.engine.events.stream(query).subscribe({
    next: (event) => listener.heard.push(event),
    complete: () => (listener.ended = true),
  });
  return listener;
}

const filtered = (filters: object): EventQuery => ({
  matches: eventFilter(parseFilters(JSON.stringify(filters))),
});

const actions = ({ heard }: { readonly heard: readonly EngineEvent[] }): readonly string[] =>
  heard.map(({ action }) => action);

describe('the memory of the engine', () => {
  it('is asked for what came from an instant on', () => {
    const bench = new Bench();
    bench.does(bench.engine.rename('app', 'one'));
    const [renamed] = listen(bench, { since: 0n, ...filtered({ event: ['rename'] }) }).heard;
    bench.does(bench.engine.rename('one', 'two'));

    const fromThere = listen(bench, { since: renamed?.at, ...filtered({ event: ['rename'] }) });
    const fromThen = listen(bench, { since: (renamed?.at ?? 0n) + 1n, ...filtered({ event: ['rename'] }) });
    expect(fromThere.heard.map(({ attributes }) => attributes['name'])).toEqual(['one', 'two']);
    expect(fromThen.heard.map(({ attributes }) => attributes['name'])).toEqual(['two']);
  });

  it('holds 256 events, exec noise included', () => {
    const bench = new Bench();
    bench.does(bench.engine.rename('app', 'long-ago'));
    bench.advance(120_000);

    const all = listen(bench, { since: 0n });
    expect(all.heard).toHaveLength(256);
    expect(actions(all)).not.toContain('rename');
  });

  it('is not asked without since: only what happens from now on', () => {
    const bench = new Bench();
    const listener = listen(bench);
    expect(listener.heard).toEqual([]);
    bench.does(bench.engine.rename('app', 'one'));
    expect(actions(listener)).toEqual(['rename']);
  });
});

describe('the end of a stream', () => {
  it('is at once when until has passed', () => {
    expect(listen(new Bench(), { until: 1n }).ended).toBe(true);
  });

  it('comes when until comes', () => {
    const bench = new Bench();
    const listener = listen(bench, { until: BigInt(bench.scheduler.frame + 500) * 1_000_000n });
    bench.advance(400);
    expect(listener.ended).toBe(false);
    bench.advance(200);
    expect(listener.ended).toBe(true);
  });
});

describe('filters', () => {
  it.each([
    ['every action whole', { event: ['start'] }, ['start', 'start']],
    ['health by its name alone', { event: ['health_status'] }, ['health_status: healthy']],
    ['health by its value', { event: ['health_status: healthy'] }, ['health_status: healthy']],
    ['no health by another value', { event: ['health_status: unhealthy'] }, []],
    ['a beginning of no action, unless there is a health_status', { event: ['sta'] }, []],
    [
      'any beginning of an action, once there is one',
      { event: ['sta', 'health_status'] },
      ['start', 'health_status: healthy', 'start'],
    ],
    ['the older spelling', { event: { restart: true } }, ['restart', 'restart']],
    ['an unknown key is ignored', { bogus: ['x'], event: ['die'] }, ['die', 'die']],
  ])('%s', (_, filters, expected) => {
    const bench = new Bench();
    const listener = listen(bench, filtered(filters));
    bench.does(bench.engine.restart('gluetun'));
    bench.advance(1500);
    bench.does(bench.engine.restart('app'));
    expect(actions(listener)).toEqual(expected);
  });

  it('match a container by the beginning of its name', () => {
    const bench = new Bench();
    bench.engine.create({ name: 'gluetun2' });
    const listener = listen(bench, filtered({ container: ['gluetun'], event: ['start'] }));
    bench.does(bench.engine.start('gluetun2'));
    expect(listener.heard).toHaveLength(1);
  });

  it('match labels, with or without a value', () => {
    const bench = new Bench();
    bench.engine.create({ name: 'labelled', labels: { colour: 'red' } });
    const heard = [['colour'], ['colour=red'], ['colour=blue']].map((label) =>
      listen(bench, filtered({ label })),
    );
    bench.does(bench.engine.start('labelled'));
    expect(heard.map(actions)).toEqual([['start'], ['start'], []]);
  });

  it('keep network events away', () => {
    const bench = new Bench();
    const all = listen(bench);
    const containers = listen(bench, filtered({ type: ['container'] }));
    bench.does(bench.engine.restart('gluetun'));
    expect(actions(all)).toEqual(['kill', 'die', 'disconnect', 'stop', 'connect', 'start', 'restart']);
    expect(actions(containers)).toEqual(['kill', 'die', 'stop', 'start', 'restart']);
  });
});

describe('a line of the stream', () => {
  it('carries the nanoseconds digit by digit', () => {
    const event = {
      type: 'container',
      action: 'die',
      id: 'x',
      attributes: { image: 'i' },
      at: 1_795_366_204_440_534_697n,
    };
    const line = toJsonLine(event as EngineEvent);
    expect(line).toMatch(/"time":1795366204,"timeNano":1795366204440534697}\n$/);
  });

  it('may be lost without a word, and is remembered all the same', () => {
    const bench = new Bench();
    bench.engine.events.loses = ({ action }) => action === 'die';
    const live = listen(bench, filtered({ event: ['die', 'stop'] }));
    bench.does(bench.engine.stop('app'));
    expect(actions(live)).toEqual(['stop']);
    expect(actions(listen(bench, { since: 0n, ...filtered({ event: ['die'] }) }))).toEqual(['die']);
  });
});
