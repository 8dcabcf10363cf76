import { ALLOWED, allowedBy } from '../../shipping/engine-calls.ts';
import { eventually } from '../eventually.ts';
import { useEvents, useScenario } from '../scenario.ts';
import { createSetting } from '../setting.ts';
import { findContainer } from '../stand-in/dependent.ts';
import { describeWithHaproxy } from './describe-with-haproxy.ts';
import { Haproxy, freePort } from './haproxy.ts';

const JOINS = { app1: 'gluetun', app2: 'gluetun' };
const NEEDED_LATER = ALLOWED.filter(({ step }) => step !== 'watching').map(({ request }) => request);

describeWithHaproxy('what a monitor behind haproxy needs later', (engine) => {
  const { startWatching } = useScenario(engine);
  const events = useEvents(engine);
  let haproxy: Haproxy;

  beforeEach(async () => {
    haproxy = new Haproxy(engine, await freePort());
  });
  afterEach(async () => haproxy.stop());

  it('is tried at the start, and changes nothing', async () => {
    await haproxy.start();
    const { gateway, dependents } = await createSetting(engine, {}, JOINS);
    for (const dependent of dependents) await events.waitFor('start', dependent);
    const before = events.all.length;
    const monitor = await startWatching({ DOCKER_HOST: haproxy.dockerHost });
    await eventually('all of it is tried', () => {
      const tried = haproxy.seen.map(({ method, path }) => allowedBy(method, path)?.request);
      return NEEDED_LATER.every((request) => tried.includes(request));
    });
    // Whatever that could have caused came before the engine's answer to this.
    await gateway.rename('renamed');
    await events.waitFor('rename', gateway);

    const caused = events.all.slice(before).map(({ action }) => action);
    expect(caused.filter((action) => !/^(exec|health)_/.test(action))).toEqual(['rename']);
    expect(monitor.linesMatching(/forbids/)).toEqual([]);
    await expect(engine.docker.listContainers({ all: true })).resolves.toHaveLength(3);
  });

  it('is not begun while a part of it is forbidden: orphans are not touched until they can be re-created', async () => {
    await haproxy.start('POST /containers/create');
    const setting = await createSetting(engine, {}, JOINS);
    const monitor = await startWatching({ DOCKER_HOST: haproxy.dockerHost });
    const before = events.all.length;
    const gateway = await setting.gateway.recreate();
    await monitor.waitForLine(
      /A proxy .* forbids a part of what a re-creation needs: app1, app2 must be/,
      30_000,
    );
    const touched = events.all.slice(before).filter(({ name }) => name.startsWith('app'));
    expect(touched.map(({ action, name }) => `${action} ${name}`)).toEqual([]);

    await haproxy.stop();
    await haproxy.start();
    await monitor.waitForLine(/POST \/containers\/create is allowed again/, 30_000);
    await monitor.waitForLine(/All dependent containers are on the network of gluetun/, 40_000);
    await expect((await findContainer(engine, 'app1')).inspect()).resolves.toMatchObject({
      HostConfig: { NetworkMode: `container:${gateway.id}` },
      State: { Running: true },
    });
  });
});
