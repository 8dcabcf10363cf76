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

describe('a recovery begins', () => {
  it('when a critical site is at its threshold, with the words a user may grep', () => {
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

  it('where a gateway does not become ready in its time and its sites stay down', () => {
    settled()
      .feed(started('gluetun'), inspectedAs('gluetun', { health: 'starting' }), seconds(121))
      .feed(checkFailed(), seconds(10), checkFailed())
      .expectActs('restartGateway');
  });

  it.each<{ given: string; setting?: Setting; event: Steps }>([
    { given: 'one failure is not the threshold', event: [seconds(30), checkFailed()] },
    {
      given: 'a pass comes in between',
      event: [seconds(30), checkFailed(), seconds(10), checkPassed(), seconds(30), checkFailed()],
    },
    {
      given: 'probes tell nothing',
      event: [seconds(30), checkBlind(), seconds(30), checkBlind(), seconds(30), checkBlind()],
    },
    { given: 'the gateway is excluded', setting: { settings: { exclude: ['gluetun'] } }, event: down },
    {
      given: 'the engine is lost',
      event: [seconds(30), checkFailed(), seconds(10), disconnected(), checkFailed()],
    },
    {
      given: 'the engine is not caught up with',
      event: [seconds(30), checkFailed(), seconds(10), disconnected(), connected(), checkFailed()],
    },
    {
      given: 'the monitor ends',
      event: [
        seconds(30),
        checkFailed(),
        seconds(10),
        happens({ type: 'shutdownRequested', signal: 'SIGTERM' }),
        checkFailed(),
      ],
    },
    {
      given: 'Docker alone calls it unhealthy',
      event: [turned('gluetun', 'unhealthy'), checkPassed(), minutes(5)],
    },
    {
      given: 'it was stopped by its operator',
      event: [seconds(30), checkFailed(), seconds(10), stoppedByHand('gluetun'), checkFailed()],
    },
    {
      given: 'it is still starting',
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
  ])('not where $given', ({ setting, event }) => {
    settled([app], setting)
      .feed(...event)
      .expectNoAct()
      .expectRecovery('none');
  });

  it('naming all sites at their threshold', () => {
    settled([app], { sites: [site('a'), site('b'), site('c')] })
      .feed(seconds(30), checkFailed('a', 'b'), seconds(10), checkFailed('a', 'b'))
      .expectLine(/^Failed sites \(exceeded threshold\): https:\/\/a, https:\/\/b$/);
  });

  it('whose act has an id that nothing else has', () => {
    const { commands } = broken().feed(...back, ...healthy, seconds(5), checkPassed(), seconds(30));
    const ids = commands.flatMap((command) =>
      'id' in command ? command.id : 'checkId' in command ? command.checkId : [],
    );
    expect(ids.length).toBeGreaterThan(3);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('once, however many checks fail meanwhile', () => {
    broken([app], { sites: [site('a'), site('b')] })
      .feed(minutes(3))
      .expectActs('restartGateway');
  });
});

describe('a gateway that somebody stops', () => {
  it('is not restarted for the sites that are out of reach by that', () => {
    broken([app], { settings: { failThreshold: 3 } })
      .feed(killed('gluetun'), seconds(10), checkFailed(), seconds(10), checkFailed())
      .expectNoAct()
      .expectNoLine(/THRESHOLD REACHED/);
  });

  it('is restarted where it goes on without a tunnel all the same', () => {
    const history = broken([app], { settings: { failThreshold: 3 } }).feed(killed('gluetun'));
    history.feed(seconds(70), checkFailed()).expectActs('restartGateway');
  });
});

describe('why no recovery begins', () => {
  const sites = [site('a'), site('b'), site('c')];
  const settings = { siteQuorum: 'majority' as const };
  const isHeld = (): History =>
    settled([], { sites, settings }).feed(seconds(30), checkFailed('a'), seconds(10), checkFailed('a'));
  const WHY = /^No recovery: .* so the tunnel counts as working$/;

  it('is not said again while it stays so', () => {
    const { lines } = isHeld().expectLine(WHY, 'warn').forget().feed(seconds(30), checkFailed('a'));
    expect(lines.filter(({ level }) => level !== 'debug')).toHaveLength(0);
  });

  it('is said again after the sites were up in between', () => {
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
    { given: 'one that was ready in no time', startedAt: 9_990_000 },
  ])('begins the recovery of $given', ({ startedAt }) => {
    settled([], { hasWitness: true, gateway: gatewayFacts({ startedAt }) })
      .feed(answers, ...down)
      .expectNoAct()
      .feed(answers)
      .expectActs('restartGateway');
  });

  it('begins it with a gateway that is out of time to become ready, too', () => {
    settled([], { hasWitness: true })
      .feed(answers, started('gluetun'), inspectedAs('gluetun', { health: 'starting' }), seconds(121))
      .feed(checkFailed(), seconds(10), checkFailed())
      .expectNoAct()
      .feed(answers)
      .expectActs('restartGateway');
  });

  it('that the line is up again begins nothing by itself: the sites are checked first', () => {
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
      given: 'has started anew',
      event: [started('gluetun'), inspectedAs('gluetun', { health: 'starting' })],
    },
  ])('begins nothing with a gateway that $given meanwhile', ({ event }) => {
    isAsked()
      .feed(...event, answers)
      .expectNoAct()
      .expectRecovery('none')
      .expectNoLine(/initiating recovery/);
  });
});

describe('a whole recovery', () => {
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

  it('begins nothing again once the site is back', () => {
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

  it('is verified by the very check that made the gateway ready', () => {
    broken()
      .feed(...back, tunnelUpLogged(), seconds(1))
      .forget()
      .feed(checkPassed())
      .expectRecovery('listing')
      .expectChecks(0);
  });

  it("waits for the restart's own end though the gateway is healthy before", () => {
    broken()
      .feed(restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }), seconds(1))
      .expectRecovery('restarting')
      .feed(succeeded(), endpointRead('203.0.113.7'), checkPassed())
      .expectRecovery('listing');
  });

  it('has nothing to repair where nobody hangs on the gateway', () => {
    broken([])
      .forget()
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed(), listedAgain())
      .expectRecovery('none')
      .expectNoAct()
      .expectLine(/^Discovered dependent containers: none$/)
      .expectLine(/^Recovery complete/);
  });

  it('leaves alone who is stopped, and starts who failed to join', () => {
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

  it('restarts a listed container that is apart once, and it counts as done when it is younger than the gateway', () => {
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

  it('restarts one that could not be inspected: it ran before the gateway did', () => {
    const blank = onGateway('blank', { inspected: false });
    broken([blank])
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed())
      .forget()
      .feed(listedAgain(blank))
      .expectActs('repairDependents');
  });
});

describe('the restart', () => {
  it('that fails is said, and the gateway judged by its checks', () => {
    broken()
      .feed(failed('server error'))
      .expectLine(/^Restarting gluetun failed: server error$/, 'error')
      .expectRecovery('awaitingReady');
  });

  it('that fails is over where the tunnel comes back by itself', () => {
    broken()
      .feed(failed(), seconds(5), checkPassed())
      .expectLine(/^The tunnel works again without a restart$/)
      .expectRecovery('none');
  });

  it('that fails is not late, and begins again where the sites stay down', () => {
    const history = broken().feed(failed());
    for (let checks = 0; checks < 50 && history.state.recovery.value === 'awaitingReady'; checks += 1)
      history.feed(seconds(5), checkFailed());
    history.expectNoLine(/did not become ready/).expectActs('restartGateway', 'restartGateway');
  });

  it('that fails leaves the gateway its time: nothing is said nor tried before that is over', () => {
    const history = broken().feed(failed()).forget();
    for (let checks = 0; checks < 22; checks += 1) history.feed(seconds(5), checkFailed());
    history.expectNoAct().feed(seconds(20));
    expect(history.lines.filter(({ level }) => level !== 'debug')).toHaveLength(0);
  });

  it('that found things otherwise is no restart, and the recovery over', () => {
    broken()
      .feed(skipped('it is exited by now'))
      .expectLine(/^gluetun is not restarted: it is exited by now$/)
      .expectRecovery('none')
      .feed(minutes(2))
      .expectActs('restartGateway');
  });

  it('that another command ends does not end', () => {
    const history = broken();
    history.reduce({ type: 'actEnded', at: history.now, id: 999, kind: 'x', outcome: { ok: true } });
    history.expectRecovery('restarting');
  });
});

describe('a gateway that is back in the millisecond in which the recovery began', () => {
  it.each<{ given: string; event: Steps; says: RegExp }>([
    { given: 'as soon as it is healthy', event: healthy, says: /^gluetun is healthy after 5s$/ },
    { given: 'late where it does not become so', event: [minutes(2)], says: /did not become ready within/ },
  ])('has restarted: it is ready $given', ({ event, says }) => {
    const history = broken();
    history.now -= 1;
    const startedAt = history.now;
    history.feed(started('gluetun'), inspectedAs('gluetun', { health: 'starting', startedAt }));
    history.feed(succeeded(), ...event).expectLine(says);
    history.expectRecovery(event === healthy ? 'verifying' : 'awaitingReady');
  });
});

describe('a gateway that is awaited', () => {
  it('is not back with a check that passes before its log shows the tunnel', () => {
    broken()
      .feed(...back, turned('gluetun', 'unhealthy'), checkPassed())
      .expectGateway('starting')
      .expectRecovery('awaitingReady')
      .expectNoLine(/works again/);
  });

  it('and is found down, nobody knows why, is waited for and not touched', () => {
    broken()
      .feed(...back, inspectedAs('gluetun', { runState: 'exited' }))
      .forget()
      .feed(minutes(1))
      .expectRecovery('awaitingReady')
      .expectNoAct();
  });

  it('is said to be late once, and its dependents are repaired as soon as it is ready', () => {
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

  it('is restarted again where it is late and its sites stay down, when the backoff is over', () => {
    const history = broken()
      .feed(...back, seconds(121), checkFailed())
      .expectActs('restartGateway');
    history.expectLine(/^No recovery: .*; after 1 recovery the next is due in 59s$/, 'warn');
    history.feed(seconds(60), checkFailed()).expectActs('restartGateway', 'restartGateway');
  });

  it('left behind by our restart is started after 10 s, then under the backoff of recoveries, said once', () => {
    const history = broken().feed(killed('gluetun'), died('gluetun'), stopped('gluetun'), failed()).forget();
    history.feed(seconds(9)).expectNoAct().feed(seconds(1)).expectActs('startGateway');
    history.feed(failed(), seconds(45)).expectActs('startGateway').feed(seconds(10));
    history.expectActs('startGateway', 'startGateway');
    history.feed(failed(), seconds(165)).expectActs('startGateway', 'startGateway').feed(seconds(10));
    history.expectActs('startGateway', 'startGateway', 'startGateway');
    history.expectLine(/^gluetun has not come back; starting it$/, 'warn');
    history.expectLine(/^Starting gluetun failed: port is already allocated; trying again$/, 'error');
  });

  it('left behind is started in time though its restart took longer than that to fail', () => {
    broken()
      .feed(killed('gluetun'), died('gluetun'), seconds(100), failed(), seconds(11))
      .expectActs('restartGateway', 'startGateway');
  });

  it('left behind that an attempt took long to start is tried again in time', () => {
    broken()
      .feed(killed('gluetun'), died('gluetun'), failed(), seconds(10), seconds(70), failed(), seconds(10))
      .expectActs('restartGateway', 'startGateway', 'startGateway');
  });

  it('that crashes in the recovery is started too, under the backoff: that is another attempt', () => {
    const history = broken().feed(...back, seconds(3), died('gluetun', 1), seconds(55));
    history.expectActs('restartGateway').feed(seconds(3)).expectActs('restartGateway', 'startGateway');
    expect(history.state.backoff.attempts).toBe(2);
  });

  it('is not started while its restart policy may do it, but where that gives up', () => {
    const history = broken()
      .feed(...back, died('gluetun', 1), inspectedAs('gluetun', { runState: 'restarting' }))
      .forget();
    history.feed(minutes(4)).expectNoAct();
    history.feed(inspectedAs('gluetun', { runState: 'exited' }), seconds(11)).expectActs('startGateway');
  });

  it('is never started once its operator stopped it, and the recovery ends', () => {
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

  it('is not started once the monitor ends', () => {
    broken()
      .feed(...back, died('gluetun', 1), happens({ type: 'shutdownRequested', signal: 'SIGTERM' }))
      .forget()
      .feed(minutes(1))
      .expectNoAct();
  });

  it('goes on where a start of ours brings it back', () => {
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

  it('that is removed is waited for', () => {
    broken()
      .feed(...back, destroyed('gluetun'), minutes(5))
      .expectRecovery('awaitingReady')
      .expectActs('restartGateway');
  });
});

describe('the verification', () => {
  it('goes on at most 5 s apart, and is no condition for the repairs', () => {
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

  it('lasts twice the longest check', () => {
    const history = broken([app], { sites: [site('a', { timeoutSeconds: 40 })] });
    history.feed(...back, ...healthy, endpointRead('203.0.113.7'), seconds(79)).expectRecovery('verifying');
    history.feed(seconds(2)).expectRecovery('listing');
  });

  it('ends at once with a check that passes', () => {
    broken()
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed())
      .expectRecovery('listing');
  });
});

describe('the endpoint in a recovery', () => {
  const verified: Steps = [...back, ...healthy, checkPassed()];

  it.each<{ given: string; event: Steps }>([
    { given: 'is told after the listing', event: [listedAgain(), endpointRead('203.0.113.7')] },
    { given: 'is not available', event: [endpointUnavailable(), listedAgain()] },
    { given: 'is not answered in time', event: [listedAgain(), seconds(6)] },
    { given: 'is answered without an address', event: [endpointRead(undefined), listedAgain()] },
  ])('that $given holds up no repair', ({ event }) => {
    broken()
      .feed(...verified)
      .expectRecovery('listing')
      .feed(...event)
      .expectRecovery('repairing')
      .expectActs('restartGateway', 'repairDependents');
  });
});

describe('the listing of a recovery', () => {
  const asked: Steps = [...back, ...healthy, endpointRead('203.0.113.7'), checkPassed()];

  it('that fails is asked for again', () => {
    const history = broken()
      .feed(...asked)
      .forget();
    history.feed(listingFailed(), seconds(5)).expectRecovery('listing');
    expect(history.commands.filter(({ kind }) => kind === 'listContainers').length).toBeGreaterThan(0);
    history.feed(listedAgain()).expectRecovery('repairing');
  });

  it('that never answers is asked for again', () => {
    const history = broken()
      .feed(...asked)
      .forget();
    const askAgainAt = 'askAgainAt' in history.state.recovery ? history.state.recovery.askAgainAt : 0;
    history.feed({ waitMs: askAgainAt - history.now });
    history.expectRecovery('listing');
    expect(history.commands.filter(({ kind }) => kind === 'listContainers').length).toBeGreaterThan(0);
  });

  it('from before it was asked for is not believed', () => {
    const history = broken().feed(...asked);
    const answer = listedAgain()(history.state, history.now)[0];
    history.reduce({ ...answer, requestedAt: history.now - 10_000 } as NonNullable<typeof answer>);
    history.expectRecovery('listing');
  });

  it('without an inspection of the gateway proves nobody fresh or stale', () => {
    const history = broken().feed(...asked);
    history.feed(started('gluetun', { engineTimeMs: history.now }));
    history.expectRecovery('awaitingReady');
  });
});

describe('a gateway that bounces', () => {
  const steps: readonly { phase: string; event: Steps }[] = [
    { phase: 'verifying', event: [...back, ...healthy] },
    { phase: 'listing', event: [...back, ...healthy, endpointRead('203.0.113.7'), checkPassed()] },
    {
      phase: 'repairing',
      event: [...back, ...healthy, endpointRead('203.0.113.7'), checkPassed(), listedAgain()],
    },
  ];

  it.each(steps)('while $phase is awaited again', ({ phase, event }) => {
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

  it.each(steps)('while $phase and is stopped by its operator ends the recovery', ({ event }) => {
    const history = broken().feed(...event);
    history
      .feed(seconds(1), stoppedByHand('gluetun'), seconds(11))
      .expectRecovery('none')
      .forget()
      .feed(minutes(10))
      .expectNoAct();
  });
});

describe('the end of a recovery', () => {
  it('names who could not be restarted, once everyone has had a first try', () => {
    broken([app, onGateway('db')])
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed(), listedAgain())
      .feed(restartFailed('app'), restartFailed('db'), succeeded())
      .expectLine(/^Recovery ended after \d+(\.\d)?s, but not restarted: app, db$/, 'error')
      .expectRecovery('none');
  });

  it('does not wait for a paused one, which is repaired when it is resumed', () => {
    broken()
      .feed(...back, ...healthy, endpointRead('203.0.113.7'), checkPassed())
      .forget()
      .feed(listedAgain(onGateway('app', { runState: 'paused' })))
      .expectLine(/^app is paused; it is restarted when it is resumed$/)
      .expectNoAct()
      .expectRecovery('none');
  });

  it('sets every counter back', () => {
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
