import { chmod, chown, mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostConfig } from 'dockerode';
import { describeOnPrivateEngine } from './engine.ts';
import { eventually } from './eventually.ts';
import { buildProductionImage, shippedCapabilities } from './production-image.ts';
import { SITES, createSetting, cutOff } from './setting.ts';
import { TestContainer } from './stand-in/container.ts';
import { buildImages } from './stand-in/images.ts';
import { removeContainers } from './test-engine.ts';

/** Of the socket. No group of the host has it, and no image knows it. */
const SOCKET_GROUP = 4711;

/** A user that has nothing to do with the monitor. */
const SOMEBODY = 4242;

/** What the compose file added before the image dropped root. */
const FORMER_CAPABILITIES = ['DAC_OVERRIDE'];

/** Loaded into a command, it tells what that command has become. */
const LEFT_AS = `process.on('exit', () => require('node:fs').writeSync(1,
  'left as ' + process.getuid() + ':' + process.getgid() + ' in ' + process.getgroups().sort().join() + '\\n'));`;

/** As in docker/compose.yaml. */
const hardened = (capabilities: readonly string[]): HostConfig => ({
  ReadonlyRootfs: true,
  Tmpfs: { '/tmp': '' },
  CapDrop: ['ALL'],
  CapAdd: [...capabilities],
  SecurityOpt: ['no-new-privileges:true'],
  Memory: 64 * 1024 * 1024,
});

interface Run {
  readonly env?: readonly string[];
  /** Besides the socket and the logs. */
  readonly binds?: readonly string[];
  /** Those that the container gets; without them, those of docker/compose.yaml. */
  readonly capabilities?: readonly string[];
  /** Nothing of docker/compose.yaml: as with the few lines of the README. */
  readonly isPlain?: boolean;
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly command?: readonly string[];
}

describeOnPrivateEngine('the image without root', (engine) => {
  let image: string;
  const shipped = shippedCapabilities();
  /** On the host, for /logs: new for each test, and root's, as Docker makes it for a bind mount. */
  let logs: string;

  beforeAll(async () => {
    await buildImages(engine);
    image = await buildProductionImage(engine);
    await writeFile(join(engine.folder, 'left-as.js'), LEFT_AS);
  });
  beforeEach(async () => {
    logs = await newFolder();
    await chown(engine.socketPath, 0, SOCKET_GROUP);
    await chmod(engine.socketPath, 0o660);
  });
  afterEach(async () => removeContainers(engine));

  const newFolder = async (mode = 0o755): Promise<string> => {
    const folder = await mkdtemp(join(engine.folder, 'for-root-'));
    await chmod(folder, mode);
    return folder;
  };

  const newFile = async (folder: string, name: string, text: string, mode = 0o644): Promise<string> => {
    const file = join(folder, name);
    await writeFile(file, text);
    await chmod(file, mode);
    return file;
  };

  const runMonitor = async (options: Run = {}): Promise<TestContainer> => {
    const { id } = await engine.docker.createContainer({
      Image: image,
      Labels: { ...engine.labels },
      Cmd: [...(options.command ?? [])],
      Env: [`SITES=${SITES}`, 'CHECK_INTERVAL=5', 'TIMEOUT=2', ...(options.env ?? [])],
      ...(options.user === undefined ? {} : { User: options.user }),
      HostConfig: {
        NetworkMode: 'none',
        ...(options.isPlain === true ? {} : hardened(options.capabilities ?? shipped)),
        GroupAdd: [...(options.groups ?? [])],
        Binds: [
          `${engine.socketPath}:/var/run/docker.sock`,
          `${logs}:/logs`,
          `${join(engine.folder, 'left-as.js')}:/left-as.js:ro`,
          ...(options.binds ?? []),
        ],
      },
    });
    const monitor = new TestContainer(engine, id, 'gluetun-monitor');
    await monitor.start();
    return monitor;
  };

  const untilSaid = async (monitor: TestContainer, pattern: RegExp): Promise<void> => {
    await eventually(String(pattern), async () => pattern.test(await monitor.log()), 30_000, 50);
  };

  /** It has asked the engine, and there is no gateway. */
  const runUntilConnected = async (options: Run = {}): Promise<TestContainer> => {
    const monitor = await runMonitor(options);
    await untilSaid(monitor, /Container gluetun not found/);
    return monitor;
  };

  /** Each of the warnings, apart from the one about the missing gateway. */
  const warningsOf = async (monitor: TestContainer): Promise<string[]> =>
    (await monitor.log())
      .split('\n')
      .filter((line) => /\[(?:WARN|ERROR)\]/.test(line) && !line.includes('Container gluetun not found'))
      .map((line) => line.replace(/^.*\[(?:WARN|ERROR)\] /, ''));

  /** What the kernel says of the first process, all its threads alike. */
  const statusOf = async (monitor: TestContainer): Promise<Record<string, string>> => {
    const { output } = await monitor.exec('sh', '-c', 'cat /proc/1/task/*/status');
    const status: Record<string, string> = {};
    for (const [, key = '', value = ''] of output.matchAll(/^(\w+):[ \t]*(.*?)[ \t]*$/gm)) {
      const isAboutRights = /^(?:Uid|Gid|Groups|Cap(?:Inh|Prm|Eff|Amb)|NoNewPrivs)$/.test(key);
      if (isAboutRights && status[key] !== undefined) expect(value).toBe(status[key]);
      if (isAboutRights) status[key] = value;
    }
    return status;
  };

  const NO_CAPABILITY = '0000000000000000';
  const four = (id: number): string => Array.from({ length: 4 }, () => String(id)).join('\t');

  /** A process of this user that may do nothing that not everybody may. */
  const becomes = (uid: number, gid: number, groups: string): Record<string, string> => ({
    Uid: four(uid),
    Gid: four(gid),
    Groups: groups,
    CapInh: NO_CAPABILITY,
    CapPrm: NO_CAPABILITY,
    CapEff: NO_CAPABILITY,
    CapAmb: NO_CAPABILITY,
    NoNewPrivs: '1',
  });

  const ownerOf = async (path: string): Promise<string> => {
    const { uid, gid } = await stat(path);
    return `${String(uid)}:${String(gid)}`;
  };

  it('does the main job as 1000:1000, with the socket’s group and without a capability', async () => {
    const setting = await createSetting(engine);
    const monitor = await runMonitor();
    await untilSaid(monitor, /Status: STARTUP/);
    await expect(statusOf(monitor)).resolves.toEqual(becomes(1000, 1000, String(SOCKET_GROUP)));
    await setting.gateway.breakTunnel();
    await untilSaid(monitor, /Recovery complete/);
    await expect(cutOff(setting)).resolves.toEqual([]);
    await eventually('the state is written', async () => (await stat(join(logs, 'state.json'))).isFile());

    for (const path of [logs, join(logs, 'gluetun-monitor.log'), join(logs, 'state.json')])
      await expect(ownerOf(path)).resolves.toBe('1000:1000');
    await expect(
      monitor.exec('stat', '-c', '%u:%g', '/tmp/gluetun-monitor.heartbeat'),
    ).resolves.toMatchObject({ output: '1000:1000\n' });
    expect((await warningsOf(monitor)).filter((line) => /root|written|kept/.test(line))).toEqual([]);
  });

  it('does the same with the few lines of the README', async () => {
    const monitor = await runUntilConnected({ isPlain: true });
    await expect(statusOf(monitor)).resolves.toEqual({
      ...becomes(1000, 1000, String(SOCKET_GROUP)),
      NoNewPrivs: '0',
    });
    await expect(warningsOf(monitor)).resolves.toEqual([]);
    await eventually('the log is there', async () => {
      return (await ownerOf(join(logs, 'gluetun-monitor.log'))) === '1000:1000';
    });
  });

  it('lets no other process of its user look into it', async () => {
    const monitor = await runUntilConnected();
    const { output } = await monitor.exec('stat', '-c', '%u', '/proc/1/environ', '/proc/1/maps');
    expect(output).toBe('0\n0\n');
  });

  it('becomes the user and group that are asked for, and is them again after a restart', async () => {
    const monitor = await runUntilConnected({ env: ['PUID=1026', 'PGID=100'] });
    await expect(statusOf(monitor)).resolves.toEqual(becomes(1026, 100, String(SOCKET_GROUP)));
    await expect(ownerOf(logs)).resolves.toBe('1026:100');
    await monitor.restart();
    await eventually('it has started twice', async () => {
      return (await monitor.log()).match(/Container gluetun not found/g)?.length === 2;
    });
    await expect(statusOf(monitor)).resolves.toMatchObject({ Uid: four(1026) });
    await expect(warningsOf(monitor)).resolves.toEqual([]);
  });

  it.each(['check', 'config'])('drops root for the command %s as well', async (command) => {
    const monitor = await runUntilConnected();
    const { output } = await monitor.exec(
      ...['env', 'NODE_OPTIONS=--require=/left-as.js', 'gluetun-monitor', command],
    );
    expect(output).toContain(`left as 1000:1000 in 1000,${String(SOCKET_GROUP)}\n`);
    expect(output).toContain(command === 'check' ? 'there is no container gluetun' : 'PUID');
  });

  it('stays root without a word if that is asked for', async () => {
    const monitor = await runUntilConnected({ env: ['PUID=0'] });
    await expect(statusOf(monitor)).resolves.toMatchObject({ Uid: four(0) });
    await expect(ownerOf(logs)).resolves.toBe('0:0');
    await expect(warningsOf(monitor)).resolves.toEqual([]);
  });

  it('leaves a user alone that was chosen by hand, and needs no capability then', async () => {
    await chown(logs, SOMEBODY, SOMEBODY);
    const monitor = await runUntilConnected({
      user: `${String(SOMEBODY)}:${String(SOMEBODY)}`,
      groups: [String(SOCKET_GROUP)],
      capabilities: [],
    });
    await expect(statusOf(monitor)).resolves.toEqual(
      becomes(SOMEBODY, SOMEBODY, expect.stringContaining(String(SOCKET_GROUP)) as string),
    );
    await expect(warningsOf(monitor)).resolves.toEqual([]);
    await expect(ownerOf(join(logs, 'gluetun-monitor.log'))).resolves.toBe('4242:4242');
  });

  describe('hands over', () => {
    const STATE = JSON.stringify({ version: 2, gateways: { gluetun: ['0'.repeat(64)] } });

    it('what an earlier monitor wrote as root, and nothing else in the folder', async () => {
      await newFile(logs, 'gluetun-monitor.log', 'as root\n');
      await newFile(logs, 'gluetun-monitor.log.1', 'as root, too\n');
      await newFile(logs, 'state.json', STATE, 0o600);
      await newFile(logs, 'history.jsonl', '', 0o600);
      await newFile(logs, 'precious', 'not ours', 0o600);
      const monitor = await runUntilConnected({ env: ['LOG_MAX_BYTES=65536'] });
      await expect(warningsOf(monitor)).resolves.toEqual([]);
      await eventually('the log goes on', async () => {
        return /^as root\n.*starting/.test(await readFile(join(logs, 'gluetun-monitor.log'), 'utf8'));
      });
      await expect(ownerOf(join(logs, 'state.json'))).resolves.toBe('1000:1000');
      await expect(ownerOf(join(logs, 'history.jsonl'))).resolves.toBe('1000:1000');
      await expect(ownerOf(join(logs, 'gluetun-monitor.log.1'))).resolves.toBe('0:0');
      await expect(ownerOf(join(logs, 'precious'))).resolves.toBe('0:0');
    });

    it('a folder that only somebody else may even look into', async () => {
      await newFile(logs, 'state.json', STATE, 0o600);
      await chown(logs, SOMEBODY, SOMEBODY);
      await chmod(logs, 0o700);
      const monitor = await runUntilConnected();
      await expect(warningsOf(monitor)).resolves.toEqual([]);
      await expect(ownerOf(join(logs, 'state.json'))).resolves.toBe('1000:1000');
    });

    it('nothing of a folder that it may write to already', async () => {
      await chown(logs, SOMEBODY, 1000);
      await chmod(logs, 0o770);
      const monitor = await runUntilConnected();
      await eventually('the log is there', async () => {
        return (await ownerOf(join(logs, 'gluetun-monitor.log'))) === '1000:1000';
      });
      await expect(ownerOf(logs)).resolves.toBe('4242:1000');
      await expect(warningsOf(monitor)).resolves.toEqual([]);
    });
  });

  describe('reads as root', () => {
    const key = async (owner: number): Promise<Run> => {
      const secrets = await newFolder(0o700);
      await chown(await newFile(secrets, 'key', 'open sesame\n', 0o400), owner, owner);
      await chown(secrets, owner, owner);
      return { binds: [`${secrets}:/secrets:ro`], env: ['GLUETUN_API_KEY_FILE=/secrets/key'] };
    };

    it.each([
      { whose: 'root', owner: 0 },
      { whose: 'somebody else', owner: SOMEBODY },
    ])('a secret that only $whose may read', async ({ owner }) => {
      const monitor = await runUntilConnected(await key(owner));
      await expect(statusOf(monitor)).resolves.toMatchObject({ Uid: four(1000) });
      const { output } = await monitor.exec('gluetun-monitor', 'config');
      expect(output).toMatch(/^GLUETUN_API_KEY +\*+ +\(file \/secrets\/key\)$/m);
    });

    it('the certificates of an engine that is reached over the network, and keeps no group for that', async () => {
      const certificates = await newFolder(0o700);
      for (const name of ['ca.pem', 'cert.pem', 'key.pem'])
        await newFile(certificates, name, '-----BEGIN NOTHING-----\n', 0o400);
      const monitor = await runUntilConnected({ binds: [`${certificates}:/certificates:ro`] });
      const { output, exitCode } = await monitor.exec(
        'env',
        'NODE_OPTIONS=--require=/left-as.js',
        ...['DOCKER_HOST=tcp://127.0.0.1:1', 'DOCKER_TLS_VERIFY=1', 'DOCKER_CERT_PATH=/certificates'],
        ...['gluetun-monitor', 'config'],
      );
      expect(exitCode).toBe(0);
      expect(output).toContain('left as 1000:1000 in 1000\n');
    });

    it('a secret of somebody else only with DAC_OVERRIDE, which says so otherwise', async () => {
      const capabilities = shipped.filter((name) => name !== 'DAC_OVERRIDE');
      const monitor = await runMonitor({ capabilities, ...(await key(SOMEBODY)) });
      await eventually('it has ended', async () => (await monitor.inspect()).State.Status === 'exited');
      await expect(monitor.inspect()).resolves.toMatchObject({ State: { ExitCode: 78 } });
      await expect(monitor.log()).resolves.toContain('may not be read (EACCES)');
    });
  });

  describe('stays root, works, and warns once', () => {
    const expectRoot = async (monitor: TestContainer, why: string): Promise<void> => {
      await expect(statusOf(monitor)).resolves.toMatchObject({ Uid: four(0), Groups: '0' });
      await expect(warningsOf(monitor)).resolves.toEqual([
        `Goes on as root, not as the user 1000:1000: ${why}; PUID=0 would keep root without a warning`,
      ]);
      await eventually('the log is written', async () =>
        (await readFile(join(logs, 'gluetun-monitor.log'), 'utf8')).includes('Goes on as root'),
      );
    };
    const NOT_ALLOWED =
      'it may not change to that user (EPERM), which takes the capabilities SETUID and SETGID, and often CHOWN';

    it('with the compose file from before, wherever its log folder came from', async () => {
      await chown(logs, SOMEBODY, SOMEBODY);
      const monitor = await runUntilConnected({ capabilities: FORMER_CAPABILITIES });
      await expectRoot(monitor, NOT_ALLOWED);
      await expect(ownerOf(logs)).resolves.toBe('4242:4242');
    });

    it.each(['SETUID', 'SETGID'])('without the capability %s', async (missing) => {
      const monitor = await runUntilConnected({ capabilities: shipped.filter((name) => name !== missing) });
      await expectRoot(monitor, NOT_ALLOWED);
      await expect(ownerOf(logs)).resolves.toBe('0:0');
    });

    it('without the capability CHOWN, unless the folder is that user’s already', async () => {
      const capabilities = shipped.filter((name) => name !== 'CHOWN');
      const monitor = await runUntilConnected({ capabilities });
      await expectRoot(
        monitor,
        '/logs cannot be handed over to that user (EPERM), which takes the capability CHOWN',
      );
      logs = await newFolder();
      await chown(logs, 1000, 1000);
      const next = await runUntilConnected({ capabilities });
      await expect(statusOf(next)).resolves.toMatchObject({ Uid: four(1000) });
      await expect(warningsOf(next)).resolves.toEqual([]);
    });

    it('with a socket that only root may use', async () => {
      await chmod(engine.socketPath, 0o600);
      const monitor = await runUntilConnected();
      await expectRoot(monitor, 'that user could not open /var/run/docker.sock (EACCES)');
      const { output } = await monitor.exec('gluetun-monitor', 'check');
      expect(output.match(/Goes on as root/g)).toHaveLength(1);
      expect(output).toContain('there is no container gluetun');
    });

    it('with a sites file that only root may read', async () => {
      const folder = await newFolder();
      await newFile(folder, 'sites.conf', 'https://a.example\n', 0o600);
      const monitor = await runUntilConnected({ binds: [`${folder}:/config:ro`] });
      await expectRoot(monitor, 'that user could not read /config/sites.conf (EACCES)');
    });
  });

  it('becomes the user of a socket that belongs to root and its group, as a rootless engine’s does', async () => {
    await chown(engine.socketPath, 0, 0);
    const monitor = await runUntilConnected();
    await expect(statusOf(monitor)).resolves.toEqual(becomes(1000, 1000, '0'));
    await expect(warningsOf(monitor)).resolves.toEqual([]);
  });

  it('needs no folder for the log: on a read-only disk there is nothing to hand over', async () => {
    const folder = await newFolder();
    const monitor = await runMonitor({
      binds: [`${folder}:/read-only:ro`],
      env: ['LOG_FILE=/read-only/monitor.log', 'STATE_FILE=/dev/null'],
    });
    await untilSaid(monitor, /Log file \/read-only\/monitor\.log cannot be written \(EROFS/);
    await untilSaid(monitor, /Container gluetun not found/);
    await expect(statusOf(monitor)).resolves.toMatchObject({ Uid: four(1000) });
    await expect(ownerOf(folder)).resolves.toBe('0:0');
  });
});
