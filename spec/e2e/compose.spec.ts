import { findProgram } from './bound-process.ts';
import { describeOnPrivateEngine } from './engine.ts';
import type { MonitorProcess } from './monitor.ts';
import type { PrivateEngine } from './private-engine.ts';
import { ComposeProject, DEPENDENTS, OTHERS } from './recreation/compose-project.ts';
import { checksums, containerNames, fill, untilChecked } from './recreation/world.ts';
import { SITES } from './setting.ts';
import { isOnLiveNetwork } from './stand-in/container.ts';
import { findContainer } from './stand-in/dependent.ts';
import { useScenario } from './scenario.ts';

const ALL = [...DEPENDENTS, ...OTHERS].sort();
const PLACES = ['/data', '/library', '/anonymous'];
const ON_THE_NETWORK = /All dependent containers are on the network of gluetun/;

describeWithCompose('a stack managed by Docker Compose', (engine) => {
  const { startMonitor } = useScenario(engine);
  let project: ComposeProject;
  let monitor: MonitorProcess;

  beforeEach(async () => {
    project = new ComposeProject(engine);
    await project.write('1');
    await project.run('up', '-d');
    await project.gateway();
    await fill(engine, 'app1', PLACES);
    monitor = await startMonitor({ env: { SITES, LOG_LEVEL: 'debug' } });
    await monitor.waitForLine(/Dependent containers \(auto-discovery\): app1,stack_app2_1$/);
    await monitor.waitForLine(/Status: STARTUP/);
  });

  const ids = async (): Promise<readonly string[]> =>
    Promise.all(ALL.map(async (name) => (await findContainer(engine, name)).id));

  /** Each exists once, under its name, on the current network of the gateway. */
  const expectWhole = async (): Promise<void> => {
    await expect(containerNames(engine)).resolves.toEqual(ALL);
    const gateway = await project.gateway();
    const dependents = await project.dependents();
    const isLive = await Promise.all(dependents.map(async (one) => isOnLiveNetwork(one, gateway)));
    expect(isLive).toEqual([true, true]);
    expect(monitor.linesMatching(/\[ERROR\]/)).toEqual([]);
  };

  it.each([
    { command: ['up', '-d', 'gluetun'], what: 'the gateway alone' },
    // Compose 1 considers the dependents up to date.
    { command: ['up', '-d'], what: 'everything that has changed' },
  ])('is put back after Compose updates $what, in a way that Compose accepts', async ({ command }) => {
    const content = await checksums(engine, 'app1', PLACES);
    await project.write('2');
    await project.run(...command);
    await monitor.waitForLine(ON_THE_NETWORK, 40_000);
    await expectWhole();
    await expect(checksums(engine, 'app1', PLACES)).resolves.toBe(content);
    const before = await ids();
    await project.run('up', '-d');
    await expect(ids()).resolves.toEqual(before);
    await expectWhole();
  });

  it.each([3, 9])(
    'is left alone while Compose re-creates all of it, even if one service takes %i s to stop',
    async (seconds) => {
      await project.write('1', seconds);
      await project.run('up', '-d');
      await project.write('2', seconds);
      const last = monitor.lines.at(-1);
      await project.run('up', '-d', '--force-recreate');
      const before = await ids();
      await untilChecked(monitor, 3);
      await expect(ids()).resolves.toEqual(before);
      await expectWhole();
      const since = monitor.lines.slice(last === undefined ? 0 : monitor.lines.indexOf(last));
      expect(since.filter(({ text }) => /Re-creating|Restarting/.test(text))).toEqual([]);
    },
  );

  it('is not reported as having lost a dependent while Compose updates it', async () => {
    await project.write('2');
    await project.run('up', '-d', 'gluetun');
    await monitor.waitForLine(ON_THE_NETWORK, 40_000);
    expect(monitor.linesMatching(/Dependent container removed|left alone/)).toEqual([]);
  });

  it('has its dependents restarted after Compose restarts the gateway', async () => {
    const before = await ids();
    await project.run('restart', 'gluetun');
    await monitor.waitForLine(ON_THE_NETWORK, 40_000);
    await expect(ids()).resolves.toEqual(before);
    await expectWhole();
  });
});

/** Like `describeOnPrivateEngine`, but only if Docker Compose is installed. */
function describeWithCompose(suite: string, body: (engine: PrivateEngine) => void): void {
  if (findProgram('docker-compose') !== undefined) {
    describeOnPrivateEngine(suite, body);
    return;
  }
  const isRequired = process.env['REQUIRE_ENGINE'] === '1';
  if (!isRequired) process.stderr.write(`SKIPPED on this machine: ${suite}: needs docker-compose\n`);
  describe('a stack managed by Docker Compose (not run)', () => {
    const stand = isRequired ? it : it.skip;
    stand('cannot run here: needs docker-compose', () => {
      throw new Error('REQUIRE_ENGINE=1, but there is no docker-compose');
    });
  });
}
