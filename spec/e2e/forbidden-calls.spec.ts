import { describeOnEngine } from './engine.ts';
import { ForbiddingProxy } from './forbidding-proxy.ts';
import { useEvents, useScenario } from './scenario.ts';
import { createSetting, cutOff } from './setting.ts';

const NOBODY = '0'.repeat(64);
const JOINS = { app1: 'gluetun', app2: 'gluetun' };

describeOnEngine('behind a proxy', (engine) => {
  const { startWatching } = useScenario(engine);
  const events = useEvents(engine);
  let proxy: ForbiddingProxy;
  afterEach(async () => proxy.close());

  it('what is needed later is tried at the start, and changes nothing', async () => {
    proxy = await ForbiddingProxy.open(engine);
    const { gateway, dependents } = await createSetting(engine, {}, JOINS);
    for (const dependent of dependents) await events.waitFor('start', dependent);
    const before = events.all.length;
    const monitor = await startWatching({ DOCKER_HOST: proxy.dockerHost });
    // Whatever the rehearsal could have caused came before the engine's answer to this.
    await gateway.rename('renamed');
    await events.waitFor('rename', gateway);

    expect(
      events.all
        .slice(before)
        .map(({ action }) => action)
        .filter((action) => !/^(exec|health)_/.test(action)),
    ).toEqual(['rename']);
    expect(monitor.linesMatching(/forbids/)).toEqual([]);
    expect(proxy.calls.filter((call) => call.includes(NOBODY))).toEqual([
      `POST /containers/${NOBODY}/restart`,
      `POST /containers/${NOBODY}/start`,
      `GET /containers/${NOBODY}/changes`,
      `HEAD /containers/${NOBODY}/archive?path=%2F`,
      `POST /containers/${NOBODY}/stop`,
      `POST /containers/${NOBODY}/rename?name=gluetun-monitor-rehearsal`,
      `DELETE /containers/${NOBODY}?force=false&v=false`,
    ]);
    await expect(engine.docker.listContainers({ all: true })).resolves.toHaveLength(3);
  });

  it('that forbids a part of a re-creation, an orphan is not touched until all of it is allowed', async () => {
    proxy = await ForbiddingProxy.open(engine, /^POST \/containers\/create/);
    const setting = await createSetting(engine, {}, JOINS);
    const monitor = await startWatching({ DOCKER_HOST: proxy.dockerHost });
    await monitor.waitForLine(
      /forbids POST \/containers\/create \(it is forbidden \(HTTP 403\)\): a dependent that hangs on a removed gateway is not created anew, /,
    );
    const before = events.all.length;
    const gateway = await setting.gateway.recreate();
    await monitor.waitForLine(
      /A proxy .* forbids a part of what a re-creation needs: app1, app2 must be/,
      30_000,
    );

    const touched = events.all.slice(before).filter(({ name }) => name.startsWith('app'));
    expect(touched.map(({ action, name }) => `${action} ${name}`)).toEqual([]);

    proxy.change(undefined);
    await monitor.waitForLine(/POST \/containers\/create is allowed again/, 30_000);
    await monitor.waitForLine(/All dependent containers are on the network of gluetun/, 40_000);

    await expect(engine.docker.getContainer('app1').inspect()).resolves.toMatchObject({
      HostConfig: { NetworkMode: `container:${gateway.id}` },
      State: { Running: true },
    });
  });

  it('that forbids the events, dependents are put back after somebody has restarted the gateway', async () => {
    proxy = await ForbiddingProxy.open(engine, /^GET \/events/);
    const setting = await createSetting(engine, {}, JOINS);
    const monitor = await startWatching({ DOCKER_HOST: proxy.dockerHost });
    await monitor.waitForLine(/forbids GET \/events .* the containers are listed every 10s instead/);
    await setting.gateway.restart();
    await monitor.waitForLine(/All dependent containers are on the network of gluetun/, 40_000);

    await expect(cutOff(setting)).resolves.toEqual([]);
    expect(monitor.linesMatching(/forbids/)).toHaveLength(1);
  });
});
