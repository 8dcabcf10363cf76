import { describeOnEngine } from '../engine.ts';
import type { MonitorProcess } from '../monitor.ts';
import { type TestContainer, isOnLiveNetwork } from '../stand-in/container.ts';
import { findContainer } from '../stand-in/dependent.ts';
import { type Gateway, createGateway } from '../stand-in/gateway.ts';
import { DEPENDENT_IMAGE } from '../stand-in/images.ts';
import { docker } from './docker-cli.ts';
import { checksums, fill } from './world.ts';
import { useScenario } from '../scenario.ts';

/** Each after the one that it refers to, by the id that the engine or Compose stores. */
const ORPHANS = ['lender', 'borrower', 'host', 'guest', 'guest-once', 'talker', 'listener'];

describeOnEngine('orphans that refer to each other by their ids', (engine) => {
  const { startWatching } = useScenario(engine, { sharesContainers: true });
  let gateway: Gateway;
  let monitor: MonitorProcess;
  let lent: string;
  const before = new Map<string, string>();

  const run = async (name: string, ...options: string[]): Promise<void> => {
    const labels = Object.entries(engine.labels).map(([key, value]) => `--label=${key}=${value}`);
    const where = [`--name=${name}`, '--network=container:gluetun', '--pull=never'];
    await docker(engine, 'run', '--detach', ...where, ...labels, ...options, DEPENDENT_IMAGE);
    before.set(name, (await find(name)).id);
  };
  const find = async (name: string): Promise<TestContainer> => findContainer(engine, name);
  const idOf = async (name: string): Promise<string> => (await find(name)).id;
  const isLive = async (name: string): Promise<boolean> => isOnLiveNetwork(await find(name), gateway);

  beforeAll(async () => {
    gateway = await createGateway(engine, { name: 'gluetun' });
    const always = '--restart=unless-stopped';
    await run('lender', always, '--volume=/lent');
    await run('borrower', always, `--volumes-from=${await idOf('lender')}:ro`);
    await run('host', always);
    await run('guest', always, '--pid=container:host');
    await run('guest-once', '--pid=container:host');
    await run('talker', always, '--ipc=shareable');
    await run('listener', always, '--ipc=container:talker');
    await docker(
      engine,
      'run',
      '--detach',
      '--name=lost',
      '--ipc=shareable',
      '--network=none',
      DEPENDENT_IMAGE,
    );
    await run('stray', always, '--ipc=container:lost');
    await docker(engine, 'rm', '--force', 'lost');
    await fill(engine, 'lender', ['/lent']);
    lent = await checksums(engine, 'lender', ['/lent']);
    monitor = await startWatching({ LOG_LEVEL: 'debug' });
    gateway = await gateway.recreate();
    for (const name of ORPHANS)
      await monitor.waitForLine(new RegExp(` ${name} re-created successfully`), 40_000);
    await monitor.waitForLine(/ stray cannot be re-created/, 20_000);
  });

  it.each(ORPHANS)('are all re-created on the live network: %s', async (name) => {
    await expect(idOf(name)).resolves.not.toBe(before.get(name));
    await expect(isLive(name)).resolves.toBe(true);
  });

  it('refer to the replacements of the containers they referred to', async () => {
    const host = async (name: string) => (await (await find(name)).inspect()).HostConfig;
    expect((await host('borrower')).VolumesFrom).toEqual([`${await idOf('lender')}:ro`]);
    expect((await host('guest')).PidMode).toBe(`container:${await idOf('host')}`);
    expect((await host('guest-once')).PidMode).toBe(`container:${await idOf('host')}`);
    expect((await host('listener')).IpcMode).toBe(`container:${await idOf('talker')}`);
    await expect(checksums(engine, 'borrower', ['/lent'])).resolves.toBe(lent);
  });

  it('are left as they are if they refer to a container that does not exist, with the reason logged', async () => {
    await expect(idOf('stray')).resolves.toBe(before.get('stray'));
    const [told] = monitor.linesMatching(/\[ERROR\]/).map(({ text }) => text);
    expect(told).toMatch(
      /stray cannot be re-created: it shares the memory of [0-9a-f]{12}, which is no more/,
    );
  });
});
