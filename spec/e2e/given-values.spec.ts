import { execFileSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './bound-process.ts';
import { describeOnEngine } from './engine.ts';
import type { MonitorProcess } from './monitor.ts';
import { actions, messages } from './setting.ts';
import { createGateway, sites } from './stand-in/gateway.ts';
import { GATEWAY_IMAGE } from './stand-in/images.ts';
import { useScenario } from './scenario.ts';

const [one, two] = sites.ok;
const IN_QUOTES = `"${one},${two}"`;

/** As users write them; each tool passes them on in its own way. */
const ENV_FILE = [
  '# the monitor',
  `SITES="${one},${two}"`,
  "CHECK_INTERVAL='2'",
  'TIMEOUT=2s # a site',
  'RETRY_INTERVAL="1" # seconds',
  'TZ="Europe/Berlin"',
  'EXCLUDE_CONTAINERS="a", "b"',
  'DRY_RUN="true"',
  'STATE_FILE="/dev/null"',
  'WITNESS=""',
].join('\r\n');

const COMPOSE_FILE = `
version: '3.7'
services:
  monitor:
    image: ${GATEWAY_IMAGE}
    environment:
      - SITES="${one},${two}"
      - CHECK_INTERVAL='2'
      - TIMEOUT="2s"
      - RETRY_INTERVAL=1 # seconds
      - TZ="Europe/Berlin"
      - EXCLUDE_CONTAINERS="a", "b"
      - DRY_RUN="true"
      - STATE_FILE="/dev/null"
      - WITNESS=""
  blocks:
    image: ${GATEWAY_IMAGE}
    environment:
      SITES: |
        # mine
        ${one}
        ${two}   # another
      CHECK_INTERVAL: 2
      TIMEOUT: "2s"
      RETRY_INTERVAL: '"1"'
      TZ: >
        Europe/Berlin
      EXCLUDE_CONTAINERS: >
        a
        b
      DRY_RUN: "true"
      STATE_FILE: /dev/null
      WITNESS:
`;

describeOnEngine('values of variables', (engine) => {
  const { startMonitor } = useScenario(engine, { sharesContainers: true });
  let folder = '';

  beforeAll(async () => {
    folder = join(engine.folder, 'given-values');
    await mkdir(folder);
    await writeFile(join(folder, 'monitor.env'), ENV_FILE);
    await writeFile(join(folder, 'docker-compose.yml'), COMPOSE_FILE);
    await createGateway(engine, { name: 'gluetun' });
  });

  const docker = (program: string, ...args: readonly string[]): string =>
    execFileSync(program, args, {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, DOCKER_HOST: engine.dockerHost },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
      .toString()
      .trim();

  /** The environment that a container was created with. */
  const environmentOf = async (id: string): Promise<Record<string, string>> => {
    const { Config } = await engine.docker.getContainer(id).inspect();
    const entries = Config.Env.map((entry): [string, string] => {
      const end = entry.indexOf('=');
      return [entry.slice(0, end), entry.slice(end + 1)];
    });
    return Object.fromEntries(entries.filter(([name]) => ENV_FILE.includes(`${name}=`)));
  };

  const composed = (service: string): string => {
    docker('docker-compose', 'up', '--no-start', service);
    return docker(
      'docker',
      'ps',
      '--all',
      '--quiet',
      '--filter',
      `label=com.docker.compose.service=${service}`,
    );
  };
  const TOOLS: readonly [tool: string, create: () => string][] = [
    ['docker --env-file', () => docker('docker', 'create', '--env-file', 'monitor.env', GATEWAY_IMAGE)],
    ['a list in compose', () => composed('monitor')],
    ['blocks in compose', () => composed('blocks')],
  ];

  const isHere = (tool: string): boolean =>
    process.env['REQUIRE_ENGINE'] === '1' ||
    findProgram(tool.includes('compose') ? 'docker-compose' : 'docker') !== undefined;

  for (const [tool, create] of TOOLS)
    (isHere(tool) ? describe : describe.skip)(`with ${tool}`, () => {
      it('have the intended meaning', async () => {
        const env = await environmentOf(create());
        const monitor = await startMonitor({ args: ['config'], env });
        await expect(monitor.exit).resolves.toMatchObject({ code: 0 });
        const said = monitor.lines.map(({ text }) => text.replace(/ +/g, ' '));
        expect(said).toEqual(
          expect.arrayContaining([
            `SITES ${one},${two} (environment)`,
            'CHECK_INTERVAL 2 (environment)',
            'TIMEOUT 2 (environment)',
            'RETRY_INTERVAL 1 (environment)',
            'TZ Europe/Berlin (environment)',
            'EXCLUDE_CONTAINERS a,b (environment)',
            'DRY_RUN true (environment)',
            'STATE_FILE /dev/null (environment)',
            'WITNESS - (default)',
          ]),
        );
      });
    });

  const untilChecked = async (monitor: MonitorProcess): Promise<void> => {
    await monitor.waitForLine(/Status: STARTUP/);
    const passed = await monitor.waitForLine(new RegExp(`Site ${two}: pass`));
    await monitor.waitForLine(new RegExp(`Site ${two}: pass`), 15_000, passed);
  };

  it('in quotes are read as sites that answer, so nothing is restarted', async () => {
    const monitor = await startMonitor({
      env: { SITES: IN_QUOTES, CHECK_INTERVAL: '"1"', FAIL_THRESHOLD: "'1'", LOG_LEVEL: '"debug"' },
    });
    await monitor.waitForLine(new RegExp(`Sites: ${one}, ${two}$`));
    await untilChecked(monitor);
    expect(actions(monitor)).toEqual([]);
  });

  it('with an unpaired quote are refused by name, each with the reason', async () => {
    const env = { CHECK_INTERVAL: '"2', LOG_FILE: "/logs/bob's.log", GLUETUN_API_KEY: 's3cret"', TZ: "'UTC" };
    const monitor = await startMonitor({ env });
    await expect(monitor.exit).resolves.toMatchObject({ code: 78 });
    const said = messages(monitor).join('\n');
    for (const name of Object.keys(env)) expect(said).toMatch(new RegExp(`${name}: given .*a quote is left`));
    expect(said).not.toContain('s3cret');
  });

  it('with an unpaired quote in SITES leave out that entry with a warning, and the other site is watched', async () => {
    const monitor = await startMonitor({
      env: {
        SITES: `"${one},${two}`,
        CHECK_INTERVAL: '1',
        FAIL_THRESHOLD: '1',
        LOG_LEVEL: 'debug',
      },
    });
    await monitor.waitForLine(/entry 1: .* is left out: has a quote inside/);
    await untilChecked(monitor);
    expect(actions(monitor)).toEqual([]);
  });
});
