import {
  checkFailed,
  checkPassed,
  destroyed,
  died,
  endpointRead,
  failed,
  foundGone,
  happens,
  idOf,
  minutes,
  onGateway,
  paused,
  restartBegun,
  restartEnded,
  seconds,
  site,
  started,
  succeeded,
  unpaused,
  skipped,
} from '../builders.ts';
import { type History, type Setting, type Steps, settled } from '../history.ts';

const down: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];
const app = onGateway('app');

/** The VPN is being restarted. */
const broken = ({ settings, ...setting }: Setting = {}): History =>
  settled([app, onGateway('db')], {
    ...setting,
    settings: { recoveryStrategy: 'vpn-first', ...settings },
  }).feed(...down);
/** It was, and a check is to prove it. */
const restarted = (setting: Setting = {}): History => broken(setting).forget().feed(succeeded());
const NO_USE = /^No check has passed since the VPN was restarted inside gluetun$/;

describe('a recovery with the vpn-first strategy', () => {
  it('begins with a restart of the VPN inside the gateway', () => {
    broken()
      .expectRecovery('restartingVpn')
      .expectActs({ kind: 'restartVpn', start: new Date(1_000).toISOString() })
      .expectLine(/^Restarting the VPN inside gluetun to force new endpoint\.\.\.$/, 'info');
  });

  it('forgets the old endpoint', () => {
    const { current, reading } = restarted().state.endpoint;
    expect(Object.values(current)).toEqual(Object.values(current).map(() => undefined));
    expect(reading).toBeUndefined();
  });

  it('ends when a check passes, with the dependents untouched', () => {
    const history = restarted().feed(seconds(5), checkPassed()).expectRecovery('none');
    history
      .expectNoAct()
      .expectLine(
        /^Recovery complete \(took \d(\.\d)?s\): the VPN was restarted, dependents untouched$/,
        'info',
      );
    history.feed(minutes(5)).expectNoAct();
  });

  it('restarts the dependents in VPN_RESTART_DEPENDENTS once', () => {
    const history = restarted({ settings: { vpnRestartDependents: ['db'] } }).feed(seconds(5), checkPassed());
    history.expectLine(/the VPN was restarted, dependents untouched but db$/).expectActs({
      kind: 'repairDependents',
      dependents: [expect.objectContaining({ name: 'db', how: 'restart' })] as never,
    });
    expect(history.state.repairs.pending[idOf('db')]?.isForced).toBe(true);
    history.feed(restartBegun('db'), restartEnded('db'), succeeded(), minutes(5));
    history.expectLine(/^db restarted successfully$/).expectActs('repairDependents');
  });

  it('names all dependents that it restarts', () => {
    restarted({ settings: { vpnRestartDependents: ['db', 'app'] } })
      .feed(seconds(5), checkPassed())
      .expectLine(/dependents untouched but app, db$/);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'a check that fails', event: [seconds(5), checkFailed()] },
    { given: 'the end of another act', event: [happens({ type: 'actEnded', id: 99, kind: 'any', outcome: { ok: true } })] },
    { given: 'an endpoint', event: [endpointRead('203.0.113.9')] },
    { given: '29 of its 30 seconds', event: [seconds(29)] },
  ])('keeps waiting after $given', ({ event }) => {
    restarted().feed(...event).expectRecovery('verifyingVpn').expectNoAct();
  }); // prettier-ignore

  it.each([
    ['not proven by a check that began before its end', -1, 'verifyingVpn'],
    ['proven by a check that began at its end', 0, 'none'],
  ] as const)('is %s', (_, afterMs, then) => {
    const history = restarted().feed(seconds(5));
    const { recovery, checking } = history.state;
    const startedAt = recovery.value === 'verifyingVpn' ? recovery.since + afterMs : 0;
    const running = checking.running && { ...checking.running, startedAt };
    history.state = { ...history.state, checking: { ...checking, running } };
    history.feed(checkPassed()).expectRecovery(then);
  });

  it('is verified by a check at once and then every 5 s', () => {
    const history = restarted().expectChecks(1).feed(checkFailed());
    history.feed(seconds(4)).expectChecks(1).feed(seconds(1)).expectChecks(2);
  });

  it('makes no check while the VPN is being restarted', () => {
    broken().forget().feed(minutes(5)).expectChecks(0);
  });

  it('is not affected by the end of another act', () => {
    broken()
      .forget()
      .feed(happens({ type: 'actEnded', id: 99, kind: 'any', outcome: { ok: true } }))
      .expectRecovery('restartingVpn');
  });

  it('ends if the restart was skipped, and begins again if the sites stay down', () => {
    const history = broken().forget().feed(skipped('it has started anew by now')).expectRecovery('none');
    history
      .expectLines('The VPN inside gluetun is not restarted: it has started anew by now')
      .expectNoAct()
      .expectCommandCount('readEndpoint', 1)
      .feed(minutes(1), checkFailed())
      .expectActs('restartVpn');
  });

  describe('if the gateway is paused meanwhile', () => {
    const PAUSED = 'gluetun is paused; standing by until it is resumed';
    const resumed = (history: History): History => history.feed(minutes(5), unpaused('gluetun'));

    it('waits, and has its full time once the gateway is resumed', () => {
      const history = restarted().feed(checkFailed()).forget().feed(paused('gluetun'), minutes(5));
      history.expectLines(PAUSED).expectRecovery('verifyingVpn').expectNoAct();
      history.forget().feed(unpaused('gluetun')).expectChecks(1);
      history.feed(seconds(29)).expectRecovery('verifyingVpn').expectNoAct();
      history.feed(seconds(2)).expectLine(NO_USE, 'warn').expectActs('restartGateway');
    });

    it('is proven by a check made after the gateway was resumed', () => {
      const history = resumed(
        restarted({ settings: { vpnRestartDependents: ['db'] } }).feed(paused('gluetun')),
      );
      history.feed(checkFailed()).expectRecovery('verifyingVpn').feed(seconds(5), checkPassed());
      history.expectRecovery('none').expectLine(/the VPN was restarted, dependents untouched but db$/);
    });

    it.each<{ given: string; event: Steps }>([
      { given: 'has ended', event: [succeeded()] },
      { given: 'was frozen and failed', event: [failed('no answer')] },
    ])('is proven by a check if the act $given', ({ event }) => {
      const history = broken()
        .feed(paused('gluetun'), ...event)
        .expectRecovery('verifyingVpn');
      history.expectNoLine(/cannot be restarted/);
      resumed(history)
        .feed(checkPassed())
        .expectRecovery('none')
        .expectLine(/the VPN was restarted/);
    });

    it('makes no check before the act has ended', () => {
      resumed(broken().forget().feed(paused('gluetun')))
        .feed(minutes(1))
        .expectChecks(0);
    });

    it('says that the outcome will show when the gateway is resumed', () => {
      broken()
        .feed(paused('gluetun'), failed('no answer'))
        .expectLine(
          /^Whether the VPN inside gluetun was restarted will show when the container is resumed: no answer$/,
          'info',
        );
    });

    it.each(['verifyingVpn', 'restartingVpn'] as const)(
      'ends in phase %s if the gateway has started again',
      (phase) => {
        const history = (phase === 'verifyingVpn' ? restarted() : broken()).feed(paused('gluetun')).forget();
        history.feed(started('gluetun')).expectGateway('starting').expectRecovery('none');
        history.expectLines(
          'gluetun started; waiting until it is ready',
          'The recovery ends: gluetun has started anew',
        );
        history.feed(minutes(1)).expectNoAct();
      },
    );

    it('ends if the restart was skipped', () => {
      broken().feed(paused('gluetun'), skipped('it is paused by now')).expectRecovery('none');
    });

    it('restarts the container if the act fails after the gateway was resumed', () => {
      resumed(broken().forget().feed(paused('gluetun')))
        .feed(failed())
        .expectActs('restartGateway');
    });
  });

  it('restarts the container if the VPN cannot be restarted', () => {
    const history = broken();
    const begunAt = 'begunAt' in history.state.recovery ? history.state.recovery.begunAt : -1;
    history
      .forget()
      .feed(failed('the control server asks for a key'))
      .expectLine(/^The VPN cannot be restarted inside gluetun: the control server asks for a key$/, 'warn')
      .expectLine(/^Restarting gluetun to force new endpoint\.\.\.$/)
      .expectActs('restartGateway');
    expect(history.state.recovery).toMatchObject({ value: 'restarting', begunAt });
  });

  it('restarts the container if no check passes within half a minute', () => {
    restarted().feed(seconds(31)).expectLine(NO_USE, 'warn').expectActs('restartGateway');
  });

  it('waits for the length of two checks if that is longer', () => {
    const history = restarted({ sites: [site('a', { timeoutSeconds: 25 }), site('b')] });
    history.feed(seconds(49)).expectNoAct().feed(seconds(2)).expectLine(NO_USE).expectActs('restartGateway');
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'dies', event: [died('gluetun', 1)] },
    { given: 'is removed', event: [died('gluetun', 1), destroyed('gluetun')] },
    { given: 'is found to be gone', event: [foundGone('gluetun')] },
  ])('ends if the gateway $given', ({ event }) => {
    for (const history of [broken(), restarted()])
      history
        .forget()
        .feed(...event)
        .expectLine(/^The recovery ends: gluetun does not run any more$/)
        .expectRecovery('none')
        .expectNoAct();
  });
});
