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

describe('a gateway that our restart has left stopped', () => {
  it('has its start and the failure of its start logged for the first attempt only', () => {
    const history = leftBehind().feed(seconds(10)).expectLines('gluetun has not come back; starting it');
    history.forget().feed(failed());
    history.expectLines('Starting gluetun failed: port is already allocated; trying again');
    history.forget().feed(seconds(60), failed()).expectActs('startGateway');
    expect(history.lines).toEqual([]);
  });

  it('is started by attempts that each have their own ID', () => {
    const history = leftBehind().feed(seconds(10), failed(), seconds(60), failed(), minutes(3));
    const ids = history.acts.map(({ id }) => id);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(3);
    expect(history.everything.nextId).toBeGreaterThan(Math.max(...ids));
  });

  it.each([
    { what: 'has worked', outcome: succeeded() },
    { what: 'was skipped', outcome: skipped() },
  ])('has nothing logged if the attempt $what', ({ outcome }) => {
    expect(beingStarted().feed(outcome).lines).toEqual([]);
  });

  it('is started again only after the current attempt has ended, not after another act', () => {
    const history = beingStarted().feed(ended(-1, false)).expectLines().feed(minutes(5)).expectNoAct();
    expect(startDueAt(history.state)).toBeUndefined();
    history.feed(failed(), seconds(10)).expectActs('startGateway');
  });

  it('is started only once no other act is under way', () => {
    const history = leftBehind();
    const inFlight = waveUnderWay();
    history.state = { ...history.state, shared: { ...history.state.shared, inFlight } };
    history.feed(seconds(30), ended(-1)).expectNoAct();
    history.feed(ended(inFlight.act.id)).expectActs('startGateway');
  });

  it.each([
    { how: 'worked, although the gateway is still down', outcome: succeeded() },
    { how: 'failed', outcome: failed() },
    { how: 'was skipped', outcome: skipped() },
  ])('is started again no sooner than ten seconds after a long attempt that $how', ({ outcome }) => {
    const history = beingStarted().feed(minutes(10), outcome).expectNoAct();
    history.feed(seconds(9)).expectNoAct().feed(seconds(1)).expectActs('startGateway');
  });
});

describe('a gateway that crashes outside a recovery', () => {
  it('has a recovery that counts from the moment it went down', () => {
    const history = settled().feed(died('gluetun', 1));
    const { gateway } = history.state;
    history.feed(seconds(10)).expectActs('startGateway');
    expect(history.state.recovery).toMatchObject({
      value: 'awaitingReady',
      begunAt: gateway.value === 'down' ? gateway.since : undefined,
    });
  });
});
