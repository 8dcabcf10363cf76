import * as v from 'valibot';
import type { GatewayStatus } from '../../../src/status/schema.ts';
import { statusSchema } from '../../../src/status/schema.ts';
import {
  type Mark,
  boxesOf,
  byDay,
  dayOf,
  fold,
  isEntry,
  isNews,
  sentenceOf,
  sparkOf,
  stepsOf,
  worstFirst,
} from '../../../src/page/view.ts';
import { counted, exactly, lasting, latency, share } from '../../../src/page/words.ts';
import { SCENES, madeUp } from '../../lab/page/made-up.ts';

const NOW = Date.parse('2026-06-15T12:00:00Z');
const HOUR = 3_600_000;

describe('what is made up to look at the page', () => {
  it.each(SCENES)('is what the monitor may show: %s', (scene) => {
    const { status } = madeUp(scene, NOW);
    expect(v.parse(statusSchema, status)).toEqual(status);
  });
});

describe('what is shown of many', () => {
  const of = (text: string): readonly Mark[] =>
    Array.from(text).map(
      (letter) =>
        (({ t: 'trouble', b: 'busy', u: 'unknown', q: 'quiet', w: 'well' }) as const)[letter] ?? 'well',
    );
  const itself = (mark: Mark): Mark => mark;

  it.each([
    { all: 'wwww', shown: 4, folded: 0 },
    { all: 'wwwwwwww', shown: 8, folded: 0 },
    { all: 'w'.repeat(200), shown: 3, folded: 197 },
    { all: `tbu${'w'.repeat(60)}`, shown: 6, folded: 57 },
    { all: `t${'q'.repeat(20)}`, shown: 4, folded: 17 },
    { all: 't'.repeat(200), shown: 24, folded: 176, isWell: false },
    { all: '', shown: 0, folded: 0 },
  ])('is all that is not well, and a few well ones: $all', ({ all, shown, folded, isWell = true }) => {
    const result = fold(of(all), itself);
    expect([result.shown.length, result.folded.length, result.areFoldedWell]).toEqual([
      shown,
      folded,
      isWell,
    ]);
  });

  it('begins with the worst, and keeps the order of equals', () => {
    const marks = Array.from('wtqbuwt', (letter, index) => ({ mark: of(letter)[0] ?? 'well', index }));
    expect(worstFirst(marks, ({ mark }) => mark).map(({ index }) => index)).toEqual([1, 6, 3, 4, 2, 0, 5]);
  });
});

describe('a box', () => {
  it('is for what needs a person, one for each thing to do', () => {
    const boxes = boxesOf(madeUp('trouble', NOW).status);
    expect(boxes.map(({ sentences, isCritical }) => [sentences.length, isCritical])).toEqual([
      [0, true],
      [1, false],
      [5, false],
    ]);
  });

  it('is not for what a recovery is mending', () => {
    expect(boxesOf(madeUp('recovery', NOW).status)).toEqual([]);
  });
});

describe('the steps of a recovery', () => {
  type Step = NonNullable<GatewayStatus['recovery']>['steps'][number]['step'];
  const shown = (steps: readonly Step[], dependents = 1) => {
    const [gateway] = madeUp('recovery', NOW).status.gateways;
    if (gateway?.recovery == null) throw new Error('no recovery is under way');
    const taken = steps.map((step, index) => ({
      step,
      began: '',
      seconds: index === steps.length - 1 ? null : 1,
    }));
    return stepsOf({
      ...gateway,
      dependents_total: dependents,
      recovery: { ...gateway.recovery, steps: taken },
    }).map(({ text, mark }) => `${mark}: ${text}`);
  };

  it.each<{ steps: readonly Step[]; then: readonly string[]; dependents?: number }>([
    { steps: ['restartingVpn'], then: ['busy: Reconnecting the VPN', 'next: A check that passes'] },
    {
      steps: ['restartingVpn', 'verifyingVpn'],
      then: ['well: VPN reconnected', 'busy: Waiting for a check that passes'],
    },
    {
      steps: ['restartingVpn', 'verifyingVpn', 'restarting'],
      then: [
        'well: VPN reconnected',
        'trouble: No check passed',
        'busy: Restarting the gateway',
        'next: Wait until it is ready',
        'next: A check that passes',
        'next: Put its containers back',
      ],
    },
    {
      steps: ['restartingVpn', 'restarting'],
      dependents: 0,
      then: [
        'trouble: VPN not reconnected',
        'busy: Restarting the gateway',
        'next: Wait until it is ready',
        'next: A check that passes',
      ],
    },
    {
      steps: ['restarting', 'awaitingReady', 'verifying', 'listing'],
      then: [
        'well: Gateway restarted',
        'well: Gateway ready',
        'well: Checked',
        'busy: Looking for its containers',
        'next: Put its containers back',
      ],
    },
  ])('are $then', ({ steps, then, dependents }) => expect(shown(steps, dependents)).toEqual(then));
});

describe('the day', () => {
  it('shows an outage of a second', () => {
    const tunnel = [
      [NOW - 30 * HOUR, 'up'],
      [NOW - 2 * HOUR, 'down'],
      [NOW - 2 * HOUR + 1_000, 'up'],
    ] as const;
    const { slots, outages, upShare, from } = dayOf({ tunnel }, NOW - 30 * HOUR, NOW);
    expect(slots).toHaveLength(96);
    expect(slots.filter(({ state }) => state === 'down')).toHaveLength(1);
    expect(slots.filter(({ state }) => state === 'up')).toHaveLength(94);
    expect(outages).toBe(1);
    expect(upShare).toBeCloseTo(1 - 1_000 / (23.75 * HOUR), 6);
    expect(from).toBe(NOW - 23.75 * HOUR);
  });

  it('knows nothing of the time before', () => {
    const { slots, upShare } = dayOf({ tunnel: [[NOW - HOUR, 'unknown']] }, NOW - HOUR, NOW);
    expect(slots.filter(({ state }) => state === 'none')).toHaveLength(96 - 4);
    expect(upShare).toBeUndefined();
  });
});

describe('a small line', () => {
  const box = { width: 30, height: 10, most: 4 };

  it('ends at the right, and has a gap for each check without an answer', () => {
    expect(sparkOf([0.1, null, 0.1], box)).toEqual({ lines: ['10.0,2.0', '30.0,2.0'], gaps: [20] });
  });

  it('is not made flat by one slow answer', () => {
    const [line = ''] = sparkOf([0.1, 0.1, 0.1, 9], box).lines;
    expect(line).toBe('0.0,6.5 10.0,6.5 20.0,6.5 30.0,2.0');
  });

  it('is none without answers', () => expect(sparkOf([], box)).toEqual({ lines: [], gaps: [] }));
});

describe('the timeline', () => {
  const entry = (time: string) => ({ time, kind: 'siteUp', level: 'info', message: 'x' });

  it('has the newest first, by day', () => {
    const days = byDay([
      entry('2026-06-13T12:00:00Z'),
      entry('2026-06-14T11:00:00Z'),
      entry('2026-06-14T12:00:00Z'),
    ]);
    expect(days.map((day) => day.map(({ time }) => time.slice(8, 13)))).toEqual([
      ['14T12', '14T11'],
      ['13T12'],
    ]);
  });

  it('leaves out what another sentence tells, too', () => {
    const kinds = [
      { kind: 'recoveryBegun' },
      { kind: 'endpoint', status: 'FAILING' },
      { kind: 'endpoint', status: 'NEW' },
      { kind: 'recoveryHeldBack' },
    ];
    expect(kinds.map((more) => isNews({ ...entry(''), ...more }))).toEqual([false, false, true, true]);
  });

  it('leaves out what is no entry', () => {
    expect([entry(''), {}, { time: '', message: 3, level: '', kind: '' }].filter(isEntry)).toHaveLength(1);
  });

  it.each([
    { more: { city: 'Oslo', ip: '192.0.2.1' }, then: 'Exit: Oslo, 192.0.2.1' },
    { more: {}, then: 'Exit: unknown' },
  ])('has an exit in plain words: $then', ({ more, then }) => {
    expect(sentenceOf({ ...entry(''), kind: 'endpoint', ...more })).toBe(then);
  });
});

describe('words', () => {
  it.each([
    [lasting(-3), '0 s'],
    [lasting(59.9), '59 s'],
    [lasting(60), '1 min'],
    [lasting(3_600), '1 h'],
    [lasting(47 * 3_600), '47 h'],
    [lasting(48 * 3_600), '2 days'],
    [exactly(0.38), '0.4 s'],
    [exactly(31), '31 s'],
    [latency(null), '–'],
    [latency(0.0414), '41 ms'],
    [latency(2.345), '2.3 s'],
    [share(1), '100 %'],
    [share(0.99999), '99.99 %'],
    [share(0.9994), '99.94 %'],
    [share(0.5), '50 %'],
    [counted(1, 'outage'), '1 outage'],
    [counted(0, 'outage'), '0 outages'],
  ])('say %s', (said, then) => expect(said).toBe(then));
});
