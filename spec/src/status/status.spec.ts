import * as v from 'valibot';
import { statusSchema, type Status } from '../../../src/status/schema.ts';
import { statisticsOf } from '../../../src/status/statistics.ts';
import { statusOf } from '../../../src/status/status.ts';
import { emptyTally } from '../../../src/status/tally.ts';
import {
  JOIN_ERROR,
  STORY_BEGINS,
  checkBlind,
  checkFailed,
  checkPassed,
  connected,
  disconnected,
  endpointRead,
  gatewayFacts,
  inspectedAs,
  listed,
  listedAgain,
  onGateway,
  paused,
  publicIpLogged,
  restartFailed,
  restartMessages,
  seconds,
  site,
  stoppedByHand,
  succeeded,
  turned,
} from '../builders.ts';
import { History, type Steps, settled } from '../history.ts';

/** The system's clock is an hour ahead of the monitor's: it was set after the monitor had started. */
const AHEAD_MS = 3_600_000;
const timeAt = (at: number): string => new Date(at + AHEAD_MS).toISOString();

function shown({ everything, now }: History): Status {
  const status = statusOf(everything, { at: now, wallMs: now + AHEAD_MS, startedAt: STORY_BEGINS });
  // What it publishes is what the schema promises.
  expect(v.parse(statusSchema, status)).toEqual(status);
  return status;
}

const app = onGateway('app');
const down: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];
const restarted: Steps = [
  ...restartMessages('gluetun'),
  inspectedAs('gluetun', { health: 'healthy' }),
  succeeded(),
];

describe('the status', () => {
  it('is calm while all is well, with the exit, the sites and the containers', () => {
    const history = settled([app]).feed(
      publicIpLogged('203.0.113.7', { country: 'Netherlands', city: 'Amsterdam' }),
    );
    expect(shown(history)).toMatchObject({
      mood: 'well',
      sentence: 'All is well.',
      engine: 'connected',
      tunnel: 'up',
      ip: '203.0.113.7',
      country: 'Netherlands',
      city: 'Amsterdam',
      sites_up: 1,
      sites_total: 1,
      dependents_fresh: 1,
      dependents_total: 1,
      last_recovery: null,
      conditions_total: 0,
      conditions: [],
      gateways: [{ name: 'gluetun', state: 'ready', tunnel: 'up', recovery: null }],
    });
  });

  it('says that nothing is known before the first check', () => {
    const history = new History().feed(connected(), listed(gatewayFacts(), app));
    expect(shown(history)).toMatchObject({
      mood: 'unknown',
      sentence: 'Nothing shows yet whether the tunnel of gluetun works.',
      tunnel: 'unknown',
      gateways: [{ check: null, sites: [{ state: 'unknown', latency_seconds: null }] }],
    });
  });

  it('has times of the wall clock, and ages in seconds', () => {
    const history = settled([app]).feed(seconds(7));
    const status = shown(history);
    const latest = history.state.checking.latest?.startedAt ?? 0;
    expect(status.time).toBe(timeAt(history.now));
    expect(status.started).toBe(timeAt(STORY_BEGINS));
    expect(status.uptime_seconds).toBe((history.now - STORY_BEGINS) / 1000);
    expect(status.gateways[0]?.check).toMatchObject({
      began: timeAt(latest),
      age_seconds: (history.now - latest) / 1000,
      passing: true,
    });
  });

  it('keeps the tunnel up after a failure that another check has yet to confirm', () => {
    const status = shown(settled([app]).feed(seconds(30), checkFailed()));
    expect(status).toMatchObject({
      tunnel: 'up',
      sites_up: 0,
      gateways: [{ sites: [{ state: 'failing', failures: 1, threshold: 2 }] }],
    });
    expect(status.gateways[0]?.sites[0]?.reason).not.toBeNull();
  });

  it('says what is done about a broken tunnel, step by step, since the first sign of the outage', () => {
    const history = settled([app]).feed(seconds(30));
    const firstSign = history.now;
    history.feed(checkFailed(), seconds(10), checkFailed());
    const begun = history.now - 1;
    history.feed(seconds(3));
    expect(shown(history)).toMatchObject({
      mood: 'busy',
      sentence: 'The tunnel of gluetun is broken. The container is being restarted.',
      tunnel: 'down',
      since: timeAt(firstSign),
      gateways: [
        {
          recovery: {
            began: timeAt(begun),
            ended: null,
            outcome: null,
            steps: [{ step: 'restarting', began: timeAt(begun), seconds: null }],
          },
        },
      ],
    });
  });

  it('tells how long each step of the latest recovery took, and when it ended', () => {
    const history = settled().feed(
      ...down,
      seconds(4),
      ...restarted,
      endpointRead('203.0.113.9'),
      checkPassed(),
    );
    const endsAt = history.feed(listedAgain()).now - 1;
    const status = shown(history.feed(seconds(9)));
    expect(status.last_recovery).toBe(timeAt(endsAt));
    const [gateway] = status.gateways;
    expect(gateway?.recovery).toMatchObject({ ended: status.last_recovery, outcome: 'completed' });
    const steps = gateway?.recovery?.steps ?? [];
    expect(steps.map(({ step }) => step)).toEqual(['restarting', 'verifying', 'listing']);
    const sum = steps.reduce((total, { seconds: took }) => total + (took ?? NaN), 0);
    expect(sum).toBeCloseTo(gateway?.recovery?.seconds ?? NaN);
    expect(gateway).toMatchObject({ recoveries_in_a_row: 1, tunnel: 'up' });
    expect(gateway?.no_recovery_before).toMatch(/Z$/);
  });

  it.each<{ that: string; story: () => History; tunnel: Status['tunnel']; sentence: RegExp }>([
    {
      that: 'somebody has stopped the gateway',
      story: () => settled([app]).feed(...stoppedByHand('gluetun'), seconds(20)),
      tunnel: 'stopped',
      sentence: /^gluetun is not running: somebody has stopped it\.$/,
    },
    {
      that: 'the gateway is paused',
      story: () => settled([app]).feed(paused('gluetun')),
      tunnel: 'stopped',
      sentence: /^gluetun is paused\.$/,
    },
    {
      that: 'no probe can run',
      story: () => settled([app]).feed(seconds(30), checkBlind('there is no wget')),
      tunnel: 'unknown',
      sentence: /^No site can be probed through gluetun: there is no wget\.$/,
    },
    {
      that: 'the engine is out of reach',
      story: () => settled([app]).feed(disconnected('socket hang up')),
      tunnel: 'up',
      sentence: /^The Docker engine is out of reach: socket hang up\.$/,
    },
  ])('says first that $that', ({ story, tunnel, sentence }) => {
    const status = shown(story());
    expect(status.sentence).toMatch(sentence);
    expect(status).toMatchObject({ mood: 'trouble', tunnel });
  });

  it('does not call all well while something needs a person', () => {
    const history = settled([app], { sites: [site('a'), site('b')], settings: { siteQuorum: 'all' } });
    history.feed(seconds(30), checkFailed('b'), seconds(10), checkFailed('b'));
    const status = shown(history);
    expect(status).toMatchObject({ mood: 'trouble', tunnel: 'up', sites_up: 1, sites_total: 2 });
    expect(status.sentence).toMatch(/^The tunnel of gluetun works, but: /);
    expect(status.conditions_total).toBe(status.conditions.length);
    expect(status.conditions.map(({ since }) => since)).toContain(timeAt(history.now - 1));
  });

  it.each<{ of: string; story: () => History; attachment: string; why: string; waits: boolean }>([
    {
      of: 'was stopped by hand',
      story: () => settled([app]).feed(...stoppedByHand('app'), seconds(20)),
      attachment: 'stopped',
      why: 'stopped by hand: left alone',
      waits: false,
    },
    {
      of: 'is cut off while the gateway starts',
      story: () =>
        settled([app]).feed(...restartMessages('gluetun'), inspectedAs('gluetun', { health: 'starting' })),
      attachment: 'stale',
      why: 'cut off since the gateway restarted; waits for the gateway',
      waits: true,
    },
    {
      of: 'cannot be put back',
      story: () =>
        settled([app]).feed(
          ...restartMessages('gluetun'),
          inspectedAs('gluetun', { health: 'healthy' }),
          turned('gluetun', 'healthy'),
          restartFailed('app', { reason: 'no space left on device' }),
          succeeded(),
        ),
      attachment: 'stale',
      why: 'app cannot be put back: no space left on device.',
      waits: false,
    },
    {
      of: 'could not start without the gateway',
      story: () =>
        settled().feed(
          listedAgain(onGateway('app', { runState: 'exited', error: JOIN_ERROR })),
          inspectedAs('app', { runState: 'exited', error: JOIN_ERROR }),
        ),
      attachment: 'failedToJoin',
      why: 'did not start without the gateway; is put back next',
      waits: true,
    },
  ])('says why a container is not on the network that $of', ({ story, attachment, why, waits }) => {
    const [gateway] = shown(story()).gateways;
    expect(gateway?.dependents).toMatchObject([{ name: 'app', attachment, why, waits }]);
  });

  it('has the statistics of a gateway if there are any', () => {
    const { everything, now } = settled([app]);
    const moment = { at: now, wallMs: now, startedAt: STORY_BEGINS };
    const tally = emptyTally();
    tally.seconds.up = 60;
    const own = statisticsOf({ day: tally, week: tally, month: tally });
    const status = statusOf(everything, moment, { gluetun: own, other: own });
    expect(v.parse(statusSchema, status)).toEqual(status);
    expect(status.gateways[0]?.statistics).toMatchObject({ availability_24h: 1 });
    expect(statusOf(everything, moment).gateways[0]).not.toHaveProperty('statistics');
  });

  it('counts an age that a clock would make negative as none', () => {
    const history = settled([app]);
    const status = statusOf(history.everything, { at: 0, wallMs: 0, startedAt: STORY_BEGINS });
    expect(status.uptime_seconds).toBe(0);
  });
});
