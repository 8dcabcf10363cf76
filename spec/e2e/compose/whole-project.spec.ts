import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../eventually.ts';
import type { PrivateEngine } from '../private-engine.ts';
import { buildProductionImage } from '../production-image.ts';
import { containerNames } from '../recreation/world.ts';
import { useEvents, useScenario } from '../scenario.ts';
import { SITES, cutOff } from '../setting.ts';
import { ALL, AROUND_IT, ComposeProject, DEPENDENTS, type Service } from './compose-project.ts';
import { COMPOSE, describeWithCompose } from './docker-compose.ts';
import { NOTHING, namesIn } from './stack.ts';

const MONITOR = 'gluetun-monitor';
const WITH_THE_MONITOR = [...ALL, MONITOR].sort();
/** The lines about what the monitor does to containers. */
const ACTS = /Restarting|Re-creating|Starting [^\n]*\.\.\.$/;

describeWithCompose('a whole project of Docker Compose, with the monitor in it', (engine) => {
  useScenario(engine);
  const events = useEvents(engine);
  let image: string;
  let project: ComposeProject;
  let logs: string;

  beforeAll(async () => {
    image = await buildProductionImage(engine);
  });

  const write = async (version: string, own: Service = {}): Promise<void> =>
    project.write(version, { [MONITOR]: { ...monitorService(engine, { image, logs }), ...own } });

  const begin = async (own?: Service): Promise<void> => {
    project = new ComposeProject(engine);
    logs = join(project.folder, 'logs');
    await mkdir(logs, { recursive: true });
    await write('1', own);
    await project.run('up', '-d');
    await untilWatching(1);
  };

  /** The log outlives the container. */
  const lines = async (): Promise<readonly string[]> =>
    (await readFile(join(logs, 'gluetun-monitor.log'), 'utf8').catch(() => '')).split('\n');
  const matching = async (pattern: RegExp): Promise<readonly string[]> =>
    (await lines()).filter((line) => pattern.test(line));

  /** Waits until that many monitors have found the dependents and seen the tunnel work, one after the other. */
  const untilWatching = async (times: number): Promise<void> => {
    await eventually(
      `monitor ${times} watches`,
      async () => (await matching(/Status: STARTUP/)).length === times,
      40_000,
      100,
    );
    await expect(matching(/Dependent containers \(auto-discovery\)/)).resolves.toHaveLength(times);
  };

  const untilChecked = async (): Promise<void> => {
    const seen = (await lines()).length;
    const checks = async (): Promise<number> =>
      (await lines()).slice(seen).filter((line) => line.includes('8083/: pass')).length;
    await eventually('three further checks', async () => (await checks()) >= 3, 40_000, 100);
  };

  const untilWhole = async (): Promise<void> => {
    const isWhole = async (): Promise<boolean> => {
      if ((await containerNames(engine)).join() !== WITH_THE_MONITOR.join()) return false;
      const gateway = await project.gateway();
      const dependents = await project.dependents();
      return (await cutOff({ gateway, dependents })).length === 0;
    };
    await eventually('the project is whole', isWhole, 60_000, 100);
  };

  it.each([
    { what: 'beside the gateway', own: {} },
    { what: 'after the gateway', own: { depends_on: { gluetun: { condition: 'service_healthy' } } } },
  ])(
    'can be taken down and up again with a monitor that starts $what',
    async ({ own }) => {
      await begin(own);
      await project.run('down');
      await expect(containerNames(engine)).resolves.toEqual([]);
      await expect(matching(/Received shutdown signal, exiting/)).resolves.toHaveLength(1);
      const from = events.all.length;
      await project.run('up', '-d');
      await untilWatching(2);
      await untilChecked();
      await untilWhole();
      expect({ created: namesIn(events, 'create', from), started: namesIn(events, 'start', from) }).toEqual({
        created: WITH_THE_MONITOR,
        started: WITH_THE_MONITOR,
      });
      await expect(matching(ACTS)).resolves.toEqual([]);
      await expect(matching(/\[ERROR\]/)).resolves.toEqual([]);
    },
    120_000,
  );

  it('is updated by Compose without the monitor getting in the way', async () => {
    await begin();
    await write('2');
    const from = events.all.length;
    await project.run('up', '-d');
    const during = await matching(ACTS);
    await untilWhole();
    await untilChecked();
    await untilWhole();
    expect({
      during,
      created: namesIn(events, 'create', from),
      started: namesIn(events, 'start', from),
    }).toEqual({
      during: NOTHING,
      created: AROUND_IT,
      started: AROUND_IT,
    });
    // Compose 1 considers the dependents up to date.
    await expect(matching(ACTS)).resolves.toHaveLength(COMPOSE === 1 ? DEPENDENTS.length : 0);
  }, 120_000);

  it('is whole after a restart of all of it', async () => {
    await begin();
    const from = events.all.length;
    await project.run('restart');
    await untilWatching(2);
    await untilChecked();
    await untilWhole();
    expect(namesIn(events, 'create', from)).toEqual([]);
  }, 120_000);
});

/** As in docker/compose.yaml. */
const monitorService = (
  { labels, socketPath }: PrivateEngine,
  { image, logs }: { image: string; logs: string },
): Service => ({
  image,
  container_name: MONITOR,
  labels,
  network_mode: 'none',
  environment: { SITES, CHECK_INTERVAL: '5', TIMEOUT: '2', RETRY_INTERVAL: '1', LOG_LEVEL: 'debug' },
  volumes: [`${socketPath}:/var/run/docker.sock`, `${logs}:/logs`],
  restart: 'always',
  stop_grace_period: '15s',
  read_only: true,
  tmpfs: ['/tmp'],
  security_opt: ['no-new-privileges:true'],
  cap_drop: ['ALL'],
  cap_add: ['DAC_OVERRIDE'],
});
