import { describeOnEngine } from './engine.ts';
import { eventually } from './eventually.ts';
import type { MonitorProcess } from './monitor.ts';
import { SITES, actions, messages } from './setting.ts';
import { type Gateway, createGateway, sites } from './stand-in/gateway.ts';
import { useEvents, useScenario } from './scenario.ts';

describeOnEngine('a check', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine);
  let gateway: Gateway;
  const events = useEvents(engine);

  const oursIn = async (): Promise<readonly string[]> =>
    (await gateway.processes())
      .map(({ commandLine }) => commandLine)
      .filter((line) => /wget|gluetun-monitor/.test(line));

  describe.each(['gnu', 'busybox'] as const)('with %s wget', (wget) => {
    it('passes a site that answers 403 or 503', async () => {
      gateway = await createGateway(engine, { name: 'gluetun', wget });
      const monitor = await startMonitor({
        env: {
          SITES: [...sites.ok, sites.forbidden, sites.unavailable].join(','),
          FAIL_THRESHOLD: '1',
          LOG_LEVEL: 'debug',
        },
      });
      await monitor.waitForLine(/Site .*:8084\/: pass \(OK, HTTP 403/);
      await monitor.waitForLine(/Site .*:8085\/: pass \(OK, HTTP 503/);
      await monitor.waitForLine(/Status: STARTUP/);
      expect(actions(monitor)).toEqual([]);
    });

    it.each([
      ['fails', 'that accepts and never answers', sites.hangs],
      [
        'passes',
        'that redirects to one that never answers, as it did answer itself',
        sites.redirectsIntoHang,
      ],
      // GNU wget reports a status only once it has all headers.
      [wget === 'gnu' ? 'fails' : 'passes', 'whose headers never end', sites.endlessHeaders],
      ['fails', 'behind a black hole', sites.blackHole],
    ])('%s a site %s, and leaves no process behind', async (verdict, _, url) => {
      gateway = await createGateway(engine, { name: 'gluetun', wget });
      const monitor = await startMonitor({
        env: { SITES: `${url}|role=advisory,${SITES}`, LOG_LEVEL: 'debug', TIMEOUT: '1' },
      });
      const probed = await monitor.waitForLine(new RegExp(`Site ${url}: `));
      expect(probed.text).toMatch(
        verdict === 'passes' ? /: pass \(OK, HTTP [23]\d\d, / : /: fail \((Timed out|Network failure)/,
      );
      await eventually('no process of ours in the gateway', async () => (await oursIn()).length === 0);
      expect(actions(monitor)).toEqual([]);
    });

    it('distinguishes a refused connection from a timeout', async () => {
      gateway = await createGateway(engine, { name: 'gluetun', wget });
      await gateway.setSite(sites.ok[0], 'refused');
      const monitor = await startMonitor({
        env: { SITES: `${sites.ok[0]}|role=advisory,${sites.ok[1]}`, LOG_LEVEL: 'debug' },
      });
      const failed = await monitor.waitForLine(/Site .*:8081\/: fail/);
      expect(failed.text).toMatch(/Network failure \(DNS or connection\): connection refused/);
    });
  });

  it('that is impossible without wget restarts nothing, and is reported once, as is its return', async () => {
    gateway = await createGateway(engine, { name: 'gluetun' });
    const monitor = await startWatching({ CHECK_INTERVAL: '1', FAIL_THRESHOLD: '1' });
    await gateway.removeWget();
    await monitor.waitForLine(/cannot be probed through gluetun: wget is missing in the gateway/);
    const before = events.all.length;
    await eventually('three more checks', async () =>
      Promise.resolve(
        events.all.slice(before).filter(({ action }) => action.startsWith('exec_die')).length >= 6,
      ),
    );
    await gateway.restoreWget();
    await monitor.waitForLine(/can be probed through gluetun again/);
    expectOnce(monitor, /cannot be probed/);
    expectOnce(monitor, /can be probed .* again/);
    expect(actions(monitor)).toEqual([]);
  });

  it('is not made while the gateway is paused, which is reported once and restarts nothing', async () => {
    gateway = await createGateway(engine, { name: 'gluetun' });
    const monitor = await startWatching({ CHECK_INTERVAL: '1', FAIL_THRESHOLD: '1' });
    await gateway.pause();
    await monitor.waitForLine(/gluetun is paused; standing by/);
    const paused = events.all.length;
    await gateway.unpause();
    const resumed = await monitor.waitForLine(/gluetun is resumed/);
    await eventually('a check after it', async () =>
      Promise.resolve(
        events.all.slice(paused).some(({ action }) => action.includes('gluetun-monitor-check')),
      ),
    );
    expect(resumed.text).toMatch(/INFO/);
    // The engine itself may report a pause twice after quick requests.
    const told = (action: string): number =>
      events.of(gateway.id).filter((message) => message.action === action).length;
    expect(monitor.linesMatching(/is paused/)).toHaveLength(told('pause'));
    expect(monitor.linesMatching(/gluetun is resumed$/)).toHaveLength(told('unpause'));
    expect(actions(monitor)).toEqual([]);
  });

  it('that fails while the gateway is still starting does not count', async () => {
    gateway = await createGateway(engine, {
      name: 'gluetun',
      tunnelDelaySeconds: 4,
      health: { afterSeconds: 5 },
    });
    const monitor = await startWatching(
      { CHECK_INTERVAL: '1', FAIL_THRESHOLD: '1', LOG_LEVEL: 'debug' },
      20_000,
    );
    expect(actions(monitor)).toEqual([]);
    expect(messages(monitor).filter((message) => message.includes('THRESHOLD REACHED'))).toEqual([]);
  });

  it('handles 200 sites at once', async () => {
    gateway = await createGateway(engine, { name: 'gluetun' });
    const many = Array.from({ length: 200 }, (_, index) => `${sites.ok[index % 3] ?? ''}${String(index)}`);
    const monitor = await startWatching({ SITES: many.join(','), TIMEOUT: '10' }, 30_000);
    expect(messages(monitor).filter((message) => /failed|cannot/.test(message))).toEqual([]);
  });

  const expectOnce = (monitor: MonitorProcess, pattern: RegExp): void =>
    expect(messages(monitor).filter((message) => pattern.test(message))).toHaveLength(1);
});
