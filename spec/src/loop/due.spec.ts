import {
  checkFailed,
  checked,
  checkPassed,
  connected,
  died,
  disconnected,
  gatewayFacts,
  happens,
  inspectedAs,
  killed,
  listedAgain,
  onGateway,
  paused,
  restartMessages,
  seconds,
  site,
  started,
  stoppedByHand,
  succeeded,
  unpaused,
  waveUnderWay,
} from '../builders.ts';
import { type History, type Setting, type Steps, settled } from '../history.ts';

/** An act for another gateway is under way: whatever this one wants has to wait. */
const busy = (history: History): History => {
  history.state = {
    ...history.state,
    shared: { ...history.state.shared, inFlight: { ...waveUnderWay(), gateway: 'another' } },
  };
  return history.forget();
};
const failing: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];
const restartedByHand: Steps = [...restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' })];

const broken = (settings: Setting['settings'] = {}): History =>
  busy(settled([onGateway('app')], { settings })).feed(...failing);
const left = (): History =>
  busy(settled([], { gateway: gatewayFacts({ restartPolicy: 'no' }) })).feed(died('gluetun', 1), seconds(11));
const cutOff = (): History => busy(settled([onGateway('app')])).feed(...restartedByHand, seconds(1));
const vpnOfNoUse = (): History =>
  busy(settled([], { settings: { recoveryStrategy: 'vpn-first' } }).feed(...failing, succeeded())).feed(
    seconds(31),
  );

interface Case {
  readonly given: string;
  readonly history: () => History;
  readonly meanwhile: Steps;
  /** What is begun once the act of the other gateway is over. */
  readonly then?: string;
}

describe('a recovery that is due', () => {
  it('is what a dependent waits for that is found cut off meanwhile', () => {
    const history = broken().feed(listedAgain(onGateway('app', { startedAt: 500 })));
    expect(history.state.dueSince).toBeDefined();
    expect(history.state.repairs.pending).toEqual({});
  });
});

describe('a wish that waits for the act of another gateway', () => {
  const cases: readonly Case[] = [
    { given: 'a restart', history: broken, meanwhile: [], then: 'restartGateway' },
    {
      given: 'a restart of the VPN',
      history: () => broken({ recoveryStrategy: 'vpn-first' }),
      meanwhile: [],
      then: 'restartVpn',
    },
    { given: 'a restart, and checks still fail', history: broken, meanwhile: [seconds(11), checkFailed()], then: 'restartGateway' },
    { given: 'a restart, and a check has passed', history: broken, meanwhile: [seconds(11), checkPassed()] },
    {
      given: 'a restart, and a check has passed which tells nothing of one of the sites',
      history: () => busy(settled([], { sites: [site('a'), site('b')] })).feed(...failing),
      meanwhile: [seconds(11), checked({ b: 'unknown' })],
    },
    {
      given: 'a restart, and one look shows another run of the gateway, which is ready already',
      history: broken,
      meanwhile: [inspectedAs('gluetun', { health: 'healthy' }), seconds(11)],
      then: 'repairDependents',
    },
    { given: 'a restart, and the site is checked no more', history: broken, meanwhile: [happens({ type: 'sitesChanged', sites: [site('b')], faults: [] })] },
    { given: 'a restart, and somebody is stopping the gateway', history: broken, meanwhile: [killed('gluetun')] },
    { given: 'a restart, and the gateway has not heeded a signal', history: broken, meanwhile: [killed('gluetun'), seconds(80)] },
    {
      given: 'a restart, the gateway has not heeded a signal, and a check has failed since',
      history: broken,
      meanwhile: [killed('gluetun'), seconds(80), checkFailed(), seconds(11), checkFailed()],
      then: 'restartGateway',
    },
    { given: 'a restart, and the gateway has been stopped by its operator', history: broken, meanwhile: stoppedByHand('gluetun') },
    { given: 'a restart, and somebody has restarted the gateway', history: broken, meanwhile: restartedByHand, then: 'repairDependents' },
    { given: 'a restart, and the gateway is paused', history: broken, meanwhile: [paused('gluetun')] },
    { given: 'a restart, and the gateway was paused and resumed', history: broken, meanwhile: [paused('gluetun'), unpaused('gluetun')] },
    { given: 'a restart, and the engine is away', history: broken, meanwhile: [disconnected()] },
    { given: 'a restart, and the engine was away', history: broken, meanwhile: [disconnected(), connected(), listedAgain()] },
    { given: 'the container after its VPN', history: vpnOfNoUse, meanwhile: [], then: 'restartGateway' },
    { given: 'the container after its VPN, and a check has passed', history: vpnOfNoUse, meanwhile: [seconds(6), checkPassed()] },
    { given: 'the container after its VPN, and somebody is stopping it', history: vpnOfNoUse, meanwhile: [killed('gluetun')] },
    { given: 'the container after its VPN, and its operator has stopped it', history: vpnOfNoUse, meanwhile: stoppedByHand('gluetun') },
    { given: 'the container after its VPN, and somebody has restarted it', history: vpnOfNoUse, meanwhile: restartedByHand },
    { given: 'the container after its VPN, and it is paused', history: vpnOfNoUse, meanwhile: [paused('gluetun')] },
    { given: 'the container after its VPN, and it has just been resumed', history: vpnOfNoUse, meanwhile: [paused('gluetun'), unpaused('gluetun')] },
    { given: 'the container after its VPN, and the engine is away', history: vpnOfNoUse, meanwhile: [disconnected()] },
    { given: 'a start', history: left, meanwhile: [], then: 'startGateway' },
    { given: 'a start, and the gateway has started', history: left, meanwhile: [started('gluetun')] },
    {
      given: 'a start, and the gateway was started and stopped by its operator',
      history: left,
      meanwhile: [started('gluetun'), inspectedAs('gluetun'), ...stoppedByHand('gluetun'), seconds(11)],
    },
    { given: 'repairs', history: cutOff, meanwhile: [], then: 'repairDependents' },
    { given: 'repairs, and the gateway starts anew', history: cutOff, meanwhile: restartMessages('gluetun') },
    { given: 'repairs, and the engine is away', history: cutOff, meanwhile: [disconnected()] },
    { given: 'repairs, and the dependent was restarted by somebody', history: cutOff, meanwhile: [...restartMessages('app'), inspectedAs('app')] },
    { given: 'repairs, and a restart of the gateway is due', history: cutOff, meanwhile: failing, then: 'restartGateway' },
  ]; // prettier-ignore

  it.each(cases.map((one) => ({ ...one, begun: one.then ?? 'nothing' })))(
    'for $given, leads to $begun once that act has ended',
    ({ history, meanwhile, then }) => {
      const waiting = history()
        .expectNoAct()
        .feed(...meanwhile)
        .expectNoAct();
      waiting.feed(succeeded()).expectActs(...(then === undefined ? [] : [then]));
    },
  );

  it('is neither logged nor counted before it begins', () => {
    const history = broken();
    const { backoff } = history.state;
    history.expectNoLine(/recovery|[Rr]estart|Failed sites/);
    expect(history.memory.exits).toEqual({});
    history.feed(succeeded());
    history.expectLine(/^Health check failed, initiating recovery\.\.\.$/);
    expect(history.state.backoff.attempts).toBe(backoff.attempts + 1);
  });

  it('leaves no record of a recovery if it is dropped', () => {
    const history = broken().feed(seconds(11), checkPassed(), succeeded());
    expect(history.state.latestRecovery).toBeUndefined();
    expect(history.state.backoff.attempts).toBe(0);
  });

  it('becomes a recovery whose time counts from the decision', () => {
    const history = broken();
    const decidedAt = history.now - 1;
    history.feed(seconds(20), succeeded());
    expect(history.state.latestRecovery).toMatchObject({ begunAt: decidedAt, endedAt: undefined });
  });

  it('ends as a completed recovery if a check passes after the VPN was restarted', () => {
    const history = vpnOfNoUse()
      .expectLine(/^No check has passed since the VPN was restarted/)
      .forget();
    history.feed(seconds(6), checkPassed()).expectLine(/^Recovery complete/);
  });
});
