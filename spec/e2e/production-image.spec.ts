import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { describeOnEngine } from './engine.ts';
import { EngineEvents } from './engine-events.ts';
import { eventually } from './eventually.ts';
import { buildProductionImage } from './production-image.ts';
import { TestContainer } from './stand-in/container.ts';
import { removeContainers, type TestEngine } from './test-engine.ts';

/** Does what the image expects of the monitor: writes a heartbeat, and exits on a signal. */
const BUNDLE_STAND_IN = `#!/usr/bin/env node
const { writeFileSync } = require('node:fs');
writeFileSync('/tmp/gluetun-monitor.heartbeat', '');
process.on('SIGTERM', () => process.exit(0));
console.log('running as', process.pid, process.argv.slice(2).join(' '));
if (process.argv[2] !== 'status') setInterval(() => undefined, 1000);
`;

/** A build context with a bundle of the test: the image behaves the same with any bundle. */
async function createContext(engine: TestEngine): Promise<string> {
  const context = join(engine.folder, 'context');
  await mkdir(join(context, 'dist'), { recursive: true });
  await writeFile(join(context, 'dist/gluetun-monitor.js'), BUNDLE_STAND_IN);
  await writeFile(join(context, 'dist/LICENSES.txt'), 'the licences of what is in it\n');
  for (const name of ['package.json', 'package-lock.json', '.npmrc', '.dockerignore']) {
    await cp(join(__dirname, '../..', name), join(context, name));
  }
  return context;
}

/** As the workflow that publishes the image says it. */
const PUBLISHER = {
  VERSION: '1.2.3',
  REVISION: 'c0ffee',
  CREATED: '2026-11-30T12:00:00Z',
  SOURCE: 'https://code.example/somebody/gluetun-monitor',
};

describeOnEngine('the production image', (engine) => {
  let image: string;

  beforeAll(async () => {
    image = await buildProductionImage(engine, await createContext(engine), PUBLISHER);
  });

  afterEach(async () => removeContainers(engine));

  const run = async (...command: string[]): Promise<TestContainer> => {
    const { id } = await engine.docker.createContainer({
      Image: image,
      Cmd: command,
      Labels: { ...engine.labels },
      // The health check is the image's; only its interval is the test's.
      Healthcheck: { Interval: 300_000_000, StartPeriod: 1_000_000, Retries: 1 },
      HostConfig: { NetworkMode: 'none', ReadonlyRootfs: true, Tmpfs: { '/tmp': '' }, CapDrop: ['ALL'] },
    });
    const container = new TestContainer(engine, id, 'monitor');
    await container.start();
    return container;
  };

  it('is labelled as a monitor, stops on SIGTERM, and has a health check', async () => {
    const { Config } = await engine.docker.getImage(image).inspect();

    expect(Config.Labels).toMatchObject({ 'org.gluetun-monitor.role': 'monitor' });
    expect(Config).toMatchObject({ StopSignal: 'SIGTERM', Entrypoint: ['node', '/app/gluetun-monitor.js'] });
    expect(Config).toHaveProperty('Healthcheck.Test');
  });

  it('says what it is, where it comes from, and on what it was built', async () => {
    const { Config } = await engine.docker.getImage(image).inspect();
    const oci = Object.entries(Config.Labels).flatMap(([name, value]) => {
      const [, key] = name.split('org.opencontainers.image.');
      return key === undefined ? [] : [[key, value]];
    });

    expect(Object.fromEntries(oci)).toEqual({
      title: 'Gluetun Monitor',
      description: packageJson.description,
      licenses: packageJson.license,
      authors: 'The Gluetun Monitor authors',
      vendor: 'The Gluetun Monitor authors',
      version: '1.2.3',
      revision: 'c0ffee',
      created: '2026-11-30T12:00:00Z',
      url: 'https://code.example/somebody/gluetun-monitor',
      source: 'https://code.example/somebody/gluetun-monitor',
      documentation: 'https://code.example/somebody/gluetun-monitor/blob/HEAD/docs/README.md',
      'base.name': 'gluetun-monitor-test/node:latest',
    });
  });

  it('carries the licences of what is in it', async () => {
    const container = await run();

    await expect(container.exec('cat', '/app/LICENSES.txt')).resolves.toMatchObject({
      output: expect.stringContaining('the licences') as string,
    });
  });

  it("runs the monitor as PID 1, which receives the engine's stop signal", async () => {
    const container = await run();
    await eventually('it has started', async () => (await container.log()).includes('running as 1'));
    await container.stop();

    expect((await container.inspect()).State.ExitCode).toBe(0);
  });

  it('provides the monitor as a command', async () => {
    const container = await run();

    await expect(container.exec('gluetun-monitor', 'status')).resolves.toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('status') as string,
    });
  });

  it('is healthy only while there are heartbeats', async () => {
    const events = await EngineEvents.open(engine);
    const container = await run();
    const healthy = await events.waitFor('health_status: healthy', container);
    await container.exec('touch', '-d', '@0', '/tmp/gluetun-monitor.heartbeat');

    await expect(events.waitFor('health_status: unhealthy', container, 5000, healthy)).resolves.toBeDefined();
    events.close();
  });
});
