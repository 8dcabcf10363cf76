import {
  EMPTY,
  NEVER,
  type Observable,
  VirtualTimeScheduler,
  defer,
  ignoreElements,
  of,
  tap,
  throwError,
  timer,
} from 'rxjs';
import { EngineError } from '../../../streams/engine.ts';
import type { ContainerFacts, Event, RepairKind } from '../../../streams/events.ts';
import type { Act, ActOf } from '../../../src/model/act.ts';
import { execute } from '../../../src/acts/executor.ts';
import { parkedAs, parkedName } from '../../../src/model/parked.ts';
import { runOf } from '../../../src/model/run-of.ts';
import { JOIN_ERROR, compose, engineText, gatewayFacts, idOf, onGateway } from '../builders.ts';

type Answer = ContainerFacts | 'gone' | 'refused' | 'silent';

/** `GET /containers/{id}/json`, as far as it is read. */
const json = ({ id, name, labels, networkMode, runState, details }: ContainerFacts): unknown => ({
  Id: id,
  Name: `/${name}`,
  Config: { Labels: labels, StopTimeout: details?.stopTimeoutSeconds },
  HostConfig: { NetworkMode: networkMode },
  State: {
    Status: runState,
    StartedAt: details?.startedAt,
    FinishedAt: details?.finishedAtMs === undefined ? '' : engineText(details.finishedAtMs),
    Error: details?.error,
    ExitCode: details?.exitCode,
  },
});

const answerOf = (answer: Answer): Observable<unknown> => {
  if (answer === 'gone') return throwError(() => new EngineError('No such container: x', 404));
  if (answer === 'refused') return throwError(() => new EngineError('permission denied', 403));
  return answer === 'silent' ? NEVER : of(json(answer));
};

/** An engine of a few answers: each container's in turn, the last one for ever. */
class FakeEngine {
  readonly scheduler = new VirtualTimeScheduler();
  readonly called: string[] = [];
  most = 0;
  isEnding = false;
  commit: () => Observable<never> = () => EMPTY;
  exclude: readonly string[] = [];
  restartTakes: () => Observable<unknown> = () => EMPTY;
  readonly #answers: Readonly<Record<string, readonly Answer[]>>;
  readonly #asked: Record<string, number> = {};
  #running = 0;

  constructor(answers: Readonly<Record<string, readonly Answer[]>>) {
    this.#answers = Object.fromEntries(Object.entries(answers).map(([name, list]) => [idOf(name), list]));
  }

  run(act: Act, forMs = Infinity): readonly Event[] {
    const events: Event[] = [];
    let completed = 0;
    execute(act, {
      reads: {
        inspect: (id) => defer(() => this.#inspect(id)),
        clockMs: () => this.scheduler.now(),
        list: () => NEVER,
        inspectImage: () => NEVER,
        volumes: () => NEVER,
        changes: () => NEVER,
        fileStat: () => NEVER,
      },
      writes: {
        restart: (id) => this.#write('restart', id),
        start: (id) => this.#write('start', id),
        stop: (id) => this.#write('stop', id),
        rename: (id) => this.#write('rename', id),
        create: (name) => this.#write('create', name),
        remove: (id) => this.#write('remove', id),
      },
      restartVpn: () => NEVER,
      scheduler: this.scheduler,
      isShuttingDown: () => this.isEnding,
      commit: defer(() => this.commit()),
      exclude: this.exclude,
    }).subscribe({ next: (event) => events.push(event), complete: () => (completed += 1) });
    this.scheduler.maxFrames = forMs;
    this.scheduler.flush();
    const ends = events.filter(({ type }) => type === 'actEnded');
    if (forMs !== Infinity && completed === 0) return events;
    if (completed !== 1 || ends.length !== 1 || events.at(-1) !== ends[0])
      throw new Error('an act ends with actEnded, once');
    return events;
  }

  #inspect(id: string): Observable<unknown> {
    const list = this.#answers[id] ?? ['gone'];
    const turn = this.#asked[id] ?? 0;
    this.#asked[id] = turn + 1;
    return answerOf(list[Math.min(turn, list.length - 1)] ?? 'gone');
  }

  #write(what: string, id: string): Observable<never> {
    return defer(() => {
      this.called.push(`${what} ${id.slice(0, 6)}`);
      this.#running += 1;
      this.most = Math.max(this.most, this.#running);
      return this.restartTakes().pipe(tap({ finalize: () => (this.#running -= 1) }), ignoreElements());
    });
  }
}

const short = (name: string): string => idOf(name).slice(0, 6);
const target = (name: string) => ({ id: idOf(name), name });
const START = engineText(1_000);
const gateway = gatewayFacts({ startedAt: 1_000 });
const outcomeOf = (events: readonly Event[]) => {
  const last = events.at(-1);
  return last?.type === 'actEnded' ? last.outcome : undefined;
};
const endsOf = (events: readonly Event[]) =>
  events.flatMap((event) => (event.type === 'dependentRepairEnded' ? [event] : []));

const restartGateway: Act = { kind: 'restartGateway', id: 7, gateway: target('gluetun'), start: START };
const startGateway: Act = { kind: 'startGateway', id: 8, gateway: target('gluetun') };
/** They are decided on as they are now. */
const repairDependents = (
  dependents: readonly ContainerFacts[],
  how: RepairKind,
  concurrency: number,
): ActOf<'repairDependents'> => ({
  kind: 'repairDependents',
  id: 9,
  dependents: dependents.map((facts) => ({
    id: facts.id,
    name: parkedAs(facts)?.name ?? facts.name,
    how,
    run: runOf(facts),
    startedAt: facts.details?.startedAt,
    owner: target('gluetun'),
  })),
  concurrency,
  gateway: target('gluetun'),
  start: START,
});
const restartDependents = (dependents: readonly ContainerFacts[], concurrency = 5): Act =>
  repairDependents(dependents, 'restart', concurrency);

describe('the act restartGateway', () => {
  it('restarts the gateway, inspects it and ends', () => {
    const engine = new FakeEngine({ gluetun: [gateway, gatewayFacts({ startedAt: 9_000 })] });
    const events = engine.run(restartGateway);
    expect(engine.called).toEqual([`restart ${short('gluetun')}`]);
    expect(events.map(({ type }) => type)).toEqual(['containerInspected', 'actEnded']);
    expect(events[0]).toMatchObject({ facts: { details: { startedAtMs: 9_000 } } });
    expect(events[1]).toMatchObject({ id: 7, kind: 'restartGateway', outcome: { ok: true } });
  });

  it.each<{ given: string; answers: Answer[]; then: object }>([
    {
      given: 'does not run any more',
      answers: [gatewayFacts({ runState: 'exited' })],
      then: { ok: false, isSkipped: true, reason: 'it is exited, or has started anew, by now' },
    },
    {
      given: 'is paused',
      answers: [gatewayFacts({ runState: 'paused' })],
      then: { ok: false, isSkipped: true },
    },
    {
      given: 'has started since',
      answers: [gatewayFacts({ startedAt: 5_000 })],
      then: { ok: false, isSkipped: true },
    },
    { given: 'is gone', answers: ['gone'], then: { ok: false, reason: 'No such container: x' } },
    { given: 'cannot be inspected', answers: ['refused'], then: { ok: false, reason: 'permission denied' } },
    { given: 'does not answer in time', answers: ['silent'], then: { ok: false } },
  ])('is skipped or fails without touching a gateway that $given', ({ answers, then }) => {
    const engine = new FakeEngine({ gluetun: answers });
    expect(outcomeOf(engine.run(restartGateway))).toMatchObject(then);
    expect(engine.called).toEqual([]);
  });

  it.each<Act>([restartGateway, { ...restartGateway, kind: 'restartVpn' }, startGateway])(
    'is skipped as $kind if the gateway is excluded',
    (act) => {
      const exited = gatewayFacts({ runState: 'exited' });
      const engine = new FakeEngine({ gluetun: [act.kind === 'startGateway' ? exited : gateway] });
      engine.exclude = ['gluetun'];
      expect(outcomeOf(engine.run(act))).toEqual({
        ok: false,
        isSkipped: true,
        reason: 'it is in EXCLUDE_CONTAINERS',
      });
      expect(engine.called).toEqual([]);
    },
  );

  it("fails with the engine's message", () => {
    const engine = new FakeEngine({ gluetun: [gateway] });
    engine.restartTakes = () => throwError(() => new EngineError('driver failed:\n port is taken', 500));
    expect(outcomeOf(engine.run(restartGateway))).toEqual({
      ok: false,
      reason: 'driver failed: port is taken',
    });
  });

  it("fails a minute after the container's own stop timeout", () => {
    const engine = new FakeEngine({ gluetun: [gatewayFacts({ startedAt: 1_000, stopTimeoutSeconds: 100 })] });
    engine.restartTakes = () => NEVER;
    expect(outcomeOf(engine.run(restartGateway))).toEqual({
      ok: false,
      reason: 'restarting gluetun: no answer within 160 s',
    });
    expect(engine.scheduler.now()).toBe(160_000);
  });
});

describe('the act startGateway', () => {
  it('starts a gateway that does not run', () => {
    const engine = new FakeEngine({ gluetun: [gatewayFacts({ runState: 'exited' }), gateway] });
    expect(outcomeOf(engine.run(startGateway))).toEqual({ ok: true });
    expect(engine.called).toEqual([`start ${short('gluetun')}`]);
  });

  it.each(['running', 'paused', 'restarting', 'removing'] as const)(
    'leaves a gateway alone that is %s',
    (runState) => {
      const engine = new FakeEngine({ gluetun: [gatewayFacts({ runState })] });
      expect(outcomeOf(engine.run(startGateway))).toMatchObject({ ok: false, isSkipped: true });
      expect(engine.called).toEqual([]);
    },
  );
});

describe('the act repairDependents', () => {
  const app = onGateway('app', { startedAt: 500 });
  const fresh = onGateway('app', { startedAt: 5_000 });

  it('announces a repair, restarts the dependent, inspects it and reports the outcome', () => {
    const engine = new FakeEngine({ gluetun: [gateway], app: [app, fresh] });
    const events = engine.run(restartDependents([app]));
    expect(events.map(({ type }) => type)).toEqual([
      'dependentRepairBegun',
      'containerInspected',
      'dependentRepairEnded',
      'actEnded',
    ]);
    expect(endsOf(events)[0]).toMatchObject({
      outcome: { ok: true },
      facts: { details: { startedAtMs: 5_000 } },
    });
  });

  it('starts a dependent that failed to join', () => {
    const failedToJoin = onGateway('app', { runState: 'exited', error: JOIN_ERROR });
    const engine = new FakeEngine({ gluetun: [gateway], app: [failedToJoin, fresh] });
    expect(endsOf(engine.run(restartDependents([failedToJoin])))[0]?.outcome).toEqual({ ok: true });
  });

  it.each<{ given: string; answers: Record<string, Answer[]>; then: object }>([
    {
      given: 'it was stopped by hand',
      answers: { gluetun: [gateway], app: [onGateway('app', { runState: 'exited' })] },
      then: { ok: false, isSkipped: true, reason: 'it is exited by now' },
    },
    {
      given: 'somebody else has started it on the live network',
      answers: { gluetun: [gateway], app: [fresh] },
      then: { ok: false, isSkipped: true, reason: 'somebody else has started it by now' },
    },
    {
      given: 'it is paused',
      answers: { gluetun: [gateway], app: [onGateway('app', { runState: 'paused' })] },
      then: { ok: false, isSkipped: true },
    },
    {
      given: 'the gateway has stopped',
      answers: { gluetun: [gatewayFacts({ runState: 'exited' })], app: [app] },
      then: { ok: false, isSkipped: true, reason: 'gluetun has stopped or started anew meanwhile' },
    },
    {
      given: 'the gateway was restarted',
      answers: { gluetun: [gatewayFacts({ startedAt: 4_000 })], app: [app] },
      then: { ok: false, isSkipped: true },
    },
    { given: 'it is gone', answers: { gluetun: [gateway], app: ['gone'] }, then: { ok: false, gone: true } },
    {
      given: 'it cannot be inspected',
      answers: { gluetun: [gateway], app: ['refused'] },
      then: { ok: false, reason: 'permission denied' },
    },
    {
      given: 'the gateway is gone, which does not count as a missing dependent',
      answers: { gluetun: ['gone'], app: [app] },
      then: { ok: false, reason: 'No such container: x' },
    },
  ])('touches nothing if $given', ({ answers, then }) => {
    const engine = new FakeEngine(answers);
    const events = engine.run(restartDependents([app]));
    expect(endsOf(events)[0]?.outcome).toMatchObject(then);
    expect(outcomeOf(events)).toEqual({ ok: true });
    expect(engine.called).toEqual([]);
  });

  const parked = { ...app, name: parkedName('app', 'gluetun', app.id) };
  const other = { ...app, name: 'app2' };
  const renamed = 'one that has been renamed meanwhile';
  it.each<{ how: RepairKind; decided: ContainerFacts; now: ContainerFacts; what: string; reason?: string }>([
    { how: 'recreate', decided: app, now: other, what: renamed },
    { how: 'recreate', decided: app, now: parked, what: 'one that is already parked' },
    { how: 'resume', decided: parked, now: other, what: renamed },
    {
      how: 'resume',
      decided: parked,
      now: app,
      what: 'one that is not parked',
      reason: 'it has its own name again',
    },
  ])('does not $how $what', ({ how, decided, now, reason = `it is called ${now.name} by now` }) => {
    const engine = new FakeEngine({ gluetun: [gateway], app: [now] });
    const events = engine.run(repairDependents([decided], how, 1));
    expect(events[0]?.type).not.toBe('dependentRepairBegun');
    expect(endsOf(events)[0]).toMatchObject({ outcome: { ok: false, isSkipped: true, reason } });
    expect(engine.called).toEqual([]);
  });

  it.each<{ given: string; exclude: string[]; now: ContainerFacts; reason: RegExp }>([
    {
      given: 'it is excluded',
      exclude: ['app'],
      now: app,
      reason: /^it is in EXCLUDE_CONTAINERS$/,
    },
    {
      given: 'it was renamed to a name that is excluded',
      exclude: ['app2'],
      now: { ...app, name: 'app2' },
      reason: /^it is in EXCLUDE_CONTAINERS$/,
    },
    {
      given: 'its service is excluded, whatever its present name',
      exclude: ['APP'],
      now: { ...app, name: 'app2', labels: compose('app') },
      reason: /^it is in EXCLUDE_CONTAINERS$/,
    },
    {
      given: 'compose has replaced its excluded name with an interim name',
      exclude: ['app'],
      now: { ...app, name: '0123456789ab_app' },
      reason: /^it is in EXCLUDE_CONTAINERS$/,
    },
    {
      given: 'its label excludes it',
      exclude: [],
      now: { ...app, labels: { 'org.gluetun-monitor.exclude': 'true' } },
      reason: /^it is excluded by its label/,
    },
  ])('touches nothing, whatever was decided, if $given', ({ exclude, now, reason }) => {
    const engine = new FakeEngine({ gluetun: [gateway], app: [now] });
    engine.exclude = exclude;
    const [end] = endsOf(engine.run(restartDependents([app])));
    expect(end?.outcome).toMatchObject({
      ok: false,
      isSkipped: true,
      reason: expect.stringMatching(reason) as string,
    });
    expect(engine.called).toEqual([]);
  });

  it('does not finish the re-creation of a dependent whose own name is excluded', () => {
    const engine = new FakeEngine({ gluetun: [gateway], app: [parked] });
    engine.exclude = ['app'];
    expect(endsOf(engine.run(repairDependents([parked], 'resume', 1)))[0]?.outcome).toMatchObject({
      isSkipped: true,
    });
    expect(engine.called).toEqual([]);
  });

  it('restarts a dependent whatever its present name', () => {
    const engine = new FakeEngine({ gluetun: [gateway], app: [{ ...app, name: 'app2' }, fresh] });
    expect(endsOf(engine.run(restartDependents([app])))[0]?.outcome).toEqual({ ok: true });
    expect(engine.called).toEqual([`restart ${short('app')}`]);
  });

  it('does not count a dependent as gone if the engine says "No such container" about its owner', () => {
    const engine = new FakeEngine({ gluetun: [gateway], app: [app] });
    engine.restartTakes = () => throwError(() => new EngineError('No such container: owner', 404));
    expect(endsOf(engine.run(restartDependents([app])))[0]?.outcome).toEqual({
      ok: false,
      reason: 'No such container: owner',
    });
  });

  it('continues with the other dependents if one fails', () => {
    const db = onGateway('db');
    const engine = new FakeEngine({ gluetun: [gateway], app: ['refused'], db: [db] });
    const events = engine.run(restartDependents([app, db]));
    expect(endsOf(events).map(({ name, outcome }) => [name, outcome.ok])).toEqual([['app', false], ['db', true]]); // prettier-ignore
  });

  it('restarts no more dependents at once than RESTART_CONCURRENCY allows', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const engine = new FakeEngine({
      gluetun: [gateway],
      ...Object.fromEntries(names.map((name) => [name, [onGateway(name)]])),
    });
    engine.restartTakes = () => timer(300, engine.scheduler);
    engine.run(
      restartDependents(
        names.map((name) => onGateway(name)),
        3,
      ),
    );
    expect(engine.most).toBe(3);
    expect(engine.called).toHaveLength(7);
    expect(engine.scheduler.now()).toBe(900);
  });

  it('begins no further repair once the monitor is shutting down, and finishes the current one', () => {
    const engine = new FakeEngine({ gluetun: [gateway], app: [app], db: [onGateway('db')] });
    engine.restartTakes = () => timer(300, engine.scheduler).pipe(tap(() => (engine.isEnding = true)));
    const events = engine.run(restartDependents([app, onGateway('db')], 1));
    expect(endsOf(events).map(({ name }) => name)).toEqual(['app']);
  });

  describe('with a slow disk', () => {
    const onSlowDisk = (ms: number, ...seen: readonly ContainerFacts[]): FakeEngine => {
      const engine = new FakeEngine({ gluetun: [gateway], app: seen });
      engine.commit = () => timer(ms, engine.scheduler).pipe(ignoreElements());
      return engine;
    };

    it('restarts a dependent only after the state file was written', () => {
      const engine = onSlowDisk(1_500, app, app, fresh);
      engine.run(restartDependents([app]), 1_499);
      expect(engine.called).toEqual([]);
    });

    it('restarts a dependent after two seconds even if the state file was not written', () => {
      const engine = onSlowDisk(2_000, app, app, fresh);
      expect(endsOf(engine.run(restartDependents([app])))[0]?.outcome).toEqual({ ok: true });
      expect(engine.called).toEqual([`restart ${short('app')}`]);
    });

    it('touches nothing if somebody has stopped the dependent meanwhile', () => {
      const stopped = { ...app, runState: 'exited' } as const;
      const engine = onSlowDisk(1_500, app, stopped);
      const [end] = endsOf(engine.run(restartDependents([app])));
      expect(end?.outcome).toMatchObject({ isSkipped: true });
      expect(engine.called).toEqual([]);
    });
  });

  it('gives each dependent its own stop timeout', () => {
    const slow = onGateway('app', { stopTimeoutSeconds: 30 });
    const engine = new FakeEngine({ gluetun: [gateway], app: [slow] });
    engine.restartTakes = () => NEVER;
    expect(endsOf(engine.run(restartDependents([slow])))[0]?.outcome).toMatchObject({
      reason: 'restarting app: no answer within 90 s',
    });
  });
});
