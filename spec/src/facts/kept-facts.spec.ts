import {
  checkBlind,
  checkFailed,
  checkPassed,
  endpointRead,
  inspectedAs,
  listedAgain,
  onGateway,
  publicIpLogged,
  restartBegun,
  restartFailed,
  restartMessages,
  seconds,
  site,
  succeeded,
  skipped,
  waveSucceeded,
} from '../builders.ts';
import { type History, type Steps, settled } from '../history.ts';

/*
 * Facts that no decision depends on. They are kept so that an edge can show them.
 */
const down: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];
const app = onGateway('app');

describe('the latest check', () => {
  const latest = ({ state }: History) => state.checking.latest;

  it('is kept with the latency, status and reason of each site', () => {
    const history = settled([], { sites: [site('a'), site('b')] }).feed(seconds(30), checkFailed('b'));
    expect(latest(history)).toMatchObject({
      passing: false,
      results: [
        { site: { name: 'https://a' }, verdict: 'pass', latencyMs: 40, reason: 'OK' },
        { site: { name: 'https://b' }, verdict: 'fail', reason: 'Network failure (DNS or connection)' },
      ],
    });
    expect(latest(history)?.endedAt).toBeGreaterThanOrEqual(latest(history)?.startedAt ?? Infinity);
  });

  it('is not replaced by one that a restart of the gateway disturbed', () => {
    const history = settled([app]).feed(seconds(30));
    const before = latest(history);
    history.feed(...restartMessages('gluetun'), checkBlind());
    expect(latest(history)).toBe(before);
  });
});

describe('the latest recovery', () => {
  const record = ({ state }: History) => state.latestRecovery;
  const restarted: Steps = [
    ...restartMessages('gluetun'),
    succeeded(),
    inspectedAs('gluetun', { health: 'healthy' }),
  ];

  const verified: Steps = [...restarted, endpointRead('203.0.113.7'), checkPassed(), listedAgain()];

  it('is kept with its steps and their times, and with its end once it has completed', () => {
    const history = settled([app]).feed(...down);
    expect(record(history)).toMatchObject({ endedAt: undefined, outcome: undefined });
    history.feed(...verified);
    expect(record(history)).toMatchObject({ endedAt: undefined, outcome: undefined });
    const endedAt = history.now;
    history.feed(waveSucceeded(), seconds(1));
    expect(record(history)).toMatchObject({ endedAt, outcome: 'completed' });
    const steps = record(history)?.steps ?? [];
    expect(steps.map(({ step }) => step)).toEqual([
      'restarting',
      'awaitingReady',
      'verifying',
      'listing',
      'repairing',
    ]);
    const times = steps.map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('is kept as incomplete if a dependent could not be restarted', () => {
    const history = settled([app]).feed(...down, ...verified, restartBegun('app'), restartFailed('app'));
    const endedAt = history.now;
    history.feed(succeeded());
    expect(record(history)).toMatchObject({ endedAt, outcome: 'incomplete' });
  });

  it('is kept as abandoned if it was not needed any more', () => {
    const history = settled([app]).feed(...down, skipped());
    expect(record(history)).toMatchObject({ outcome: 'abandoned', steps: [{ step: 'restarting' }] });
    expect(record(history)?.endedAt).toBeDefined();
  });

  it('is replaced by the next one', () => {
    const history = settled([app]).feed(...down, skipped());
    const first = record(history);
    history.feed(seconds(70), checkFailed());
    expect(record(history)).toMatchObject({ endedAt: undefined });
    expect(record(history)?.begunAt).toBeGreaterThan(first?.endedAt ?? Infinity);
  });
});

describe('the endpoint last announced', () => {
  it('is kept with its time', () => {
    const history = settled([]).feed(publicIpLogged('203.0.113.9', { country: 'Norway' }));
    expect(history.state.endpoint.announced).toMatchObject({ ip: '203.0.113.9', country: 'Norway' });
    expect(history.state.endpoint.announced?.at).toBeLessThanOrEqual(history.now);
  });
});

describe('a dependent', () => {
  it('is kept with the time since when its attachment has been the same', () => {
    const history = settled([app]);
    const [member] = Object.values(history.state.dependents.members ?? {});
    history.feed(seconds(60), ...restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }));
    const [now] = Object.values(history.state.dependents.members ?? {});
    expect([member?.attachment, now?.attachment]).toEqual(['fresh', 'stale']);
    expect(now?.since).toBeGreaterThan((member?.since ?? Infinity) + 59_000);
  });

  it('is kept with the reason why its repair failed', () => {
    const history = settled([app]).feed(
      ...restartMessages('gluetun'),
      inspectedAs('gluetun', { health: 'healthy' }),
      restartBegun('app'),
      restartFailed('app'),
    );
    expect(Object.values(history.state.repairs.pending)).toMatchObject([
      { failure: { isRefused: false, reason: 'no space left on device' } },
    ]);
  });
});
