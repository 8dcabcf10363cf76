import { type Signal, next } from '../../../src/gateway/machine.ts';
import type { Gateway, Start } from '../../../src/model/gateway.ts';
import { type Edge, edgesOf, linesOf, rowsOf, sectionOf } from '../../machine-diagram.ts';

const NOW = 100_000;
const GLUETUN = { id: 'a'.repeat(64), name: 'gluetun' };
const FIRST = { engineMs: 1_000, text: 'the first run' };
const SECOND = { engineMs: 70_000, text: 'the second run' };

const START: Start = {
  seenAt: 5_000,
  startedAt: FIRST,
  tunnelShownAt: undefined,
  readyAt: undefined,
  unreadyRuns: 0,
  isLate: false,
};
const READY_START: Start = { ...START, tunnelShownAt: 8_000, readyAt: 9_000 };

/** A gateway in each state. If it has been seen at all, it was in its first run. */
const GATEWAYS = {
  unseen: { value: 'unseen' },
  absent: { value: 'absent' },
  down: { value: 'down', ...GLUETUN, since: 50_000, isLeft: false, run: FIRST.text, unreadyRuns: 0 },
  starting: { value: 'starting', ...GLUETUN, start: START },
  ready: { value: 'ready', ...GLUETUN, start: READY_START },
  paused: { value: 'paused', ...GLUETUN, start: START, wasReady: false },
  pausedReady: { value: 'paused', ...GLUETUN, start: READY_START, wasReady: true },
} as const satisfies Record<string, Gateway>;

const SIGNALS = {
  absent: { type: 'absent' },
  downFirst: { type: 'down', at: NOW, target: GLUETUN, run: FIRST.text, isCreated: false },
  downSecond: { type: 'down', at: NOW, target: GLUETUN, run: SECOND.text, isCreated: false },
  pausedFirst: { type: 'paused', at: NOW, target: GLUETUN, startedAt: FIRST },
  pausedSecond: { type: 'paused', at: NOW, target: GLUETUN, startedAt: SECOND },
  runningFirst: { type: 'running', at: NOW, target: GLUETUN, startedAt: FIRST, ageMs: 90_000 },
  runningSecond: { type: 'running', at: NOW, target: GLUETUN, startedAt: SECOND, ageMs: 20_000 },
  tunnelShown: { type: 'tunnelShown', at: NOW },
  provenReady: { type: 'provenReady', at: NOW },
  timeOver: { type: 'timeOver' },
} as const satisfies Record<string, Signal>;

type StateName = keyof typeof GATEWAYS;
type SignalName = keyof typeof SIGNALS;

const NOTHING = 'nothing';

interface Row {
  readonly state: StateName;
  readonly signal: SignalName;
  /** `NOTHING`: the signal does nothing in this state. */
  readonly target: Gateway['value'] | typeof NOTHING;
}

const TABLE: readonly Row[] = [
  { state: 'unseen', signal: 'absent', target: 'absent' },
  { state: 'unseen', signal: 'downFirst', target: 'down' },
  { state: 'unseen', signal: 'downSecond', target: 'down' },
  { state: 'unseen', signal: 'pausedFirst', target: 'paused' },
  { state: 'unseen', signal: 'pausedSecond', target: 'paused' },
  { state: 'unseen', signal: 'runningFirst', target: 'starting' },
  { state: 'unseen', signal: 'runningSecond', target: 'starting' },
  { state: 'unseen', signal: 'tunnelShown', target: NOTHING },
  { state: 'unseen', signal: 'provenReady', target: NOTHING },
  { state: 'unseen', signal: 'timeOver', target: NOTHING },
  { state: 'absent', signal: 'absent', target: NOTHING },
  { state: 'absent', signal: 'downFirst', target: 'down' },
  { state: 'absent', signal: 'downSecond', target: 'down' },
  { state: 'absent', signal: 'pausedFirst', target: 'paused' },
  { state: 'absent', signal: 'pausedSecond', target: 'paused' },
  { state: 'absent', signal: 'runningFirst', target: 'starting' },
  { state: 'absent', signal: 'runningSecond', target: 'starting' },
  { state: 'absent', signal: 'tunnelShown', target: NOTHING },
  { state: 'absent', signal: 'provenReady', target: NOTHING },
  { state: 'absent', signal: 'timeOver', target: NOTHING },
  { state: 'down', signal: 'absent', target: 'absent' },
  { state: 'down', signal: 'downFirst', target: NOTHING },
  { state: 'down', signal: 'downSecond', target: 'down' },
  { state: 'down', signal: 'pausedFirst', target: 'paused' },
  { state: 'down', signal: 'pausedSecond', target: 'paused' },
  { state: 'down', signal: 'runningFirst', target: 'starting' },
  { state: 'down', signal: 'runningSecond', target: 'starting' },
  { state: 'down', signal: 'tunnelShown', target: NOTHING },
  { state: 'down', signal: 'provenReady', target: NOTHING },
  { state: 'down', signal: 'timeOver', target: NOTHING },
  { state: 'starting', signal: 'absent', target: 'absent' },
  { state: 'starting', signal: 'downFirst', target: 'down' },
  { state: 'starting', signal: 'downSecond', target: 'down' },
  { state: 'starting', signal: 'pausedFirst', target: 'paused' },
  { state: 'starting', signal: 'pausedSecond', target: 'paused' },
  { state: 'starting', signal: 'runningFirst', target: NOTHING },
  { state: 'starting', signal: 'runningSecond', target: 'starting' },
  { state: 'starting', signal: 'tunnelShown', target: 'starting' },
  { state: 'starting', signal: 'provenReady', target: 'ready' },
  { state: 'starting', signal: 'timeOver', target: 'starting' },
  { state: 'ready', signal: 'absent', target: 'absent' },
  { state: 'ready', signal: 'downFirst', target: 'down' },
  { state: 'ready', signal: 'downSecond', target: 'down' },
  { state: 'ready', signal: 'pausedFirst', target: 'paused' },
  { state: 'ready', signal: 'pausedSecond', target: 'paused' },
  { state: 'ready', signal: 'runningFirst', target: NOTHING },
  { state: 'ready', signal: 'runningSecond', target: 'starting' },
  { state: 'ready', signal: 'tunnelShown', target: NOTHING },
  { state: 'ready', signal: 'provenReady', target: NOTHING },
  { state: 'ready', signal: 'timeOver', target: NOTHING },
  { state: 'paused', signal: 'absent', target: 'absent' },
  { state: 'paused', signal: 'downFirst', target: 'down' },
  { state: 'paused', signal: 'downSecond', target: 'down' },
  { state: 'paused', signal: 'pausedFirst', target: NOTHING },
  { state: 'paused', signal: 'pausedSecond', target: 'paused' },
  { state: 'paused', signal: 'runningFirst', target: 'starting' },
  { state: 'paused', signal: 'runningSecond', target: 'starting' },
  { state: 'paused', signal: 'tunnelShown', target: NOTHING },
  { state: 'paused', signal: 'provenReady', target: NOTHING },
  { state: 'paused', signal: 'timeOver', target: NOTHING },
  { state: 'pausedReady', signal: 'absent', target: 'absent' },
  { state: 'pausedReady', signal: 'downFirst', target: 'down' },
  { state: 'pausedReady', signal: 'downSecond', target: 'down' },
  { state: 'pausedReady', signal: 'pausedFirst', target: NOTHING },
  { state: 'pausedReady', signal: 'pausedSecond', target: 'paused' },
  { state: 'pausedReady', signal: 'runningFirst', target: 'ready' },
  { state: 'pausedReady', signal: 'runningSecond', target: 'starting' },
  { state: 'pausedReady', signal: 'tunnelShown', target: NOTHING },
  { state: 'pausedReady', signal: 'provenReady', target: NOTHING },
  { state: 'pausedReady', signal: 'timeOver', target: NOTHING },
];

const STATE_WORDS: Record<StateName, string> = {
  unseen: 'has not been looked for yet',
  absent: 'is absent',
  down: 'is down after its first run',
  starting: 'is starting its first run',
  ready: 'is ready in its first run',
  paused: 'was paused in its first run before it was ready',
  pausedReady: 'was paused in its first run when it was ready',
};

const SIGNAL_WORDS: Record<SignalName, string> = {
  absent: 'no container is the gateway',
  downFirst: 'it is seen down after its first run',
  downSecond: 'it is seen down after a second run',
  pausedFirst: 'it is seen paused in its first run',
  pausedSecond: 'it is seen paused in a second run',
  runningFirst: 'it is seen running in its first run',
  runningSecond: 'it is seen running in a second run',
  tunnelShown: 'its log shows the tunnel',
  provenReady: 'it is proven ready',
  timeOver: 'its time to become ready is over',
};

function outcomeWords({ state, target }: Row): string {
  if (target === NOTHING) return 'does nothing';
  return target === GATEWAYS[state].value ? `stays ${target} and records it` : `becomes ${target}`;
}

const after = (state: StateName, signal: SignalName): Gateway => next(GATEWAYS[state], SIGNALS[signal]);

const stateNames = Object.keys(GATEWAYS) as StateName[];
const signalNames = Object.keys(SIGNALS) as SignalName[];

describe.each(stateNames.map((state) => ({ state, words: STATE_WORDS[state] })))(
  'a gateway that $words',
  ({ state }) => {
    const rows = TABLE.filter((row) => row.state === state);
    it.each(rows.map((row) => ({ ...row, title: `${outcomeWords(row)} when ${SIGNAL_WORDS[row.signal]}` })))(
      '$title',
      ({ signal, target }) => {
        const result = after(state, signal);
        expect(result === GATEWAYS[state] ? NOTHING : result.value).toBe(target);
      },
    );
  },
);

/** Each member of the two unions; the compiler asks for a new one. */
const STATES: Record<Gateway['value'], true> = {
  unseen: true,
  absent: true,
  down: true,
  starting: true,
  ready: true,
  paused: true,
};
const SIGNAL_TYPES: Record<Signal['type'], true> = {
  absent: true,
  down: true,
  paused: true,
  running: true,
  tunnelShown: true,
  provenReady: true,
  timeOver: true,
};

const different = (names: readonly string[]): string[] => [...new Set(names)].sort();

describe('the table', () => {
  it('has one row for every state and every signal', () => {
    const pairs = TABLE.map(({ state, signal }) => `${state}, ${signal}`);
    expect(pairs.sort()).toEqual(
      stateNames.flatMap((state) => signalNames.map((signal) => `${state}, ${signal}`)).sort(),
    );
  });

  it('covers every state of the machine', () => {
    expect(different(stateNames.map((name) => GATEWAYS[name].value))).toEqual(Object.keys(STATES).sort());
  });

  it('covers every type of signal', () => {
    const types = different(signalNames.map((name) => SIGNALS[name].type));
    expect(types).toEqual(Object.keys(SIGNAL_TYPES).sort());
  });
});

describe('the section on the gateway in docs/machines.md', () => {
  const section = sectionOf('The gateway');

  it('draws the transitions that are in the table, and no others', () => {
    const edges = TABLE.flatMap(({ state, signal, target }): Edge[] =>
      target === NOTHING ? [] : [{ from: GATEWAYS[state].value, to: target, signal: SIGNALS[signal].type }],
    );
    expect(linesOf(edgesOf(section))).toEqual(different(linesOf(edges)));
  });

  it('explains every state and every type of signal', () => {
    expect(rowsOf(section).sort()).toEqual([...Object.keys(STATES), ...Object.keys(SIGNAL_TYPES)].sort());
  });
});

describe('a new run', () => {
  const fresh = (rest: Partial<Start> = {}): Start => ({
    seenAt: NOW,
    startedAt: SECOND,
    tunnelShownAt: undefined,
    readyAt: undefined,
    unreadyRuns: 0,
    isLate: false,
    ...rest,
  });

  it.each<{ state: StateName; unreadyRuns: number }>([
    { state: 'absent', unreadyRuns: 0 },
    { state: 'down', unreadyRuns: 0 },
    { state: 'starting', unreadyRuns: 1 },
    { state: 'ready', unreadyRuns: 0 },
    { state: 'paused', unreadyRuns: 1 },
    { state: 'pausedReady', unreadyRuns: 0 },
  ])('begins with nothing proven if the gateway was $state', ({ state, unreadyRuns }) => {
    const start = fresh({ unreadyRuns });
    expect(after(state, 'runningSecond')).toEqual({ value: 'starting', ...GLUETUN, start });
    expect(after(state, 'pausedSecond')).toEqual({ value: 'paused', ...GLUETUN, start, wasReady: false });
  });

  it('is given its real age if the monitor finds it running at its own start', () => {
    expect(after('unseen', 'runningSecond')).toEqual({
      value: 'starting',
      ...GLUETUN,
      start: fresh({ seenAt: NOW - 20_000 }),
    });
  });

  it('is counted from now if the monitor finds it paused at its own start', () => {
    expect(after('unseen', 'pausedSecond')).toMatchObject({ start: fresh() });
  });
});

describe('the count of runs that ended before they were ready', () => {
  const start = { ...START, unreadyRuns: 2 };
  const gateways: Record<StateName, Gateway> = {
    unseen: GATEWAYS.unseen,
    absent: GATEWAYS.absent,
    down: { ...GATEWAYS.down, unreadyRuns: 2 },
    starting: { ...GATEWAYS.starting, start },
    ready: { ...GATEWAYS.ready, start },
    paused: { ...GATEWAYS.paused, start },
    pausedReady: { ...GATEWAYS.pausedReady, start },
  };

  it.each<{ state: StateName; down: number; running: number }>([
    { state: 'unseen', down: 0, running: 0 },
    { state: 'absent', down: 0, running: 0 },
    { state: 'down', down: 3, running: 2 },
    { state: 'starting', down: 3, running: 3 },
    { state: 'ready', down: 0, running: 0 },
    { state: 'paused', down: 3, running: 3 },
    { state: 'pausedReady', down: 0, running: 0 },
  ])('is $down after the end of a run that was $state, $running in the next run', (row) => {
    const gateway = gateways[row.state];
    expect(next(gateway, SIGNALS.downSecond)).toMatchObject({ unreadyRuns: row.down });
    expect(next(gateway, SIGNALS.runningSecond)).toMatchObject({ start: { unreadyRuns: row.running } });
    expect(next(gateway, SIGNALS.pausedSecond)).toMatchObject({ start: { unreadyRuns: row.running } });
  });
});

describe('a gateway that is starting', () => {
  it('remembers when its log first showed the tunnel', () => {
    const shown = next(GATEWAYS.starting, { type: 'tunnelShown', at: 60_000 });
    expect(shown).toEqual({ ...GATEWAYS.starting, start: { ...START, tunnelShownAt: 60_000 } });
    expect(next(shown, SIGNALS.tunnelShown)).toBe(shown);
  });

  it('is reported late only once', () => {
    const late = after('starting', 'timeOver');
    expect(late).toEqual({ ...GATEWAYS.starting, start: { ...START, isLate: true } });
    expect(next(late, SIGNALS.timeOver)).toBe(late);
  });

  it('is no longer late once it is ready, and its earlier runs no longer count', () => {
    const start = { ...START, tunnelShownAt: 60_000, unreadyRuns: 2, isLate: true };
    expect(next({ ...GATEWAYS.starting, start }, SIGNALS.provenReady)).toEqual({
      value: 'ready',
      ...GLUETUN,
      start: { ...START, tunnelShownAt: 60_000, readyAt: NOW },
    });
  });
});

describe('a gateway that is paused', () => {
  it.each<{ state: StateName; start: Start; wasReady: boolean }>([
    { state: 'starting', start: START, wasReady: false },
    { state: 'ready', start: READY_START, wasReady: true },
  ])('keeps its run and remembers that it was $state', ({ state, start, wasReady }) => {
    expect(after(state, 'pausedFirst')).toEqual({ value: 'paused', ...GLUETUN, start, wasReady });
  });

  it('is ready from the moment it runs again, so earlier failures do not count', () => {
    const start = { ...READY_START, readyAt: NOW };
    expect(after('pausedReady', 'runningFirst')).toEqual({ value: 'ready', ...GLUETUN, start });
  });

  it('continues to start when it runs again, with the time it had left', () => {
    expect(after('paused', 'runningFirst')).toEqual(GATEWAYS.starting);
  });
});

describe('a gateway that is down', () => {
  const created = (at: number): Signal => ({ ...SIGNALS.downFirst, at, isCreated: true });

  it('is down since the moment it is seen down', () => {
    expect(after('ready', 'downFirst')).toEqual({ ...GATEWAYS.down, since: NOW });
  });

  it('does not count as left unstarted when first seen, even if it was only created', () => {
    expect(next(GATEWAYS.absent, created(NOW))).toMatchObject({ isLeft: false });
  });

  it('counts as left unstarted if nobody has started it ten seconds after it was created', () => {
    const { down } = GATEWAYS;
    expect(next(down, created(down.since + 9_999))).toBe(down);
    const left = next(down, created(down.since + 10_000));
    expect(left).toEqual({ ...down, isLeft: true });
    expect(next(left, created(down.since + 10_001))).toBe(left);
  });

  it('does not count as left unstarted if it has run, however long ago', () => {
    expect(next(GATEWAYS.down, { ...SIGNALS.downFirst, at: 1_000_000_000 })).toBe(GATEWAYS.down);
  });
});

describe('a gateway that was renamed', () => {
  const target = { ...GLUETUN, name: 'vpn' };

  it.each<{ state: StateName; signal: Signal }>([
    { state: 'down', signal: { ...SIGNALS.downFirst, target } },
    { state: 'starting', signal: { ...SIGNALS.runningFirst, target } },
    { state: 'ready', signal: { ...SIGNALS.runningFirst, target } },
  ])('stays $state under its new name', ({ state, signal }) => {
    expect(next(GATEWAYS[state], signal)).toEqual({ ...GATEWAYS[state], name: 'vpn' });
  });

  it('keeps its new name when it is unpaused', () => {
    const signal = { ...SIGNALS.runningFirst, target };
    expect(next(GATEWAYS.paused, signal)).toMatchObject({ value: 'starting', name: 'vpn' });
    expect(next(GATEWAYS.pausedReady, signal)).toMatchObject({ value: 'ready', name: 'vpn' });
  });
});

describe("another container that takes the gateway's place", () => {
  const target = { id: 'b'.repeat(64), name: 'gluetun' };
  const looks: readonly Signal[] = [
    { ...SIGNALS.downFirst, target },
    { ...SIGNALS.pausedFirst, target },
    { ...SIGNALS.runningFirst, target },
  ];

  it.each<StateName>(['down', 'starting', 'ready', 'paused', 'pausedReady'])(
    'inherits nothing from a gateway that was %s',
    (state) => {
      expect(looks.map((look) => next(GATEWAYS[state], look))).toEqual(
        looks.map((look) => next(GATEWAYS.absent, look)),
      );
    },
  );
});
