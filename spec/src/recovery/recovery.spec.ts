import { waveOf } from '../../../src/model/in-flight.ts';
import type { Event } from '../../../streams/events.ts';
import {
  type Happening,
  JOIN_ERROR,
  checkBlind,
  checkFailed,
  checkPassed,
  connected,
  destroyed,
  died,
  disconnected,
  endpointRead,
  endpointUnavailable,
  facts,
  failed,
  gatewayFacts,
  happens,
  idOf,
  inspectedAs,
  killed,
  listedAgain,
  listingFailed,
  minutes,
  onGateway,
  restartFailed,
  restartMessages,
  seconds,
  site,
  started,
  stopped,
  stoppedByHand,
  succeeded,
  tunnelUpLogged,
  turned,
  skipped,
  waveSucceeded,
} from '../builders.ts';
import { type History, type Setting, type Steps, settled } from '../history.ts';

const app = onGateway('app');
const down: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];

/** The recovery has just begun. */
const broken = (containers = [app], setting: Setting = {}) => settled(containers, setting).feed(...down);
/** The gateway is back and its own restart done, but it is not ready. */
const back: Steps = [
  seconds(1),
  restartMessages('gluetun'),
  inspectedAs('gluetun', { health: 'starting' }),
  succeeded(),
];
const healthy: Steps = [seconds(5), turned('gluetun', 'healthy')];

describe('a recovery', () => {
  it('begins when a critical site reaches its threshold, with the documented log lines', () => {
    broken()
      .expectActs({ kind: 'restartGateway', start: new Date(1_000).toISOString() })
      .expectLines(
        'Site https://a failed 2 consecutive times - THRESHOLD REACHED - Network failure (DNS or connection)',
        /^Status: FAILING \| IP: 203\.0\.113\.1 .* Reason: Site connectivity test failed$/,
        'Failed sites (exceeded threshold): https://a',
        /^Why: 1 of 1 critical sites down, and SITE_QUORUM=any asks for 1; recovery 1 since all was well, the next/,
        'Health check failed, initiating recovery...',
        'Restarting gluetun to force new endpoint...',
      );
  });

  it('begins if a gateway is not ready in time and its sites stay down', () => {
    settled()
      .feed(started('gluetun'), inspectedAs('gluetun', { health: 'starting' }), seconds(121))
      .feed(checkFailed(), seconds(10), checkFailed())
      .expectActs('restartGateway');
  });

  it.each<{ given: string; setting?: Setting; event: Steps }>([
    { given: 'after one failure below the threshold', event: [seconds(30), checkFailed()] },
    {
      given: 'if a check passes in between',
      event: [seconds(30), checkFailed(), seconds(10), checkPassed(), seconds(30), checkFailed()],
    },
    {
      given: 'if the probes are inconclusive',
      event: [seconds(30), checkBlind(), seconds(30), checkBlind(), seconds(30), checkBlind()],
    },
    { given: 'if the gateway is excluded', setting: { settings: { exclude: ['gluetun'] } }, event: down },
    {
      given: 'if the engine is lost',
      event: [seconds(30), checkFailed(), seconds(10), disconnected(), checkFailed()],
    },
    {
      given: 'before the engine has been listed after a reconnect',
      event: [seconds(30), checkFailed(), seconds(10), disconnected(), connected(), checkFailed()],
    },
    {
      given: 'if the monitor is shutting down',
      event: [
        seconds(30),
        checkFailed(),
        seconds(10),
        happens({ type: 'shutdownRequested', signal: 'SIGTERM' }),
        checkFailed(),
      ],
    },
    {
      given: 'if only Docker reports the gateway unhealthy',
      event: [turned('gluetun', 'unhealthy'), checkPassed(), minutes(5)],
    },
    {
      given: 'if the gateway was stopped by hand',
      event: [seconds(30), checkFailed(), seconds(10), stoppedByHand('gluetun'), checkFailed()],
    },
    {
      given: 'if the gateway is still starting',
      event: [
        started('gluetun'),
        inspectedAs('gluetun', { health: 'starting' }),
        tunnelUpLogged(),
        checkFailed(),
        seconds(10),
        checkFailed(),
        seconds(10),
        checkFailed(),
      ],
    },
  ])('does not begin $given', ({ setting, event }) => {
    settled([app], setting)
      .feed(...event)
      .expectNoAct()
      .expectRecovery('none');
  });

  it('names all sites that have reached their threshold', () => {
    settled([app], { sites: [site('a'), site('b'), site('c')] })
      .feed(seconds(30), checkFailed('a', 'b'), seconds(10), checkFailed('a', 'b'))
      .expectLine(/^Failed sites \(exceeded threshold\): https:\/\/a, https:\/\/b$/);
  });

  it('gives its acts and checks IDs that nothing else has', () => {
    const { commands } = broken().feed(...back, ...healthy, seconds(5), checkPassed(), seconds(30));
    const ids = commands.flatMap((command) =>
      'id' in command ? command.id : 'checkId' in command ? command.checkId : [],
    );
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('begins only once, however many checks fail meanwhile', () => {
    broken([app], { sites: [site('a'), site('b')] })
      .feed(minutes(3))
      .expectActs('restartGateway');
  });
});

describe('a gateway that has been sent a stop signal', () => {
  it('is not restarted for the checks that fail meanwhile', () => {
    broken([app], { settings: { failThreshold: 3 } })
      .feed(killed('gluetun'), seconds(10), checkFailed(), seconds(10), checkFailed())
      .expectNoAct()
      .expectNoLine(/THRESHOLD REACHED/);
  });

  it('is restarted if it keeps running without a tunnel', () => {
    const history = broken([app], { settings: { failThreshold: 3 } }).feed(killed('gluetun'));
    history.feed(seconds(70), checkFailed()).expectActs('restartGateway');
  });
});

describe('the reason why no recovery begins', () => {
  const sites = [site('a'), site('b'), site('c')];
  const settings = { siteQuorum: 'majority' as const };
  const isHeld = (): History =>
    settled([], { sites, settings }).feed(seconds(30), checkFailed('a'), seconds(10), checkFailed('a'));
  const WHY = /^No recovery: .* so the tunnel counts as working$/;

  it('is not logged again while nothing changes', () => {
    const { lines } = isHeld().expectLine(WHY, 'warn').forget().feed(seconds(30), checkFailed('a'));
    expect(lines.filter(({ level }) => level !== 'debug')).toHaveLength(0);
  });

  it('is logged again if the sites passed in between', () => {
    const history = isHeld().feed(seconds(30), checkPassed()).forget();
    history.feed(seconds(30), checkFailed('a'), seconds(10), checkFailed('a')).expectLine(WHY, 'warn');
  });
});

describe('the answer of the witness', () => {
  const answers: Happening = ({ shared: { witness } }, at) => [
    {
      type: 'witnessProbed',
      at,
      requestId: witness.value === 'none' ? -1 : (witness.awaited ?? -1),
      answers: true,
    },
  ];
  /** The witness is being asked before a recovery begins. */
  const isAsked = (): History =>
    settled([], { hasWitness: true })
      .feed(answers, ...down)
      .expectNoAct();

  it.each([
    { given: 'a gateway that has run for long', startedAt: 1_000 },
    { given: 'a gateway that became ready at once', startedAt: 9_990_000 },
  ])('begins the recovery of $given', ({ startedAt }) => {
    settled([], { hasWitness: true, gateway: gatewayFacts({ startedAt }) })
      .feed(answers, ...down)
      .expectNoAct()
      .feed(answers)
      .expectActs('restartGateway');
  });

  it('begins the recovery of a gateway that did not become ready in time', () => {
    settled([], { hasWitness: true })
      .feed(answers, started('gluetun'), inspectedAs('gluetun', { health: 'starting' }), seconds(121))
      .feed(checkFailed(), seconds(10), checkFailed())
      .expectNoAct()
      .feed(answers)
      .expectActs('restartGateway');
  });

  it('leads to a new check, not to a recovery, if the line was down before', () => {
    const silence: Happening = (state, at) =>
      answers(state, at).map((event): Event => ({ ...event, answers: false }) as Event);
    const history = isAsked().feed(silence, seconds(10), checkFailed());
    history.expectLine(/^No recovery: .*; the line itself is down/).forget();
    history.feed(answers).expectNoAct().expectChecks(1);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'was stopped', event: [stoppedByHand('gluetun')] },
    { given: 'is being stopped', event: [killed('gluetun')] },
    { given: 'was removed', event: [died('gluetun'), destroyed('gluetun')] },
    {
      given: 'was started again',
      event: [started('gluetun'), inspectedAs('gluetun', { health: 'starting' })],
    },
  ])('does not begin a recovery if the gateway $given meanwhile', ({ event }) => {
    isAsked()
      .feed(...event, answers)
      .expectNoAct()
      .expectRecovery('none')
      .expectNoLine(/initiating recovery/);
  });
});

describe('a complete recovery', () => {
  it('restarts the gateway, waits until it is ready, verifies, and repairs', () => {
    broken()
      .forget()
      .feed(...back)
      .expectRecovery('awaitingReady')
      .feed(...healthy)
      .expectRecovery('verifying')
      .feed(seconds(1), checkPassed())
      .expectRecovery('listing')
      .feed(listedAgain(), endpointRead('203.0.113.7'))
      .expectRecovery('repairing')
      .feed(waveSucceeded())
      .expectRecovery('none')
      .expectLines(
        'gluetun is healthy after 5s',
        'Discovering and restarting dependent containers...',
        /^The tunnel of gluetun works again after 17s: https:\/\/a had failed/,
        'Discovered dependent containers: app',
        /^Status: NEW \| IP: 203\.0\.113\.7/,
        'Restarting app...',
        'app restarted successfully',
        'Dependent container restart complete',
        /^Recovery complete \(took 7s\)$/,
      )
      .expectActs({
        kind: 'repairDependents',
        dependents: [expect.objectContaining({ id: idOf('app'), name: 'app' })] as never,
      });
  });

  it('resets the failures of the site, so that the next failure starts nothing', () => {
    const history = broken().feed(
      ...back,
      ...healthy,
      endpointRead('203.0.113.7'),
      checkPassed(),
      listedAgain(),
      waveSucceeded(),
    );
    history.forget().feed(seconds(30), checkFailed()).expectNoAct();
    expect(history.state.sites.failures).toEqual({ 'https://a/': 1 });
  });

  it('is verified by the same check that proved the gateway ready', () => {
    broken()
      .feed(...back, tunnelUpLogged(), seconds(1))
      .forget()
      .feed(checkPassed())
      .expectRecovery('listing')
      .expectChecks(0);
  });

  it('waits for the restart act to end even if the gateway is healthy sooner', () => {
    broken()
      .feed(restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }), seconds(1))
      .expectRecovery('restarting')
      .feed(succeeded(), endpointRead('203.0.113.7'), checkPassed())
      .expectRecovery('listing');
  });

  it('repairs nothing if the gateway has no dependents', () => {
    broken([])
      .forget()
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed(), listedAgain())
      .expectRecovery('none')
      .expectNoAct()
      .expectLine(/^Discovered dependent containers: none$/)
      .expectLine(/^Recovery complete/);
  });

  it('leaves stopped dependents alone and starts those that failed to join', () => {
    broken([app, onGateway('off', { runState: 'exited' })])
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed())
      .forget()
      .feed(listedAgain(onGateway('late', { runState: 'exited', exitCode: 128, error: JOIN_ERROR })))
      .expectActs({
        kind: 'repairDependents',
        dependents: [
          expect.objectContaining({ name: 'app' }),
          expect.objectContaining({ name: 'late' }),
        ] as never,
      });
  });

  it("restarts a configured dependent outside the gateway's network only once", () => {
    const history = broken([facts('db'), app], { settings: { dependents: ['db'] } });
    history
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed(), listedAgain())
      .expectLine(/^Discovered dependent containers: db$/);
    history
      .feed(waveSucceeded())
      .expectLine(/^db restarted successfully$/)
      .expectLine(/^Recovery complete/);
    history
      .forget()
      .feed(minutes(10), restartMessages('gluetun'), ...healthy, minutes(2))
      .expectNoAct();
  });

  it('restarts a dependent that could not be inspected', () => {
    const blank = onGateway('blank', { inspected: false });
    broken([blank])
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed())
      .forget()
      .feed(listedAgain(blank))
      .expectActs('repairDependents');
  });
});

describe('the restart of the gateway', () => {
  it('is reported if it fails, and the gateway is then judged by its checks', () => {
    broken()
      .feed(failed('server error'))
      .expectLine(/^Restarting gluetun failed: server error$/, 'error')
      .expectRecovery('awaitingReady');
  });

  it('ends the recovery if it fails but the tunnel works again by itself', () => {
    broken()
      .feed(failed(), seconds(5), checkPassed())
      .expectLine(/^The tunnel works again without a restart$/)
      .expectRecovery('none');
  });

  it('is repeated if it fails and the sites stay down, without a line about a late gateway', () => {
    const history = broken().feed(failed());
    for (let checks = 0; checks < 50 && history.state.recovery.value === 'awaitingReady'; checks += 1)
      history.feed(seconds(5), checkFailed());
    history.expectNoLine(/did not become ready/).expectActs('restartGateway', 'restartGateway');
  });

  it('allows the gateway its full time if it fails, without lines or further acts', () => {
    const history = broken().feed(failed()).forget();
    for (let checks = 0; checks < 22; checks += 1) history.feed(seconds(5), checkFailed());
    history.expectNoAct().feed(seconds(20));
    expect(history.lines.filter(({ level }) => level !== 'debug')).toHaveLength(0);
  });

  it('ends the recovery if it was skipped', () => {
    broken()
      .feed(skipped('it is exited by now'))
      .expectLine(/^gluetun is not restarted: it is exited by now$/)
      .expectRecovery('none')
      .feed(minutes(2))
      .expectActs('restartGateway');
  });

  it('does not end when another act ends', () => {
    const history = broken();
    history.reduce({ type: 'actEnded', at: history.now, id: 999, kind: 'x', outcome: { ok: true } });
    history.expectRecovery('restarting');
  });
});

describe('a gateway that is back in the same millisecond in which the recovery began', () => {
  it.each<{ given: string; event: Steps; says: RegExp }>([
    { given: 'as healthy once it is healthy', event: healthy, says: /^gluetun is healthy after 5s$/ },
    {
      given: 'as late if it does not become healthy',
      event: [minutes(2)],
      says: /did not become ready within/,
    },
  ])('counts as restarted and is reported $given', ({ event, says }) => {
    const history = broken();
    history.now -= 1;
    const startedAt = history.now;
    history.feed(started('gluetun'), inspectedAs('gluetun', { health: 'starting', startedAt }));
    history.feed(succeeded(), ...event).expectLine(says);
    history.expectRecovery(event === healthy ? 'verifying' : 'awaitingReady');
  });
});

describe('a gateway that a recovery waits for', () => {
  it('is not ready after a passing check if its log has not shown the tunnel', () => {
    broken()
      .feed(...back, turned('gluetun', 'unhealthy'), checkPassed())
      .expectGateway('starting')
      .expectRecovery('awaitingReady')
      .expectNoLine(/works again/);
  });

  it('is left alone if it is found down for an unknown reason', () => {
    broken()
      .feed(...back, inspectedAs('gluetun', { runState: 'exited' }))
      .forget()
      .feed(minutes(1))
      .expectRecovery('awaitingReady')
      .expectNoAct();
  });

  it('is reported late once, and its dependents are repaired as soon as it is ready', () => {
    broken()
      .feed(...back, minutes(2))
      .expectLine(
        /^gluetun did not become ready within 120s; its dependents are restarted as soon as it is$/,
        'error',
      )
      .feed(minutes(10))
      .expectLine(/did not become ready/)
      .feed(turned('gluetun', 'healthy'), checkFailed(), checkPassed(), endpointRead('203.0.113.7'))
      .feed(listedAgain())
      .expectRecovery('repairing');
  });

  it('is restarted again after the backoff if it is late and its sites stay down', () => {
    const history = broken()
      .feed(...back, seconds(121), checkFailed())
      .expectActs('restartGateway');
    history.expectLine(/^No recovery: .*; after 1 recovery the next is due in 59s$/, 'warn');
    history.feed(seconds(60), checkFailed()).expectActs('restartGateway', 'restartGateway');
  });

  it('is started 10 s after our restart left it stopped, then with a backoff, with one line about it', () => {
    const history = broken().feed(killed('gluetun'), died('gluetun'), stopped('gluetun'), failed()).forget();
    history.feed(seconds(9)).expectNoAct().feed(seconds(1)).expectActs('startGateway');
    history.feed(failed(), seconds(45)).expectActs('startGateway').feed(seconds(10));
    history.expectActs('startGateway', 'startGateway');
    history.feed(failed(), seconds(165)).expectActs('startGateway', 'startGateway').feed(seconds(10));
    history.expectActs('startGateway', 'startGateway', 'startGateway');
    history.expectLine(/^gluetun has not come back; starting it$/, 'warn');
    history.expectLine(/^Starting gluetun failed: port is already allocated; trying again$/, 'error');
  });

  it('is started in time if our restart took long to fail', () => {
    broken()
      .feed(killed('gluetun'), died('gluetun'), seconds(100), failed(), seconds(11))
      .expectActs('restartGateway', 'startGateway');
  });

  it('is started again in time if the first attempt to start it took long', () => {
    broken()
      .feed(killed('gluetun'), died('gluetun'), failed(), seconds(10), seconds(70), failed(), seconds(10))
      .expectActs('restartGateway', 'startGateway', 'startGateway');
  });

  it('is started with a backoff if it crashes during the recovery', () => {
    const history = broken().feed(...back, seconds(3), died('gluetun', 1), seconds(55));
    history.expectActs('restartGateway').feed(seconds(3)).expectActs('restartGateway', 'startGateway');
    expect(history.state.backoff.attempts).toBe(2);
  });

  it('is not started while its restart policy may start it, but is once that gives up', () => {
    const history = broken()
      .feed(...back, died('gluetun', 1), inspectedAs('gluetun', { runState: 'restarting' }))
      .forget();
    history.feed(minutes(4)).expectNoAct();
    history.feed(inspectedAs('gluetun', { runState: 'exited' }), seconds(11)).expectActs('startGateway');
  });

  it('is not started if it was stopped by hand, and the recovery ends', () => {
    broken()
      .feed(...back, seconds(1), stoppedByHand('gluetun'))
      .expectRecovery('awaitingReady')
      .feed(seconds(11))
      .expectLine(/^The recovery ends: gluetun was stopped$/)
      .expectRecovery('none')
      .feed(minutes(30))
      .expectActs('restartGateway');
  });

  it('is not started while the engine is away', () => {
    const history = broken()
      .feed(...back, died('gluetun', 1), disconnected())
      .forget();
    history.feed(minutes(2)).expectNoAct();
    history.feed(connected(), listedAgain(), minutes(1)).expectActs('startGateway');
  });

  it('is not started if the monitor is shutting down', () => {
    broken()
      .feed(...back, died('gluetun', 1), happens({ type: 'shutdownRequested', signal: 'SIGTERM' }))
      .forget()
      .feed(minutes(1))
      .expectNoAct();
  });

  it('lets the recovery continue if our start brings it back', () => {
    broken()
      .feed(
        killed('gluetun'),
        died('gluetun'),
        failed(),
        seconds(10),
        started('gluetun'),
        inspectedAs('gluetun', { health: 'starting' }),
        succeeded(),
      )
      .feed(...healthy)
      .expectRecovery('verifying');
  });

  it('is waited for if it is removed', () => {
    broken()
      .feed(...back, destroyed('gluetun'), minutes(5))
      .expectRecovery('awaitingReady')
      .expectActs('restartGateway');
  });
});

describe('the verification of the tunnel', () => {
  it('checks every 5 s, and the dependents are repaired even if it fails', () => {
    const history = broken()
      .feed(...back, ...healthy, endpointRead('203.0.113.7'))
      .forget();
    for (let times = 0; times < 6; times += 1) history.feed(checkFailed(), seconds(5));
    history
      .expectLine(/^No check has passed since the restart/, 'warn')
      .expectRecovery('listing')
      .feed(listedAgain(), waveSucceeded())
      .expectLine(/^Recovery ended after \d+s, but no check has passed yet$/, 'error')
      .expectNoLine(/Recovery complete/);
  });

  it('lasts twice as long as the longest check', () => {
    const history = broken([app], { sites: [site('a', { timeoutSeconds: 40 })] });
    history.feed(...back, ...healthy, endpointRead('203.0.113.7'), seconds(79)).expectRecovery('verifying');
    history.feed(seconds(2)).expectRecovery('listing');
  });

  it('ends as soon as a check passes', () => {
    broken()
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed())
      .expectRecovery('listing');
  });
});

describe('the endpoint after a recovery', () => {
  const verified: Steps = [...back, ...healthy, checkPassed()];

  it.each<{ given: string; event: Steps }>([
    { given: 'arrives after the listing', event: [listedAgain(), endpointRead('203.0.113.7')] },
    { given: 'is unavailable', event: [endpointUnavailable(), listedAgain()] },
    { given: 'does not arrive in time', event: [listedAgain(), seconds(6)] },
    { given: 'arrives without an IP', event: [endpointRead(undefined), listedAgain()] },
  ])('does not delay the repairs if it $given', ({ event }) => {
    broken()
      .feed(...verified)
      .expectRecovery('listing')
      .feed(...event)
      .expectRecovery('repairing')
      .expectActs('restartGateway', 'repairDependents');
  });
});

describe('the listing during a recovery', () => {
  const asked: Steps = [...back, ...healthy, endpointRead('203.0.113.7'), checkPassed()];

  it('is requested again if it fails', () => {
    const history = broken()
      .feed(...asked)
      .forget();
    history.feed(listingFailed(), seconds(5)).expectRecovery('listing');
    expect(history.commands.filter(({ kind }) => kind === 'listContainers').length).toBeGreaterThan(0);
    history.feed(listedAgain()).expectRecovery('repairing');
  });

  it('is requested again if it never arrives', () => {
    const history = broken()
      .feed(...asked)
      .forget();
    const askAgainAt = 'askAgainAt' in history.state.recovery ? history.state.recovery.askAgainAt : 0;
    history.feed({ waitMs: askAgainAt - history.now });
    history.expectRecovery('listing');
    expect(history.commands.filter(({ kind }) => kind === 'listContainers').length).toBeGreaterThan(0);
  });

  it('is ignored if it was requested earlier', () => {
    const history = broken().feed(...asked);
    const answer = listedAgain()(history.state, history.now)[0];
    history.reduce({ ...answer, requestedAt: history.now - 10_000 } as NonNullable<typeof answer>);
    history.expectRecovery('listing');
  });

  it('is not used if the gateway has started again and was not inspected since', () => {
    const history = broken().feed(...asked);
    history.feed(started('gluetun', { engineTimeMs: history.now }));
    history.expectRecovery('awaitingReady');
  });
});

describe('a gateway that ends again', () => {
  const steps: readonly { phase: string; event: Steps }[] = [
    { phase: 'verifying', event: [...back, ...healthy] },
    { phase: 'listing', event: [...back, ...healthy, endpointRead('203.0.113.7'), checkPassed()] },
    {
      phase: 'repairing',
      event: [...back, ...healthy, endpointRead('203.0.113.7'), checkPassed(), listedAgain()],
    },
  ];

  it.each(steps)('during the phase "$phase" is waited for again', ({ phase, event }) => {
    const history = broken().feed(...event);
    expect(history.state.recovery.value).toBe(phase);
    history.feed(
      seconds(1),
      died('gluetun', 1),
      seconds(1),
      started('gluetun'),
      inspectedAs('gluetun', { health: 'starting' }),
    );
    history.expectRecovery('awaitingReady');
    if (waveOf(history.state) !== undefined)
      history.feed(restartFailed('app', { isSkipped: true }), succeeded());
    history.feed(...healthy, endpointRead('203.0.113.8'), seconds(6));
    if (history.state.checking.running !== undefined) history.feed(checkPassed());
    history.feed(seconds(1));
    if (history.state.recovery.value === 'verifying') history.feed(checkPassed());
    history
      .feed(listedAgain(), seconds(6))
      .expectRecovery('repairing')
      .feed(waveSucceeded())
      .expectRecovery('none');
    history.expectLine(/^Recovery complete/);
  });

  it.each(steps)(
    'during the phase "$phase" because it was stopped by hand ends the recovery',
    ({ event }) => {
      const history = broken().feed(...event);
      history
        .feed(seconds(1), stoppedByHand('gluetun'), seconds(11))
        .expectRecovery('none')
        .forget()
        .feed(minutes(10))
        .expectNoAct();
    },
  );
});

describe('the end of a recovery', () => {
  it('names the dependents that could not be restarted, once each has had a first attempt', () => {
    broken([app, onGateway('db')])
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed(), listedAgain())
      .feed(restartFailed('app'), restartFailed('db'), succeeded())
      .expectLine(/^Recovery ended after \d+(\.\d)?s, but not restarted: app, db$/, 'error')
      .expectRecovery('none');
  });

  it('does not wait for a paused dependent, which is restarted when it is resumed', () => {
    broken()
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed())
      .forget()
      .feed(listedAgain(onGateway('app', { runState: 'paused' })))
      .expectLine(/^app is paused; it is restarted when it is resumed$/)
      .expectNoAct()
      .expectRecovery('none');
  });

  it('resets the failures of all sites', () => {
    const { state } = broken([]).feed(
      ...back,
      ...healthy,
      endpointRead('203.0.113.7'),
      checkPassed(),
      listedAgain(),
    );
    expect(state.sites.failures).toEqual({});
  });
});
