import type Docker from 'dockerode';
import { describeOnEngine } from './engine.ts';
import { eventually } from './eventually.ts';
import type { MonitorProcess } from './monitor.ts';
import { actions } from './setting.ts';
import { TestContainer } from './stand-in/container.ts';
import { createGateway, sites } from './stand-in/gateway.ts';
import { GATEWAY_IMAGE } from './stand-in/images.ts';
import { useScenario } from './scenario.ts';

/** Answers HEAD with 500, and GET with 200. */
const SITE = `#!/bin/sh
read -r method path
case $method in HEAD) status='500 Internal Server Error' ;; *) status='200 OK' ;; esac
printf 'HTTP/1.1 %s\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n' "$status"
`;
const PORTS = [9081, 9082, 9083, 9084];
const FOUR_SITES = PORTS.map((port) => `http://127.0.0.1:${String(port)}/`);

describeOnEngine('a probe', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine);

  const create = async (
    name: string,
    script: string,
    HostConfig: Docker.HostConfig,
  ): Promise<TestContainer> => {
    const container = await engine.docker.createContainer({
      name,
      Image: GATEWAY_IMAGE,
      Labels: { ...engine.labels },
      Cmd: ['/bin/sh', '-c', script],
      StopSignal: 'SIGKILL',
      Healthcheck: { Test: ['NONE'] },
      HostConfig,
    });
    const created = new TestContainer(engine, container.id, name);
    await created.start();
    return created;
  };

  /**
   * A gateway that does nothing, so that only the probes count towards its limits; its sites are in another
   * container, without limits.
   */
  const createLimited = async (wget: 'gnu' | 'busybox', limits: Docker.HostConfig) => {
    const before = wget === 'busybox' ? 'ln -sf /stand-in/busybox /usr/bin/wget; ' : '';
    const gateway = await create('gluetun', `${before}exec /bin/sleep 86400`, {
      NetworkMode: 'none',
      ...limits,
    });
    const internet = await create(
      'internet',
      `printf '%s' "$SITE" >/site; chmod 755 /site
       for port in ${PORTS.join(' ')}; do nc -ll -p $port -e /site & done; wait`.replace(
        '"$SITE"',
        `'${SITE.replaceAll("'", `'\\''`)}'`,
      ),
      { NetworkMode: `container:${gateway.id}` },
    );
    return { gateway, internet };
  };

  /**
   * The zombies of a check: its first process reaps none, like Gluetun. The `timeout` is left by the request for the
   * endpoint.
   */
  const zombiesIn = async (gateway: TestContainer): Promise<readonly string[]> => {
    const { output } = await gateway.exec('ps', '-o', 'ppid,stat,comm');
    return output.split('\n').filter((line) => /^\s*1\s+Z(?!.*\btimeout$)/.test(line));
  };

  const QUICKLY = {
    SITES: FOUR_SITES.join(','),
    EXCLUDE_CONTAINERS: 'internet',
    CHECK_INTERVAL: '1',
    RETRY_INTERVAL: '1',
    FAIL_THRESHOLD: '1',
    TIMEOUT: '5',
    LOG_LEVEL: 'debug',
  };

  const probes = (monitor: MonitorProcess, verdict: string) =>
    monitor.linesMatching(new RegExp(`Site http://127.0.0.1:908\\d/: ${verdict} \\(`));

  const untilPassed = async (monitor: MonitorProcess, times: number): Promise<void> => {
    for (const url of FOUR_SITES)
      await eventually(
        `${url} passed ${String(times)} times`,
        async () =>
          Promise.resolve(probes(monitor, 'pass').filter(({ text }) => text.includes(url)).length >= times),
        20_000,
      );
  };

  describe.each(['gnu', 'busybox'] as const)('with %s wget', (wget) => {
    it('works for four sites under a limit of six processes, and fails only those that are down', async () => {
      const { gateway, internet } = await createLimited(wget, { PidsLimit: 6 });
      const monitor = await startMonitor({ env: QUICKLY });
      await untilPassed(monitor, 3);
      expect(probes(monitor, 'fail')).toEqual([]);
      expect(actions(monitor)).toEqual([]);
      expect(await zombiesIn(gateway)).toEqual([]);
      await monitor.waitForLine(/Status: STARTUP/, 30_000);
      await internet.kill();
      // A probe already under way may fail because its server ends, and give that as its reason.
      await monitor.waitForLine(/Site .*: fail \(Network failure \(DNS or connection\): connection refused/);
      await monitor.waitForLine(/Site .* THRESHOLD REACHED - /);
      await monitor.waitForLine(/Restarting gluetun to force/);
    });

    it('passes a site that answers HEAD with 500', async () => {
      await createLimited(wget, { ReadonlyRootfs: wget === 'gnu' });
      const monitor = await startMonitor({ env: QUICKLY });
      await untilPassed(monitor, 2);
      expect(probes(monitor, 'fail')).toEqual([]);
      expect(probes(monitor, 'pass')[0]?.text).toMatch(wget === 'gnu' ? /HTTP 500/ : /HTTP 200/);
    });
  });

  it('leads to no restart in a gateway at its process limit, gives the reason, and works again below the limit', async () => {
    const { gateway } = await createLimited('gnu', {});
    const monitor = await startMonitor({ env: QUICKLY });
    await untilPassed(monitor, 1);
    await gateway.handle.update({ PidsLimit: 3 });
    const said = await monitor.waitForLine(/Sites cannot be probed through gluetun: /);
    // The limit may take effect in the shell or before it starts.
    expect(said.text).toMatch(/no probe could be run in the gateway: .*fork|cut short|OCI runtime|not start/);
    await gateway.handle.update({ PidsLimit: 1_000 });
    await monitor.waitForLine(/Sites can be probed through gluetun again/);
    expect(probes(monitor, 'fail')).toEqual([]);
    expect(actions(monitor)).toEqual([]);
  });

  it('reports no site as down in a gateway with too little memory', async () => {
    await createLimited('gnu', { Memory: 6 * 1024 * 1024, MemorySwap: 6 * 1024 * 1024 });
    const monitor = await startMonitor({ env: QUICKLY });
    await monitor.waitForLine(/cannot be probed through gluetun|: pass \(OK/, 20_000);
    await eventually('more checks', async () =>
      Promise.resolve(monitor.linesMatching(/Site .*: (pass|unknown|fail)|cannot be probed/).length >= 4),
    );
    expect(probes(monitor, 'fail')).toEqual([]);
    expect(actions(monitor)).toEqual([]);
  });

  it('reports once that only DNS fails, and what failed', async () => {
    const gateway = await createGateway(engine, { name: 'gluetun' });
    const monitor = await startWatching({
      ...QUICKLY,
      SITES: [...sites.named, ...sites.ok].join(','),
      SITE_QUORUM: 'all',
      EXCLUDE_CONTAINERS: '',
    });
    await gateway.loseDns();
    await monitor.waitForLine(
      /Site http:\/\/site.example:8081\/ .* - Network failure \(DNS or connection\): no name server answers$/,
    );
    await monitor.waitForLine(/Only DNS fails in gluetun/);
    await gateway.heal();
    await monitor.waitForLine(/Site http:\/\/site.example:8081\/ can be reached again/);
    expect(monitor.linesMatching(/Only DNS fails/)).toHaveLength(1);
    expect(actions(monitor)).toEqual([]);
  });
});
