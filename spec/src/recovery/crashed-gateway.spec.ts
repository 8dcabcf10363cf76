import { startDueAt } from '../../../src/recovery/crashed-gateway.ts';
import {
  checkFailed,
  died,
  failed,
  happens,
  killed,
  minutes,
  seconds,
  stopped,
  succeeded,
  skipped,
  waveUnderWay,
} from '../builders.ts';
import { type History, settled } from '../history.ts';

/** Our restart has stopped the gateway, and not started it again. */
const leftBehind = (): History =>
  settled()
    .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
    .feed(killed('gluetun'), died('gluetun'), stopped('gluetun'), failed())
    .forget();
/** The first attempt to start it is under way. */
const beingStarted = (): History => leftBehind().feed(seconds(10)).expectActs('startGateway').forget();

const ended = (id: number, ok = true) =>
  happens({
    type: 'actEnded',
    id,
    kind: 'any',
    outcome: ok ? { ok } : { ok, reason: 'no such container' },
  });

describe('a gateway that is left behind', () => {
  it('is said to be started, and that this failed, for the first attempt only', () => {
    const history = leftBehind().feed(seconds(10)).expectLines('gluetun has not come back; starting it');
    history.forget().feed(failed());
    history.expectLines('Starting gluetun failed: port is already allocated; trying again');
    history.forget().feed(seconds(60), failed()).expectActs('startGateway');
    expect(history.lines).toEqual([]);
  });

  it('is started by attempts each with an id of its own', () => {
    const history = leftBehind().feed(seconds(10), failed(), seconds(60), failed(), minutes(3));
    const ids = history.acts.map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
    expect(history.everything.nextId).toBeGreaterThan(Math.max(...ids));
  });

  it.each([
    { what: 'has worked', outcome: succeeded() },
    { what: 'found things otherwise', outcome: skipped() },
  ])('has nothing said of an attempt that $what', ({ outcome }) => {
    expect(beingStarted().feed(outcome).lines).toEqual([]);
  });

  it('is started once more only when the attempt under way is over, not another act', () => {
    const history = beingStarted().feed(ended(-1, false)).expectLines().feed(minutes(5)).expectNoAct();
    expect(startDueAt(history.state)).toBeUndefined();
    history.feed(failed(), seconds(10)).expectActs('startGateway');
  });

  it('is started when nothing else is under way any more', () => {
    const history = leftBehind();
    const inFlight = waveUnderWay();
    history.state = { ...history.state, shared: { ...history.state.shared, inFlight } };
    history.feed(seconds(30), ended(-1)).expectNoAct();
    history.feed(ended(inFlight.act.id)).expectActs('startGateway');
  });

  it.each([
    { how: 'worked, as far as is known', outcome: succeeded() },
    { how: 'failed', outcome: failed() },
    { how: 'found things otherwise', outcome: skipped() },
  ])('is not started again on the heels of an attempt that took long and $how', ({ outcome }) => {
    const history = beingStarted().feed(minutes(10), outcome).expectNoAct();
    history.feed(seconds(9)).expectNoAct().feed(seconds(1)).expectActs('startGateway');
  });
});

describe('a gateway that crashes outside a recovery', () => {
  it('has its recovery count as begun when it went down, not when it is started', () => {
    const history = settled().feed(died('gluetun', 1));
    const { gateway } = history.state;
    history.feed(seconds(10)).expectActs('startGateway');
    expect(history.state.recovery).toMatchObject({
      value: 'awaitingReady',
      begunAt: gateway.value === 'down' ? gateway.since : undefined,
    });
  });
});
