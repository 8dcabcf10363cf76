import { createMetrics, type Metrics } from '../../../../src/edges/metrics/metrics.ts';
import { statusOf } from '../../../../src/status/status.ts';
import type { Event } from '../../../../streams/events.ts';
import {
  STORY_BEGINS,
  checkBlind,
  checkFailed,
  checkPassed,
  connected,
  disconnected,
  endpointRead,
  inspectedAs,
  listedAgain,
  onGateway,
  publicIpLogged,
  restartEnded,
  restartFailed,
  restartMessages,
  seconds,
  site,
  stoppedByHand,
  succeeded,
} from '../../builders.ts';
import type { History } from '../../history.ts';
import { type Setting, type Steps, settled } from '../../history.ts';

const app = onGateway('app');

/** A history whose steps an edge takes, as it takes those of the loop. */
function watched(history: History): { readonly history: History; readonly metrics: Metrics } {
  const metrics = createMetrics(() => ({
    status: statusOf(history.everything, { at: history.now, wallMs: history.now, startedAt: STORY_BEGINS }),
    gateways: history.everything.gateways,
  }));
  const reduce = history.reduce.bind(history);
  history.reduce = (event: Event): void => {
    const before = history.everything;
    reduce(event);
    metrics.count({ event, before, state: history.everything, notices: [] });
  };
  return { history, metrics };
}

/** The samples of one metric, each as it is scraped. */
async function samplesOf(
  { metrics }: { readonly metrics: Metrics },
  name: string,
): Promise<readonly string[]> {
  const lines = (await metrics.text()).split('\n');
  return lines.filter((line) => new RegExp(`^gluetun_monitor_${name}(?:\\{| )`).test(line));
}

const after = (story: Steps, containers = [app], setting: Setting = {}): ReturnType<typeof watched> => {
  const one = watched(settled(containers, setting));
  one.history.feed(seconds(30), checkPassed(), ...story);
  return one;
};

const down: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];
const restarted: Steps = [
  ...restartMessages('gluetun'),
  inspectedAs('gluetun', { health: 'healthy' }),
  succeeded(),
];

describe('the metrics', () => {
  it.each<{ metric: string; that: string; story: Steps; shows: readonly string[] }>([
    { metric: 'tunnel_up', that: 'it works', story: [], shows: ['{gateway="gluetun"} 1'] },
    { metric: 'tunnel_up', that: 'it is broken', story: down, shows: ['{gateway="gluetun"} 0'] },
    {
      metric: 'tunnel_up',
      that: 'the gateway is stopped',
      story: [...stoppedByHand('gluetun'), seconds(20)],
      shows: ['{gateway="gluetun"} 0'],
    },
    { metric: 'tunnel_up', that: 'nothing is known', story: [seconds(30), checkBlind()], shows: [] },
    {
      metric: 'site_up',
      that: 'a site has failed',
      story: [seconds(30), checkFailed()],
      shows: ['{gateway="gluetun",site="https://a"} 0'],
    },
    {
      metric: 'dependents',
      that: 'a dependent is fresh',
      story: [],
      shows: expect.arrayContaining([
        '{gateway="gluetun",attachment="fresh"} 1',
        '{gateway="gluetun",attachment="stale"} 0',
      ]) as string[],
    },
    {
      metric: 'dependent_fresh',
      that: 'a dependent was stopped',
      story: [...stoppedByHand('app'), seconds(20)],
      shows: ['{gateway="gluetun",dependent="app"} 0'],
    },
    {
      metric: 'endpoint_info',
      that: 'the exit is known',
      story: [publicIpLogged('203.0.113.7', { country: 'Netherlands', city: 'Amsterdam' })],
      shows: ['{gateway="gluetun",ip="203.0.113.7",country="Netherlands",region="",city="Amsterdam"} 1'],
    },
    { metric: 'engine_connected', that: 'it answers', story: [], shows: [' 1'] },
    { metric: 'engine_connected', that: 'it is lost', story: [disconnected()], shows: [' 0'] },
    {
      metric: 'engine_reconnects_total',
      that: 'it was lost and found',
      story: [disconnected(), seconds(1), connected()],
      shows: [' 1'],
    },
    {
      metric: 'checks_total',
      that: 'each verdict occurred',
      story: [seconds(30), checkFailed(), seconds(10), checkPassed(), seconds(30), checkBlind()],
      shows: [
        '{gateway="gluetun",verdict="pass"} 2',
        '{gateway="gluetun",verdict="fail"} 1',
        '{gateway="gluetun",verdict="unknown"} 1',
      ],
    },
    {
      metric: 'conditions',
      that: 'a site is down',
      story: down,
      shows: ['{gateway="gluetun",kind="siteDown",severity="warning"} 1'],
    },
    { metric: 'recovery_under_way', that: 'one is', story: down, shows: ['{gateway="gluetun"} 1'] },
    {
      metric: 'repairs_total',
      that: 'a restart of a dependent failed',
      story: [
        ...restartMessages('gluetun'),
        inspectedAs('gluetun', { health: 'healthy' }),
        restartFailed('app'),
      ],
      shows: ['{gateway="gluetun",kind="restart",outcome="failed"} 1'],
    },
  ])('show with $metric that $that', async ({ metric, story, shows }) => {
    const samples = await samplesOf(after(story), metric);
    expect(samples.map((sample) => sample.replace(`gluetun_monitor_${metric}`, ''))).toEqual(shows);
  });

  it('count a recovery once, with its duration and what was restarted', async () => {
    const one = after(
      [...down, seconds(4), ...restarted, endpointRead('203.0.113.9'), checkPassed(), listedAgain()],
      [],
    );
    one.history.feed(seconds(60), checkPassed());
    await expect(samplesOf(one, 'recoveries_total')).resolves.toEqual([
      'gluetun_monitor_recoveries_total{gateway="gluetun",strategy="container",outcome="completed"} 1',
    ]);
    await expect(samplesOf(one, 'recovery_duration_seconds_count')).resolves.toEqual([
      'gluetun_monitor_recovery_duration_seconds_count{gateway="gluetun",strategy="container"} 1',
    ]);
    const [backoff] = await samplesOf(one, 'recovery_backoff_seconds');
    expect(Number(backoff?.split(' ')[1])).toBeGreaterThanOrEqual(0);
  });

  it('count a repair that went well', async () => {
    const story = [
      ...restartMessages('gluetun'),
      inspectedAs('gluetun', { health: 'healthy' }),
      restartEnded('app'),
    ];
    await expect(samplesOf(after(story), 'repairs_total')).resolves.toEqual([
      'gluetun_monitor_repairs_total{gateway="gluetun",kind="restart",outcome="ok"} 1',
    ]);
  });

  it('drop the sample of a site or container that is gone', async () => {
    const one = after([]);
    await expect(samplesOf(one, 'dependent_fresh')).resolves.toHaveLength(1);
    const { sites } = one.history.state;
    one.history.state = { ...one.history.state, sites: { ...sites, list: [site('b')] } };
    one.history.feed(listedAgain(), seconds(1));
    await expect(samplesOf(one, 'site_up')).resolves.toEqual([]);
  });

  it('have no sample before the first step, and those of the process at once', async () => {
    const metrics = createMetrics(() => undefined);
    const text = await metrics.text();
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
    expect(text).not.toMatch(/^gluetun_monitor_\w+\{/m);
    expect(metrics.contentType).toMatch(/^text\/plain; version=0\.0\.4/);
  });
});
