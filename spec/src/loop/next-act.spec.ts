import fc from 'fast-check';
import type { ContainerFacts, Event, Outcome } from '../../../streams/events.ts';
import type { Act, Repairable } from '../../../src/model/act.ts';
import { begunBetween } from '../../../src/model/in-flight.ts';
import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import { nextAct } from '../../../src/loop/next-act.ts';
import { initialState } from '../../../src/loop/initial-state.ts';
import { nextDeadline, reduce } from '../../../src/loop/reduce.ts';
import type { Everything, Settings, Shared, State, Watch } from '../../../src/model/state.ts';
import { runningStart } from '../../../src/model/selectors.ts';
import { viewsOf, withView } from '../../../src/model/watches.ts';
import { RANKS, type Rank } from '../../../src/model/wish.ts';
import { EngineInMind } from '../engine-in-mind.ts';
import { fuzz } from '../../fuzz/fuzz.ts';
import {
  type Happening,
  SETTINGS,
  type Wait,
  checkFailed,
  checkPassed,
  connected,
  died,
  disconnected,
  endpointRead,
  facts,
  failed,
  idOf,
  inspectedAs,
  killed,
  listed,
  listedAgain,
  paused,
  restartMessages,
  seconds,
  site,
  started,
  stoppedByHand,
  succeeded,
  turned,
  unpaused,
  skipped,
  waveUnderWay,
} from '../builders.ts';

const GATEWAYS = ['gluetun', 'second'] as const;
type GatewayName = (typeof GATEWAYS)[number];

const former = (gateway: string): string => idOf(`former ${gateway}`);
/** Its restart policy has given up, so only the monitor can start it. */
const GIVEN_UP = { restartPolicy: 'on-failure', maximumRetryCount: 1, restartCount: 1 } as const;

const ofGateway = (gateway: GatewayName, shape = {}): ContainerFacts =>
  facts(gateway, { health: 'healthy', restartPolicy: 'no', ...shape });
const appOf = (gateway: GatewayName, shape = {}): ContainerFacts =>
  facts(`app-${gateway}`, { on: gateway, startedAt: 2_000, ...shape });
const parkedOn = (gateway: GatewayName, name = `old-${gateway}`): ContainerFacts => ({
  ...facts(name, { ref: former(gateway), runState: 'exited' }),
  name: `${name}.orphan-of-${gateway}-${idOf(name).slice(0, 12)}`,
});

/** A monitor of two gateways, each with a dependent, and what it begins. Each event takes a millisecond. */
class Two {
  everything: Everything;
  now = 10_000_000;
  acts: readonly Act[] = [];
  #wokenAt = 0;
  readonly #engine = new EngineInMind();
  readonly #onBegun: (act: Act, two: Two) => void;

  constructor(settings: Partial<Settings> = {}, onBegun: (act: Act, two: Two) => void = () => undefined) {
    this.#onBegun = onBegun;
    this.everything = initialState(
      GATEWAYS.map((gateway) => ({ ...SETTINGS, ...settings, gateway })),
      [site('a')],
      {
        memory: {
          ...NOTHING_PERSISTED,
          gateways: Object.fromEntries(GATEWAYS.map((name) => [name, [idOf(name), former(name)]])),
        },
      },
    );
    this.feed(0, connected(), listed(...GATEWAYS.flatMap((name) => [ofGateway(name), appOf(name)])));
    GATEWAYS.forEach((_, index) => this.feed(index, endpointRead('203.0.113.1'), checkPassed()));
  }

  view(index: number): State {
    const view = viewsOf(this.everything)[index];
    if (view === undefined) throw new Error('there are two gateways');
    return view;
  }

  change(index: number, changed: Partial<Omit<Watch, 'shared'>>, shared: Partial<Shared> = {}): this {
    const view = this.view(index);
    this.everything = withView(this.everything, index, {
      ...view,
      ...changed,
      shared: { ...view.shared, ...shared },
    });
    return this;
  }

  feed(index: number, ...steps: readonly (Happening | Wait)[]): this {
    for (const step of steps)
      if ('waitMs' in step) this.#wait(step.waitMs);
      else {
        for (const event of step(this.view(index), this.now, this.#engine)) this.tell(event);
        this.now += 1;
      }
    return this;
  }

  tell(event: Event): void {
    this.#engine.hear(event);
    const { state, requests: commands } = reduce(this.everything, event);
    const act = begunBetween(this.everything, state);
    const hasEnded = event.type === 'actEnded' && event.id === this.everything.inFlight?.act.id;
    if (act !== undefined && this.everything.inFlight !== undefined && !hasEnded)
      throw new Error(`${act.kind} has begun while another act is under way`);
    this.everything = state;
    if (event.type === 'timeReached') this.#wokenAt = event.at;
    if (nextAct(state, event.at) !== undefined) throw new Error('something is wanted that has not begun');
    if (act !== undefined) {
      this.acts = [...this.acts, act];
      this.#onBegun(act, this);
    }
    for (const command of commands)
      if (command.kind === 'inspectContainer') this.#answer(command.containerId);
  }

  #answer(id: string): void {
    const facts = this.#engine.inspect(id);
    if (facts === undefined) return;
    const [at, requestedAt, engineClockMs] = [this.now, this.now, this.now];
    this.tell({ type: 'containerInspected', at, requestedAt, engineClockMs, id, facts });
  }

  #wait(waitMs: number): void {
    const until = this.now + waitMs;
    const due = (): number => nextDeadline(this.everything, this.#wokenAt) ?? Infinity;
    while (due() <= until) {
      this.now = Math.max(this.now, due());
      this.tell({ type: 'timeReached', at: this.now });
    }
    this.now = until;
  }
}

/** What each gateway is made to want, and since when. */
function wanting(rank: Rank, index: number, two: Two, since: number): void {
  const name = GATEWAYS[index] ?? 'gluetun';
  const app = appOf(name);
  const pending = { name: app.name, failures: 0, askedAt: since, dueAt: since };
  const view = two.view(index);
  const known = (...all: readonly ContainerFacts[]): Shared['containers'] => ({
    ...view.shared.containers,
    byId: { ...view.shared.containers.byId, ...Object.fromEntries(all.map((one) => [one.id, one])) },
  });
  switch (rank) {
    case 'resume': {
      const parked = parkedOn(name);
      const repairs = { restored: {}, pending: { [parked.id]: { ...pending, name: `old-${name}` } } };
      two.change(index, { repairs }, { containers: known(parked) });
      break;
    }
    case 'start': {
      const down = ofGateway(name, { runState: 'exited', exitCode: 1, ...GIVEN_UP });
      const { id } = down;
      const gone = { id, name, since: since - 10_000, isLeft: false, run: undefined, unreadyRuns: 0 };
      two.change(index, { gateway: { value: 'down', ...gone } }, { containers: known(down) });
      break;
    }
    case 'recovery':
      two.change(index, {
        dueSince: since,
        outageSince: since,
        sites: { ...view.sites, failures: { 'https://a/': 2 } },
      });
      break;
    case 'repair':
      two.change(
        index,
        { repairs: { restored: {}, pending: { [app.id]: pending } } },
        { containers: known(appOf(name, { startedAt: 500 })) },
      );
      break;
    case 'operator': {
      const run = runningStart(view.gateway)?.startedAt.text ?? '';
      two.change(index, { operator: { ...view.operator, wanted: { what: 'reconnect', since, run } } });
      break;
    }
    case 'afterReconnect':
      two.change(index, { repairs: { restored: {}, pending: { [app.id]: { ...pending, isForced: true } } } });
  }
}

const pairs = RANKS.flatMap((first, at) => RANKS.slice(at + 1).map((then) => ({ first, then })));

describe('the next act', () => {
  it('is none if no gateway wants one', () => {
    const two = new Two();
    expect(nextAct(two.everything, two.now)).toBeUndefined();
  });

  it.each(pairs)('is "$first" rather than "$then", whichever gateway wants it', ({ first, then }) => {
    for (const [one, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const two = new Two();
      // Even if the other has waited for longer.
      wanting(then, other, two, two.now - 60_000);
      wanting(first, one, two, two.now);
      expect(nextAct(two.everything, two.now)).toMatchObject({ rank: first, watch: one });
    }
  });

  it.each(RANKS)('of rank %s is that of the gateway that has waited longest', (rank) => {
    for (const [longest, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const two = new Two();
      wanting(rank, other, two, two.now - 1);
      wanting(rank, longest, two, two.now - 2);
      expect(nextAct(two.everything, two.now)).toMatchObject({ rank, watch: longest, since: two.now - 2 });
    }
  });

  it.each(RANKS)('of rank %s is that of the first gateway if both have waited equally long', (rank) => {
    const two = new Two();
    wanting(rank, 1, two, two.now);
    wanting(rank, 0, two, two.now);
    expect(nextAct(two.everything, two.now)).toMatchObject({ rank, watch: 0 });
  });

  it.each(RANKS)('is no %s while another act is in flight or the monitor is shutting down', (rank) => {
    const two = new Two();
    wanting(rank, 0, two, two.now);
    expect(nextAct(two.everything, two.now)).toMatchObject({ rank });
    const inFlight = waveUnderWay();
    expect(nextAct({ ...two.everything, inFlight }, two.now)).toBeUndefined();
    expect(nextAct({ ...two.everything, isShuttingDown: true }, two.now)).toBeUndefined();
  });

  it('finishes a re-creation even if a recovery is due, which comes before other repairs', () => {
    const two = new Two();
    wanting('repair', 0, two, two.now);
    const { repairs } = two.view(0);
    wanting('resume', 0, two, two.now);
    two.change(0, {
      repairs: { restored: {}, pending: { ...repairs.pending, ...two.view(0).repairs.pending } },
    });
    wanting('recovery', 0, two, two.now);
    const wish = nextAct(two.everything, two.now);
    expect(wish).toMatchObject({ rank: 'resume', deed: { dependents: [{ name: 'old-gluetun' }] } });
    two.change(0, { repairs });
    expect(nextAct(two.everything, two.now)).toMatchObject({ rank: 'recovery' });
  });

  it('is a wave of one rank only', () => {
    const two = new Two();
    wanting('resume', 0, two, two.now);
    const { pending } = two.view(0).repairs;
    wanting('repair', 0, two, two.now);
    two.change(0, { repairs: { restored: {}, pending: { ...pending, ...two.view(0).repairs.pending } } });
    const wish = nextAct(two.everything, two.now);
    expect(wish).toMatchObject({ rank: 'resume', deed: { dependents: [{ name: 'old-gluetun' }] } });
  });
});

describe('two gateways that want an act at the same event', () => {
  it('get one act, and the other one as soon as that has ended', () => {
    const two = new Two().change(0, {}, { inFlight: waveUnderWay() });
    two.feed(0, ...restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }), seconds(30));
    two.feed(1, checkFailed(), seconds(10), checkFailed());
    expect(two.acts).toEqual([]);
    two.feed(0, succeeded());
    expect(two.acts).toMatchObject([{ kind: 'restartGateway', gateway: { name: 'second' } }]);
    two.feed(1, skipped());
    expect(two.acts.at(-1)).toMatchObject({ kind: 'repairDependents', gateway: { name: 'gluetun' } });
  });

  it('both get their lines in a dry run', () => {
    const two = new Two({ dryRun: true });
    wanting('recovery', 0, two, two.now);
    wanting('repair', 1, two, two.now);
    const { state, notices } = reduce(two.everything, { type: 'timeReached', at: two.now });
    const said = notices.filter(({ kind }) => kind === 'recoveryBegun' || kind === 'dependentRepairBegun');
    expect(said).toMatchObject([
      { kind: 'recoveryBegun', gateway: 'gluetun', dryRun: true },
      { kind: 'dependentRepairBegun', gateway: 'second', dryRun: true },
    ]);
    expect(state.inFlight).toBeUndefined();
    expect(nextAct(state, two.now)).toBeUndefined();
  });

  it('get an act without any progress yet', () => {
    const two = new Two();
    wanting('repair', 0, two, two.now);
    const { state } = reduce(two.everything, { type: 'timeReached', at: two.now });
    expect(state.inFlight).toMatchObject({ gateway: 'gluetun', since: two.now });
    expect(state.inFlight?.progress).toEqual({ begun: [], answered: [], parked: {} });
  });
});

/** What a dependent, or the gateway, is seen as after an act that ended like that. */
type Ending = 'done' | 'unseen' | 'failed' | 'left down' | 'skipped';
const ENDINGS: readonly Ending[] = ['done', 'unseen', 'failed', 'left down', 'skipped'];

const OUTCOMES: Readonly<Record<Ending, Outcome>> = {
  done: { ok: true },
  unseen: { ok: true },
  failed: { ok: false, reason: 'no space left on device' },
  'left down': { ok: false, reason: 'port is already allocated' },
  skipped: { ok: false, reason: 'it is exited by now', isSkipped: true },
};

function seenAfter(
  known: ContainerFacts | undefined,
  ending: Ending,
  at: number,
): ContainerFacts | undefined {
  if (known?.details === undefined || ending === 'failed' || ending === 'skipped') return known;
  const details = { ...known.details, startedAt: new Date(at).toISOString(), startedAtMs: at };
  return ending === 'left down'
    ? { ...known, runState: 'exited', details: { ...known.details, finishedAtMs: at } }
    : { ...known, runState: 'running', details };
}

const look = (one: ContainerFacts | undefined, at: number): readonly Event[] =>
  one === undefined
    ? []
    : [{ type: 'containerInspected', at, requestedAt: at, engineClockMs: at, id: one.id, facts: one }];

function endingOfRepair(one: Repairable, known: ContainerFacts | undefined, ending: Ending, at: number) {
  const { id, name, how, owner } = one;
  const isSkipped = ending === 'skipped';
  const renewed = known && how !== 'restart' && ending === 'done' ? { ...known, name } : known;
  const joined =
    renewed && how !== 'restart' ? { ...renewed, networkMode: `container:${owner.id}` } : renewed;
  const seen = ending === 'unseen' ? undefined : seenAfter(joined, ending, at);
  return [
    ...(isSkipped ? [] : [{ type: 'dependentRepairBegun', at, id, name, how } as Event]),
    ...look(seen, at),
    { type: 'dependentRepairEnded', at, id, name, how, outcome: OUTCOMES[ending], facts: seen } as Event,
  ];
}

/** The executor's events for an act that ends like that: an inspection of each container, then the end. */
function endOf(
  act: Act,
  { everything, now: at }: Two,
  ending: Ending,
  isAnswered: boolean,
): readonly Event[] {
  const { byId } = everything.containers;
  const outcome = OUTCOMES[ending];
  const end = { type: 'actEnded', at, id: act.id, kind: act.kind } as const;
  switch (act.kind) {
    case 'repairDependents':
      return isAnswered
        ? [
            ...act.dependents.flatMap((one) => endingOfRepair(one, byId[one.id], ending, at)),
            { ...end, outcome: { ok: true } },
          ]
        : [{ ...end, outcome }];
    case 'restartVpn':
      return [{ ...end, outcome }];
    default:
      return [
        ...(ending === 'unseen' ? [] : look(seenAfter(byId[act.gateway.id], ending, at), at)),
        { ...end, outcome },
      ];
  }
}

const idsIn = (act: Act): readonly string[] =>
  act.kind === 'repairDependents' ? act.dependents.map(({ id }) => id) : [act.gateway.id];
const isSame = (one: Act, other: Act): boolean =>
  one.kind === other.kind && idsIn(one).some((id) => idsIn(other).includes(id));

type Move = (two: Two) => void;
const onEither = (
  ...happenings: ((name: GatewayName) => readonly (Happening | Wait)[])[]
): fc.Arbitrary<Move> =>
  fc.tuple(fc.constantFrom(0, 1), fc.constantFrom(...happenings)).map(
    ([index, happening]): Move =>
      (two) =>
        void two.feed(index, ...happening(GATEWAYS[index])),
  );
const ifChecking =
  (happening: Happening): Happening =>
  (state, at) =>
    state.checking.running === undefined ? [] : happening(state, at);
const ifActing =
  (happening: Happening): Happening =>
  (state, at) =>
    state.shared.inFlight === undefined ? [] : happening(state, at);
const ifKnown =
  (name: string, happening: Happening): Happening =>
  (state, at) =>
    Object.values(state.shared.containers.byId).some((one) => one.name === name) ? happening(state, at) : [];

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: onEither(() => [seconds(11)], () => [seconds(1)], () => [seconds(65)]) },
  { weight: 5, arbitrary: onEither(() => [ifChecking(checkFailed())], () => [ifChecking(checkPassed())]) },
  {
    weight: 4,
    arbitrary: onEither(
      (name) => [...restartMessages(name), inspectedAs(name, { health: 'healthy' })],
      (name) => [died(name, 1), seconds(11)],
      (name) => [listedAgain(parkedOn(name)), seconds(6)],
      (name) => [listedAgain(appOf(name, { ref: former(name), startedAt: 3_000 }))],
      (name) => [listedAgain(appOf(name, { runState: 'exited', error: 'cannot join network of a non running container' }))],
    ),
  },
  { weight: 3, arbitrary: onEither(() => [seconds(30), ifChecking(checkFailed()), seconds(10), ifChecking(checkFailed())]) },
  {
    weight: 2,
    arbitrary: onEither(
      (name) => stoppedByHand(name),
      (name) => [killed(name)],
      (name) => [started(name), ifKnown(name, inspectedAs(name, { health: 'healthy' }))],
      (name) => [turned(name, 'unhealthy')],
      (name) => [paused(name)],
      (name) => [unpaused(name)],
      () => [disconnected(), connected(), listedAgain()],
    ),
  },
  {
    weight: 4,
    arbitrary: onEither(
      () => [ifActing(succeeded())],
      () => [ifActing(failed())],
      () => [ifActing(skipped())],
    ),
  },
); // prettier-ignore

const setting = fc.record({
  recoveryStrategy: fc.constantFrom('restart' as const, 'vpn-first' as const),
  vpnRestartDependents: fc.constantFrom([], ['app-gluetun', 'app-second']),
  dryRun: fc.constantFrom(false, false, false, true),
});

/** Each dependent has answered, or the act as a whole; at once, or long after whatever waits for time is due. */
const WAYS = [
  [true, 0],
  [true, 3_600_000],
  [false, 3_600_000],
] as const;

describe('an act that has ended', () => {
  it('is not begun again at the same instant, however it ended', () => {
    const tried = new Set<string>();
    fuzz(fc.tuple(setting, fc.array(move, { maxLength: 40 })), 150, ([settings, moves]) => {
      const begun: (readonly [Act, Everything, number])[] = [];
      const two = new Two(settings, (act, { everything, now }) => begun.push([act, everything, now]));
      moves.forEach((one) => one(two));
      for (const [act, everything, now] of begun)
        for (const ending of ENDINGS)
          for (const [isAnswered, tookMs] of WAYS) {
            const next = new Two(settings);
            Object.assign(next, { everything, now: now + tookMs, acts: [] });
            endOf(act, next, ending, isAnswered).forEach((event) => next.tell(event));
            const again = next.acts.find((other) => isSame(act, other));
            if (again !== undefined) throw new Error(`${act.kind} is ${ending}, and done again at once`);
            const hows = act.kind === 'repairDependents' ? act.dependents.map(({ how }) => how) : [act.kind];
            hows.forEach((how) => tried.add(`${how} ${ending}`));
          }
    });
    const all = ['restartGateway', 'startGateway', 'restartVpn', 'restart', 'recreate', 'resume'];
    expect([...tried].sort()).toEqual(all.flatMap((how) => ENDINGS.map((one) => `${how} ${one}`)).sort());
  });
});
