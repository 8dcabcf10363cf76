import { downCause } from '../../../src/model/down-cause.ts';
import fc from 'fast-check';
import type { Act } from '../../../src/model/act.ts';
import { waveOf } from '../../../src/model/in-flight.ts';
import type { Event, Outcome } from '../../../streams/events.ts';
import type { Happening, Shape } from '../builders.ts';
import {
  JOIN_ERROR,
  checked,
  connected,
  created,
  destroyed,
  died,
  disconnected,
  endpointRead,
  facts,
  foundGone,
  gatewayFacts,
  inspected,
  inspectionFailed,
  killed,
  listed,
  listedAgain,
  listingFailed,
  onGateway,
  outOfMemory,
  paused,
  publicIpLogged,
  restarted,
  seconds,
  selfHealingLogged,
  site,
  started,
  stopped,
  turned,
  unpaused,
} from '../builders.ts';
import { History, type Step, settled } from '../history.ts';

/** What must hold at every instant, whatever happens. */
class Watched extends History {
  readonly outstanding = new Map<number, Act>();

  override reduce(event: Event): void {
    const known = this.commands.length;
    super.reduce(event);
    if (event.type === 'actEnded') this.outstanding.delete(event.id);
    for (const command of this.commands.slice(known)) {
      if (command.kind === 'repairDependents') this.#mayRestartDependents();
      if (command.kind === 'restartGateway' || command.kind === 'startGateway') this.#mayTouchGateway();
      if ('id' in command) this.outstanding.set(command.id, command);
    }
    this.#hasOneActOfAKind();
  }

  #mayRestartDependents(): void {
    if (this.state.gateway.value !== 'ready') throw new Error('dependents restarted without a ready gateway');
    if (this.state.shared.connection.value !== 'connected')
      throw new Error('dependents restarted without an engine');
  }

  #mayTouchGateway(): void {
    const { gateway } = this.state;
    if (downCause(this.state) === 'operator') throw new Error('a stopped gateway is touched');
    if (gateway.value === 'absent' || gateway.value === 'paused')
      throw new Error(`${gateway.value}, but touched`);
  }

  #hasOneActOfAKind(): void {
    const kinds = [...this.outstanding.values()].map(({ kind }) => kind);
    if (new Set(kinds).size < kinds.length) throw new Error(`outstanding at once: ${kinds.join(', ')}`);
  }
}

/** Our acts end some time, well or not; until then they are under way. */
const actEnds =
  (outcome: Outcome): ((history: Watched) => Happening) =>
  (history) =>
  (_state, at) => {
    const act = [...history.outstanding.values()][0];
    return act === undefined ? [] : [{ type: 'actEnded', at, id: act.id, kind: act.kind, outcome }];
  };
const dependentEnds =
  (history: Watched): Happening =>
  (state, at) => {
    const wave = [...history.outstanding.values()].find(({ kind }) => kind === 'repairDependents');
    const id = waveOf(state)?.dependents[0]?.id;
    if (wave === undefined || id === undefined) return [];
    const seen = state.shared.containers.byId[id];
    return [
      { type: 'dependentRepairEnded', at, id, name: id, how: 'restart', outcome: { ok: true }, facts: seen },
    ];
  };

const ifChecking =
  (happening: Happening): Happening =>
  (state, at) =>
    state.checking.running === undefined ? [] : happening(state, at);

type Move = (history: Watched) => Step;

const name = fc.constantFrom('gluetun', 'gluetun', 'app', 'far', 'other');
const ageMs = fc.oneof(fc.constant(0), fc.nat(6_000));
const shape: fc.Arbitrary<Shape & { ageMs: number }> = fc.record({
  ageMs: fc.oneof(fc.nat(5_000), fc.nat(500_000)),
  runState: fc.constantFrom(
    'running' as const,
    'running' as const,
    'exited' as const,
    'paused' as const,
    'restarting' as const,
  ),
  health: fc.constantFrom('none' as const, 'starting' as const, 'healthy' as const, 'unhealthy' as const),
  error: fc.constantFrom('', '', JOIN_ERROR),
});

const factsOf = (who: string, { ageMs: age, ...rest }: Shape & { ageMs: number }, at: number) => {
  const on = { app: 'gluetun', far: 'app' }[who];
  return facts(who, { ...(on !== undefined && { on }), startedAt: at - age, ...rest });
};

const messages = [
  created, started, died, stopped, restarted, destroyed, killed,
] as const; // prettier-ignore

function messageOf(which: number, who: string, spoken: { readonly engineTimeMs: number }): Happening {
  switch (messages[which]) {
    case died:
      return died(who, 1, spoken);
    case killed:
      return killed(who, '15', spoken);
    default:
      return (messages[which] ?? started)(who, spoken as never);
  }
}

const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.nat(messages.length - 1), name, ageMs)
      .map(([which, who, age]): Move => (history) => {
        return messageOf(which, who, { engineTimeMs: history.now - age });
      }),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(name, fc.constantFrom('healthy' as const, 'unhealthy' as const), ageMs).map(
      ([who, health, age]): Move =>
        (history) =>
          turned(who, health, { engineTimeMs: history.now - age }),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map(
      (who): Move =>
        () =>
          paused(who),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map(
      (who): Move =>
        () =>
          unpaused(who),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map(
      (who): Move =>
        () =>
          outOfMemory(who),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(name, shape).map(
      ([who, how]): Move =>
        (history) =>
          inspected(factsOf(who, how, history.now)),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map(
      (who): Move =>
        () =>
          foundGone(who),
    ),
  },
  {
    weight: 1,
    arbitrary: name.map(
      (who): Move =>
        () =>
          inspectionFailed(who),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(shape, shape, shape).map(
      ([gateway, app, far]): Move =>
        (history) =>
          listed(
            factsOf('gluetun', gateway, history.now),
            factsOf('app', app, history.now),
            factsOf('far', far, history.now),
          ),
    ),
  },
  { weight: 2, arbitrary: fc.constant<Move>(() => listedAgain()) },
  { weight: 1, arbitrary: fc.constant<Move>(() => listingFailed()) },
  { weight: 1, arbitrary: fc.constant<Move>(() => disconnected()) },
  { weight: 2, arbitrary: fc.constant<Move>(() => connected()) },
  { weight: 1, arbitrary: fc.constant<Move>(() => publicIpLogged('203.0.113.9')) },
  { weight: 1, arbitrary: fc.constant<Move>(() => selfHealingLogged()) },
  { weight: 1, arbitrary: fc.constant<Move>(() => endpointRead('203.0.113.3')) },
  {
    weight: 6,
    arbitrary: fc.constantFrom('pass' as const, 'fail' as const, 'fail' as const, 'unknown' as const).map(
      (verdict): Move =>
        () =>
          ifChecking(checked({ '*': verdict })),
    ),
  },
  { weight: 4, arbitrary: fc.constant<Move>(actEnds({ ok: true })) },
  { weight: 1, arbitrary: fc.constant<Move>(actEnds({ ok: false, reason: 'no' })) },
  { weight: 1, arbitrary: fc.constant<Move>(actEnds({ ok: false, reason: 'no', isSkipped: true })) },
  { weight: 2, arbitrary: fc.constant<Move>(dependentEnds) },
  {
    weight: 6,
    arbitrary: fc.nat(40).map(
      (count): Move =>
        () =>
          seconds(count),
    ),
  },
  { weight: 1, arbitrary: fc.constant<Move>(() => seconds(125)) },
);

const historyOf = (moves: readonly Move[]): Watched => {
  const history = new Watched({ sites: [site('a'), site('b')] }).feed(
    connected(),
    listed(gatewayFacts(), onGateway('app'), facts('far', { on: 'app', startedAt: 3_000 })),
  );
  for (const next of moves) history.feed(next(history));
  return history;
};

const anyHistory = fc.array(move, { maxLength: 60 });
const RUNS = { numRuns: 400 };

describe('after any history', () => {
  it('no reducer throws, repairs dependents of an unready gateway or begins a second act of the same kind', () => {
    expect(() =>
      fc.assert(
        fc.property(anyHistory, (moves) => void historyOf(moves)),
        RUNS,
      ),
    ).not.toThrow();
  });

  it('a deadline that has been handled never returns, nor does an earlier one', () => {
    fc.assert(
      fc.property(anyHistory, (moves) => {
        const history = historyOf(moves);
        for (let times = 0, last = 0; times < 40; times += 1) {
          const due = history.nextDeadline();
          if (due === undefined) break;
          expect(due).toBeGreaterThan(last);
          history.reduce({ type: 'timeReached', at: Math.max(due, history.now) });
          last = Math.max(due, history.now);
        }
      }),
      RUNS,
    );
  });

  it('a reachable engine is listed within a minute', () => {
    fc.assert(
      fc.property(anyHistory, (moves) => {
        const history = historyOf([...moves, () => disconnected(), () => connected(), ...moves.slice(-5)]);
        const { value } = history.state.shared.connection;
        fc.pre(value === 'reconciling' || value === 'connected');
        history.forget().feed(seconds(61));
        expect(history.commands.map(({ kind }) => kind)).toContain('listContainers');
      }),
      RUNS,
    );
  });
});

describe('the next deadline', () => {
  it('is the next check if nothing else is due sooner', () => {
    const history = settled();
    expect(history.nextDeadline()).toBe((history.state.checking.lastStartedAt ?? 0) + 30_000);
  });

  it('does not exist before the engine answers', () => {
    expect(new History().nextDeadline()).toBeUndefined();
    expect(new History().feed(disconnected()).nextDeadline()).toBeUndefined();
  });

  it('is not missed because of an event reduced after it', () => {
    const history = settled();
    const due = history.state.shared.containers.nextListingAt ?? 0;
    history.now = due + 10;
    history.feed(started('elsewhere'), created('elsewhere2'));
    expect(history.nextDeadline()).toBeLessThanOrEqual(due);
  });
});
