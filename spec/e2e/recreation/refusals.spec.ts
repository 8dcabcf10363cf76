import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnEngine } from '../engine.ts';
import type { MonitorProcess } from '../monitor.ts';
import { addBusybox, createRootfs, importImage } from '../rootfs.ts';
import { findContainer } from '../stand-in/dependent.ts';
import { createGateway } from '../stand-in/gateway.ts';
import { DEPENDENT_IMAGE } from '../stand-in/images.ts';
import { type Inspection, differences } from './difference.ts';
import { docker } from './docker-cli.ts';
import { untilChecked } from './world.ts';
import { useScenario } from '../scenario.ts';

const DOOMED_IMAGE = 'gluetun-monitor-test/doomed:latest';

const REFUSED = [
  {
    name: 'vanishing',
    why: 'it would be removed when it stops',
    reason: /it vanishes as soon as it stops \(--rm\)/,
  },
  {
    name: 'watched',
    why: 'another container shares its processes',
    reason: /debugger joined its pid or ipc namespace/,
  },
  {
    name: 'talkative',
    why: 'another container shares its memory',
    reason: /listener joined its pid or ipc namespace/,
  },
  {
    name: 'configured',
    why: 'compose has put files into it',
    reason: /\/etc\/app\.conf had been put into it/,
  },
  {
    name: 'imageless',
    why: 'its image is gone',
    reason: /its image gluetun-monitor-test\/doomed:latest .* is gone/,
  },
];

describeOnEngine('an orphan that cannot be reproduced faithfully', (engine) => {
  const { startWatching } = useScenario(engine, { sharesContainers: true });
  const before = new Map<string, Inspection>();
  let monitor: MonitorProcess;

  const run = async (name: string, ...options: string[]): Promise<void> => {
    const labels = Object.entries(engine.labels).map(([key, value]) => `--label=${key}=${value}`);
    await docker(engine, 'create', `--name=${name}`, '--pull=never', ...labels, ...options);
    if (name === 'configured') await putConfiguration();
    await docker(engine, 'start', name);
  };

  /** As compose does for a config whose content is in the compose file. */
  const putConfiguration = async (): Promise<void> => {
    const file = join(engine.folder, 'app.conf');
    await writeFile(file, 'setting=1\n');
    await chmod(file, 0o444);
    await docker(engine, 'cp', '--archive', file, 'configured:/etc/app.conf');
  };

  const buildDoomedImage = async (): Promise<void> => {
    const folder = join(engine.folder, 'doomed');
    await mkdir(folder, { recursive: true });
    await createRootfs(folder);
    await addBusybox(folder);
    await importImage(engine, folder, DOOMED_IMAGE, [
      'CMD ["sh", "-c", "trap exit TERM; sleep 3600 & wait"]',
    ]);
  };

  beforeAll(async () => {
    await buildDoomedImage();
    const gateway = await createGateway(engine, { name: 'gluetun' });
    const joined = '--network=container:gluetun';
    await run('vanishing', joined, '--rm', DEPENDENT_IMAGE);
    await run('watched', joined, DEPENDENT_IMAGE);
    await run('debugger', '--network=none', '--pid=container:watched', DEPENDENT_IMAGE);
    await run('talkative', joined, '--ipc=shareable', DEPENDENT_IMAGE);
    await run('listener', '--network=none', '--ipc=container:talkative', DEPENDENT_IMAGE);
    await run('configured', joined, '--label=com.docker.compose.project=stack', DEPENDENT_IMAGE);
    await run('imageless', joined, DOOMED_IMAGE);
    await run('follower', '--network=container:watched', DEPENDENT_IMAGE);
    monitor = await startWatching({ LOG_LEVEL: 'debug' });
    await gateway.recreate();
    // The engine keeps its image while it runs.
    await docker(engine, 'restart', 'imageless').catch(() => undefined);
    await docker(engine, 'rmi', '--force', DOOMED_IMAGE);
    for (const { name } of [...REFUSED, { name: 'follower' }])
      before.set(name, await (await findContainer(engine, name)).inspect());
    for (const { name } of REFUSED)
      await monitor.waitForLine(new RegExp(`\\[ERROR\\] ${name} cannot be re-created: `), 30_000);
    await untilChecked(monitor, 3);
  });

  it.each(REFUSED)('is left exactly as it is: $name, because $why', async ({ name }) => {
    const after = await (await findContainer(engine, name)).inspect();
    expect(differences(before.get(name) ?? {}, after)).toEqual([]);
  });

  it.each(REFUSED)('is reported once, with the reason: $name', ({ name, reason }) => {
    const reports = monitor.linesMatching(new RegExp(`\\[(WARN|ERROR)\\].* ${name}[ ,]`));
    expect(reports.map(({ text }) => text)).toEqual([expect.stringMatching(reason)]);
  });

  it('leaves the containers on its network cut off too, as a restart would not help them', async () => {
    const after = await (await findContainer(engine, 'follower')).inspect();
    expect(differences(before.get('follower') ?? {}, after)).toEqual([]);
  });
});
