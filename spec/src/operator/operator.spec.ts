import type { Settings } from '../../../src/model/state.ts';
import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import {
  STORY_BEGINS,
  asked,
  checkFailed,
  checkPassed,
  disconnected,
  facts,
  failed,
  gatewayFacts,
  idOf,
  inspectedAs,
  listedAgain,
  minutes,
  onGateway,
  paused,
  publicIpLogged,
  restartMessages,
  seconds,
  skipped,
  started,
  stoppedByHand,
  succeeded,
  turned,
  vpnStoppingLogged,
  waveSucceeded,
} from '../builders.ts';
import { History, type Step, type Steps, settled } from '../history.ts';

const app = onGateway('app');
const broken: readonly Step[] = [seconds(30), checkFailed(), seconds(10), checkFailed()];
/** Somebody restarts the gateway by hand, which cuts off its dependents. */
const restartedByHand: readonly Step[] = [
  ...restartMessages('gluetun'),
  inspectedAs('gluetun', { health: 'starting' }),
  seconds(5),
  turned('gluetun', 'healthy'),
];
const restartDone: readonly Step[] = [
  ...restartMessages('gluetun'),
  inspectedAs('gluetun', { health: 'starting' }),
  succeeded(),
];

const watching = (settings: Partial<Settings> = {}): History => settled([app], { settings });

describe('reconnect', () => {
  it('restarts the VPN inside the gateway, which is no recovery and counts in no backoff', () => {
    const history = watching();
    history
      .feed(asked('reconnect'))
      .expectActs({ kind: 'restartVpn', gateway: { id: idOf('gluetun'), name: 'gluetun' } })
      .expectRecovery('none')
      .feed(seconds(6), succeeded(), checkPassed(), publicIpLogged('203.0.113.9'))
      .expectRecovery('none')
      .expectLines(
        'The operator has asked to reconnect the VPN of gluetun',
        'Reconnecting the VPN of gluetun, as the operator has asked...',
        /^The VPN of gluetun is reconnected, and a check has passed \(took 6s\)$/,
        /^Status: NEW \| IP: 203\.0\.113\.9 /,
      );
    expect(history.state.backoff.attempts).toBe(0);
    expect(history.state.operator.reconnect).toBeUndefined();
  });

  it('is followed by a check at once, then by checks 5s apart, until one passes', () => {
    watching()
      .feed(asked('reconnect'), seconds(6))
      .forget()
      .feed(succeeded())
      .expectChecks(1)
      .feed(checkFailed(), seconds(5))
      .expectChecks(2)
      .feed(checkPassed(), seconds(5))
      .expectChecks(2);
  });

  it('leaves it to the checks whether a recovery begins', () => {
    watching()
      .feed(asked('reconnect'), seconds(6), succeeded(), checkFailed(), seconds(5))
      .forget()
      .feed(checkFailed())
      .expectActs('restartGateway')
      .feed(restartDone)
      .expectLine(/^The reconnect of the VPN of gluetun has not worked: a recovery has begun$/);
  });

  it('ignores a check that was under way meanwhile', () => {
    const history = watching().feed(seconds(30), asked('reconnect'), checkFailed());
    expect(history.state.sites.failures).toEqual({ 'https://a/': 0 });
  });

  it('restarts the dependents that are to be restarted after every reconnect', () => {
    watching({ vpnRestartDependents: ['app'] })
      .feed(asked('reconnect'), seconds(6), succeeded())
      .forget()
      .feed(checkPassed())
      .expectLine(/restarted after it: app$/)
      .expectActs({ kind: 'repairDependents' });
  });

  it.each<{ given: string; steps: Steps; why: RegExp }>([
    { given: 'the control server refuses', steps: [failed('it refuses')], why: /: it refuses$/ },
    { given: 'it was skipped', steps: [skipped('it is exited by now')], why: /: it is exited by now$/ },
    {
      given: 'no check passes for a minute',
      steps: [succeeded(), checkFailed(), minutes(2)],
      why: /: no check has passed since$/,
    },
    {
      given: 'the gateway starts anew meanwhile',
      steps: [...restartMessages('gluetun'), inspectedAs('gluetun', { health: 'starting' })],
      why: /: the gateway has ended or started anew$/,
    },
  ])('is said to have failed if $given', ({ steps, why }) => {
    const history = watching();
    history.feed(asked('reconnect'), seconds(6), vpnStoppingLogged(), ...steps).expectLine(why, 'warn');
    expect(history.state.operator.reconnect).toBeUndefined();
  });

  it('waits for the repairs that are under way', () => {
    watching()
      .feed(restartedByHand)
      .expectActs('repairDependents')
      .feed(asked('reconnect'))
      .expectLine(/^The operator has asked to reconnect the VPN of gluetun; what is under way comes first$/)
      .expectActs('repairDependents')
      .feed(waveSucceeded())
      .expectActs('repairDependents', 'restartVpn');
  });

  it('is not done any more if somebody stops the gateway before its turn comes', () => {
    watching()
      .feed(restartedByHand, asked('reconnect'))
      .forget()
      .feed(restartedByHand, waveSucceeded(), minutes(1))
      .expectLine(/^The operator has asked to reconnect .*, which is not done any more: it is being stopped$/)
      .expectNoLine(/Reconnecting the VPN/);
  });
});

describe('recover', () => {
  it('begins a recovery of a tunnel that works, in the wait after another one too, and counts towards that wait', () => {
    const history = watching();
    history
      .feed(asked('recover'))
      .expectActs({ kind: 'restartGateway' })
      .expectRecovery('restarting')
      .expectLines(
        'The operator has asked to recover gluetun',
        /^The recovery of gluetun begins, as the operator has asked: recovery 1 since all was well, the next one not before 60s after its end$/,
        'Restarting gluetun to force new endpoint...',
      )
      .feed(restartDone, seconds(5), turned('gluetun', 'healthy'), checkPassed(), listedAgain())
      .feed(waveSucceeded())
      .expectLine(/^Recovery complete/)
      .forget()
      .feed(seconds(1), asked('recover'))
      .expectActs('restartGateway')
      .expectLine(/recovery 2 since all was well, the next one not before 120s after its end/);
    expect(history.state.backoff.attempts).toBe(2);
  });

  it('begins with the VPN alone if the strategy says so, and goes on with the container', () => {
    watching({ recoveryStrategy: 'vpn-first' })
      .feed(asked('recover'))
      .expectActs('restartVpn')
      .feed(failed('the control server cannot be reached'))
      .expectActs('restartVpn', 'restartGateway');
  });

  it('holds no site responsible, so none is demoted for it', () => {
    const history = watching().feed(broken);
    const { blocked } = history.state.demotion;
    history.feed(restartDone, seconds(5), turned('gluetun', 'healthy'), checkPassed(), listedAgain());
    history.feed(waveSucceeded(), asked('recover'));
    expect(history.state.demotion.blocked).toEqual(blocked);
  });
});

describe('a request', () => {
  it.each<{ given: string; steps: Steps; why: RegExp; what?: 'recover' | 'reconnect' }>([
    { given: 'the gateway was stopped', steps: stoppedByHand('gluetun'), why: /it does not run$/ },
    { given: 'the gateway is paused in Docker', steps: [paused('gluetun')], why: /docker unpause/ },
    { given: 'the engine is out of reach', steps: [disconnected()], why: /engine is out of reach$/ },
    { given: 'a recovery is under way', steps: broken, why: /a recovery is under way$/ },
    { given: 'the monitor is paused', steps: [asked('pause')], why: /gluetun-monitor resume ends that/ },
    {
      given: 'the gateway has just been started',
      steps: [started('gluetun'), inspectedAs('gluetun', { health: 'starting' })],
      why: /has just been started, and is not ready yet$/,
    },
    {
      given: 'the VPN is being reconnected',
      steps: [asked('reconnect')],
      why: /its VPN is being reconnected$/,
    },
    {
      given: 'it has been asked for already',
      steps: [...restartedByHand, asked('reconnect')],
      why: /asked for already, and waits for what is under way$/,
    },
  ])('for a recovery is refused if $given', ({ steps, why }) => {
    const history = watching()
      .feed(...steps)
      .forget();
    history.feed(asked('recover')).expectLine(why, 'info').expectNoAct();
    expect(history.said[0]).toMatch(/^The operator has asked to recover gluetun, which is refused: /);
  });

  it('never touches a gateway that is excluded', () => {
    settled([app], { settings: { exclude: ['gluetun'] } })
      .feed(asked('recover'))
      .expectLine(/refused: it is excluded, and never touched$/)
      .expectNoAct();
  });

  it('may name the gateway in any case, and is told the nearest names if there is none', () => {
    watching()
      .feed(asked('reconnect', { gateway: 'gluten' }))
      .expectLines(
        'The operator has asked to reconnect the VPN of gluten, which is refused: no such gateway is watched; --gateway takes one of (gluetun)',
      )
      .expectNoAct()
      .feed(asked('reconnect', { gateway: 'GLUETUN' }))
      .expectActs('restartVpn');
  });

  it('only says what it would do in a dry run', () => {
    watching({ dryRun: true })
      .feed(asked('recover'))
      .expectLines(
        '[DRY-RUN] The operator has asked to recover gluetun',
        '[DRY-RUN] Then its dependents: app',
      )
      .expectNoAct()
      .expectRecovery('none');
  });
});

describe('pause', () => {
  it('holds back a recovery until it is resumed, which is said to be the operator’s doing', () => {
    watching()
      .feed(asked('pause'), broken)
      .expectNoAct()
      .expectLine(/^The operator has asked to pause the monitor for gluetun, for 30m$/)
      .expectLine(/THRESHOLD REACHED/)
      .feed(asked('resume'))
      .expectLine(/^The operator has asked to resume the monitor for gluetun$/)
      .expectActs('restartGateway');
  });

  it('holds back repairs until its time is over', () => {
    watching()
      .feed(asked('pause', { forMs: 60_000 }), restartedByHand, seconds(20))
      .expectNoAct()
      .feed(seconds(60))
      .expectLine(/^The pause is over: gluetun is looked after again$/)
      .expectActs('repairDependents');
  });

  it('holds back the start of a gateway that has crashed', () => {
    settled([app], { gateway: gatewayFacts({ restartPolicy: 'no' }) })
      .feed(asked('pause'), inspectedAs('gluetun', { runState: 'exited', exitCode: 1 }), minutes(5))
      .expectNoAct();
  });

  it('does not keep a half-done re-creation from being finished', () => {
    const parked = {
      ...facts('app', { ref: idOf('former'), runState: 'exited' as const }),
      name: `app.orphan-of-gluetun-${idOf('app').slice(0, 12)}`,
    };
    settled([])
      .feed(asked('pause'), listedAgain(parked), minutes(1))
      .expectActs({
        kind: 'repairDependents',
        dependents: [expect.objectContaining({ how: 'resume' })] as never,
      });
  });

  it('lets checks go on', () => {
    watching().feed(asked('pause')).forget().feed(seconds(30)).expectChecks(1);
  });

  it('drops a request that had not begun', () => {
    watching()
      .feed(restartedByHand, asked('reconnect'), asked('pause'), seconds(60))
      .expectLine(/reconnect .*, which is not done any more: the monitor is paused/);
  });

  it('can be made longer or shorter by another one', () => {
    const history = watching().feed(asked('pause'), asked('pause', { forMs: 60_000 }));
    expect(history.state.operator.pausedUntil).toBe(history.now - 1 + 60_000);
  });

  it('lasts a week at most', () => {
    const history = watching().feed(asked('pause', { forMs: 1e15 }));
    expect(history.state.operator.pausedUntil).toBe(history.now - 1 + 7 * 86_400_000);
  });

  it('is refused to end if it does not last', () => {
    watching()
      .feed(asked('resume'))
      .expectLine(/which is refused: it is not paused$/);
  });

  it('lasts when the monitor starts again, which says so', () => {
    const { memory } = watching().feed(asked('pause'));
    expect(memory.paused).toEqual({ gluetun: expect.any(Number) as number });
    const next = settled([app], { memory: { ...memory } });
    expect(next.state.operator.pausedUntil).toBe(memory.paused['gluetun']);
    const told = new History({ memory }).feed((_state, at) => [{ type: 'monitorStarted', at }]);
    told.expectLine(
      /^The operator has paused the monitor: gluetun is watched and left alone, for another 30m$/,
    );
  });

  it('that is over leaves nothing behind', () => {
    const { memory } = watching().feed(asked('pause'), asked('resume'));
    expect(memory.paused).toEqual({});
    const past = { ...NOTHING_PERSISTED, paused: { gluetun: STORY_BEGINS - 1 } };
    const history = settled([app], { memory: past });
    expect(history.state.operator.pausedUntil).toBeUndefined();
    expect(history.memory.paused).toEqual({});
  });
});
