import { isDeepStrictEqual } from 'node:util';
import type { Event } from '../../../streams/events.ts';
import type * as stagesModule from '../../../src/loop/stages.ts';
import { STAGES, type StageName } from '../../../src/model/concern.ts';
import type { Everything } from '../../../src/model/state.ts';
import type { Reducer, Transition } from '../../../src/model/transition.ts';
import { draw } from '../../lab/histories/draw.ts';
import { play } from '../../lab/histories/play.ts';
import {
  asked,
  checkFailed,
  checkPassed,
  inspectedAs,
  listedAgain,
  minutes,
  onGateway,
  restartBegun,
  restartEnded,
  restartFailed,
  restartMessages,
  seconds,
  succeeded,
  turned,
} from '../builders.ts';
import { settled } from '../history.ts';

type Look = (state: Everything, event: Event, result: Transition<Everything>) => void;

const looks: Look[] = [];

jest.mock('../../../src/loop/stages.ts', () => {
  const real = jest.requireActual<typeof stagesModule>('../../../src/loop/stages.ts');
  const pass: typeof real.pass = (state, event) => {
    const result = real.pass(state, event);
    looks.forEach((look) => look(state, event, result));
    return result;
  };
  return { ...real, pass };
});

const { CONCERNS, through } = jest.requireActual<typeof stagesModule>('../../../src/loop/stages.ts');

const HOURS = 4;
/** Of the first forty, those that meet something in which the order of two stages matters. */
const SEEDS = [1, 3, 7, 15, 16, 18];

/** Looks at each event that whole monitors reduce, in some random hours and in one story that those hardly ever meet. */
function lookingOn(look: Look): void {
  looks.push(look);
  for (const seed of SEEDS) expect(play(draw(seed, HOURS)).violations).toEqual([]);
  aRecoveryWhoseLastOutcomeComesLate();
  requestsOfTheOperator();
  looks.length = 0;
}

/** The one dependent is due again when the other's outcome ends the wave, and with it the recovery. */
function aRecoveryWhoseLastOutcomeComesLate(): void {
  settled([onGateway('one'), onGateway('other')])
    .feed(seconds(30), checkFailed(), seconds(10), checkFailed(), seconds(1))
    .feed(restartMessages('gluetun'), inspectedAs('gluetun', { health: 'starting' }), succeeded())
    .feed(seconds(5), turned('gluetun', 'healthy'), checkPassed(), listedAgain())
    .feed(restartBegun('one'), restartBegun('other'), restartFailed('one'))
    .feed(seconds(6), restartEnded('other'), succeeded())
    .expectLine(/^Recovery ended/);
}

function requestsOfTheOperator(): void {
  settled([onGateway('one')], { settings: { vpnRestartDependents: ['one'] } })
    .feed(asked('reconnect'), seconds(6), succeeded(), checkPassed(), restartEnded('one'), succeeded())
    .feed(asked('pause', { gateway: 'GLUETUN' }), asked('reconnect'), seconds(30), checkFailed())
    .feed(seconds(10), checkFailed(), asked('resume', { gateway: 'other' }), asked('resume'))
    .feed(asked('recover'), restartMessages('gluetun'), inspectedAs('gluetun', { health: 'starting' }))
    .feed(succeeded(), seconds(5), turned('gluetun', 'healthy'), checkPassed(), listedAgain())
    .feed(asked('reconnect'), restartEnded('one'), succeeded(), seconds(1), asked('pause'), minutes(31))
    .expectLine(/^Recovery complete/);
}

const isSame = (one: Transition<Everything>, other: Transition<Everything>): boolean =>
  Object.keys(one.state).every((key) => isSamePart(one.state, other.state, key as keyof Everything)) &&
  isSameSet(one.requests, other.requests) &&
  isSameSet(one.notices, other.notices);

const isSamePart = (one: Everything, other: Everything, key: keyof Everything): boolean =>
  one[key] === other[key] || isDeepStrictEqual(one[key], other[key]);

/** In whatever order: it is the order that was changed. */
const isSameSet = (some: readonly unknown[], others: readonly unknown[]): boolean =>
  some.length === others.length && (some.length === 0 || isDeepStrictEqual(sorted(some), sorted(others)));

const sorted = (values: readonly unknown[]): readonly string[] =>
  values.map((value) => JSON.stringify(value)).sort();

type Order = <T>(concerns: readonly T[]) => readonly T[];

/** The same stages in the same order, each with its concerns in another order. */
const reordered = (order: Order): Reducer<Everything> => {
  const change = (all: object = {}): object => Object.fromEntries(order(Object.entries(all)));
  return through(
    Object.fromEntries(
      Object.entries(CONCERNS as Record<StageName, { shared?: object; ofGateway?: object }>).map(
        ([name, { shared, ofGateway }]) => [name, { shared: change(shared), ofGateway: change(ofGateway) }],
      ),
    ) as unknown as typeof CONCERNS,
  );
};

const backwards: Order = (concerns) => concerns.toReversed();

const middleFirst: Order = (concerns) => {
  const half = Math.floor(concerns.length / 2);
  return [...concerns.slice(half), ...concerns.slice(0, half)];
};

const swapped = (index: number): readonly StageName[] =>
  STAGES.map(
    (name, at) => (at === index ? STAGES[index + 1] : at === index + 1 ? STAGES[index] : name) ?? name,
  );

describe('the stages of the reducer', () => {
  const otherOrders = { backwards: reordered(backwards), middleFirst: reordered(middleFirst) };
  const different = new Set<string>();
  const unnoticed = new Map(
    STAGES.slice(1).map((name, index) => [
      `${String(STAGES[index])} after ${name}`,
      through(CONCERNS, swapped(index)),
    ]),
  );
  let events = 0;

  beforeAll(() => {
    lookingOn((state, event, result) => {
      events += 1;
      for (const [order, reduce] of Object.entries(otherOrders))
        if (!isSame(reduce(state, event, state), result)) different.add(`${order}: ${event.type}`);
      for (const [swap, reduce] of unnoticed)
        if (!isSame(reduce(state, event, state), result)) unnoticed.delete(swap);
    });
  }, 120_000);

  it('give the same result whatever the order of the concerns within a stage', () => {
    expect([...different]).toEqual([]);
    expect(events).toBeGreaterThan(5_000);
  });

  it('give another result if two neighbouring stages are swapped', () => {
    expect([...unnoticed.keys()]).toEqual([]);
  });
});
