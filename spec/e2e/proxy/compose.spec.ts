import { execFile } from 'node:child_process';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SEARCH_PATH } from '../bound-process.ts';
import { describeWithHaproxy } from './describe-with-haproxy.ts';
import { eventually } from '../eventually.ts';
import { buildProductionImage } from '../production-image.ts';
import { docker } from '../recreation/docker-cli.ts';
import { SITES, type Setting, createSetting, cutOff } from '../setting.ts';
import { type TestContainer, isOnLiveNetwork } from '../stand-in/container.ts';
import { findContainer } from '../stand-in/dependent.ts';
import { DEPENDENT_IMAGE, buildImages } from '../stand-in/images.ts';
import { buildHaproxyImage } from './haproxy-image.ts';

const run = promisify(execFile);

const SHIPPED = join(__dirname, '../../../docker');
const COMPOSE_FILE = 'compose.socket-proxy.yaml';
const [PROXY, MONITOR] = ['gluetun-monitor-socket-proxy', 'gluetun-monitor'];
const WITNESS_PORT = '4430';
const SETTINGS = {
  SITES,
  CHECK_INTERVAL: '5',
  TIMEOUT: '2',
  RETRY_INTERVAL: '1',
  RECOVERY_STRATEGY: 'restart',
};

describeWithHaproxy(
  'docker/compose.socket-proxy.yaml',
  (engine) => {
    const project = join(engine.folder, 'docker');
    let setting: Setting;

    const compose = async (...args: string[]): Promise<unknown> =>
      run(
        'docker-compose',
        ['--project-name=proxied', `--file=${COMPOSE_FILE}`, '--file=test.yaml', ...args],
        {
          cwd: project,
          env: { PATH: SEARCH_PATH, HOME: project, DOCKER_HOST: engine.dockerHost },
        },
      );

    /** What only a test needs: the engine's own socket, quick intervals, and a witness in place of the internet. */
    const additions = (): object => ({
      services: {
        'socket-proxy': { volumes: [`${engine.socketPath}:/var/run/docker.sock`], labels: engine.labels },
        [MONITOR]: {
          environment: { ...SETTINGS, WITNESS: `tcp://witness:${WITNESS_PORT}` },
          labels: engine.labels,
        },
        witness: {
          image: DEPENDENT_IMAGE,
          container_name: 'witness',
          command: ['nc', '-ll', '-p', WITNESS_PORT, '-e', '/bin/true'],
          networks: ['outside'],
          labels: engine.labels,
        },
      },
    });

    beforeAll(async () => {
      await buildImages(engine);
      await buildHaproxyImage(engine, 'haproxy:lts-alpine');
      await docker(engine, 'tag', await buildProductionImage(engine), 'gluetun-monitor');
      await mkdir(project, { recursive: true });
      for (const file of [COMPOSE_FILE, 'haproxy.cfg']) await cp(join(SHIPPED, file), join(project, file));
      await writeFile(join(project, 'test.yaml'), JSON.stringify(additions()));
      setting = await createSetting(engine);
      await compose('up', '--detach', '--no-build');
      await untilSaid(/Status: STARTUP/);
    });

    const found = async (name: string): Promise<TestContainer> => findContainer(engine, name);

    const untilSaid = async (pattern: RegExp): Promise<void> => {
      const monitor = await found(MONITOR);
      await eventually(String(pattern), async () => pattern.test(await monitor.log()), 40_000, 100);
    };

    /** Whether a TCP connection can be made, from inside a container. */
    const reaches = async (from: string, host: string, port: string): Promise<boolean> => {
      const { exitCode } = await (await found(from)).exec('nc', '-w', '2', host, port, '-e', '/bin/true');
      return exitCode === 0;
    };

    const addressOf = async (name: string): Promise<string> => {
      const { NetworkSettings } = await (await found(name)).inspect();
      return Object.values(NetworkSettings.Networks)[0]?.IPAddress ?? '';
    };

    it('leaves a broken tunnel alone while the witness outside does not answer, and recovers it once it does', async () => {
      const witness = await found('witness');
      await expect(reaches(MONITOR, 'witness', WITNESS_PORT)).resolves.toBe(true);
      await witness.stop(0);
      await setting.gateway.breakTunnel();
      await untilSaid(/The line itself seems down: the witness does not answer/);
      await witness.start();
      await untilSaid(/Recovery complete/);
      await expect(cutOff(setting)).resolves.toEqual([]);
    });

    it('re-creates an orphan', async () => {
      const before = await found('app1');
      const gateway = await setting.gateway.recreate();
      const isBack = async (): Promise<boolean> => isOnLiveNetwork(await found('app1'), gateway);
      await eventually('app1 is back', isBack, 50_000, 200);
      expect((await found('app1')).id).not.toBe(before.id);
    });

    it('does not let the monitor ask for anything else', async () => {
      const monitor = await found(MONITOR);
      const { output } = await monitor.exec(
        'wget',
        '-q',
        '-S',
        '-O',
        '-',
        'http://socket-proxy:2375/images/json',
      );
      expect(output).toMatch(/403 Forbidden/);
    });

    it('lets nobody else reach the proxy, and the proxy nobody else', async () => {
      const proxy = await addressOf(PROXY);
      await expect(reaches(MONITOR, proxy, '2375')).resolves.toBe(true);
      await expect(reaches('witness', proxy, '2375')).resolves.toBe(false);
      await expect(reaches(PROXY, await addressOf('witness'), WITNESS_PORT)).resolves.toBe(false);
    });
  },
  { hasNetworks: true },
);
