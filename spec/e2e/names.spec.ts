import { ClockShift } from '../lab/chaos/clock-shift.ts';
import { compose } from '../src/containers.ts';
import { describeOnEngine } from './engine.ts';
import type { MonitorProcess } from './monitor.ts';
import { SITES } from './setting.ts';
import { isOnLiveNetwork } from './stand-in/container.ts';
import { createDependent, findContainer } from './stand-in/dependent.ts';
import { type Gateway, createGateway } from './stand-in/gateway.ts';
import { type Environment, useScenario } from './scenario.ts';

const GATEWAY = '0123456789ab_gluetun';
const LEFT = '0123456789ab_app';
const SERVED = 'media-web-1';
/** Each is named by another kind of word. */
const EXCLUDED = ['media-jackett-1', 'Sonarr', 'fedcba987654_radarr', 'spared'];
const EXCLUDE = 'Jackett,sonarr,radarr,web1';
const AGAIN = new RegExp(`All dependent containers are on the network of ${GATEWAY}`);

const SERVICES: Readonly<Record<string, string>> = {
  [LEFT]: 'app',
  [SERVED]: 'web',
  'media-jackett-1': 'jackett',
};

/** The result of a failed update with Compose's own names, and lists that name containers in every way. */
describeOnEngine('a stack whose container names differ from the configured ones', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine, { sharesContainers: true });
  let gateway: Gateway;
  let clock: ClockShift;

  beforeAll(async () => {
    gateway = await createGateway(engine, { name: GATEWAY, labels: compose('gluetun') });
    for (const name of [LEFT, SERVED, ...EXCLUDED])
      await createDependent(engine, {
        name,
        network: gateway.id,
        labels: {
          ...(SERVICES[name] !== undefined && compose(SERVICES[name])),
          ...(name === 'spared' && { 'org.gluetun-monitor.exclude': 'true' }),
        },
      });
    // For the monitor, compose finished more than a minute ago.
    clock = await ClockShift.create(engine.folder);
    await clock.set(61_000);
  });

  const watch = async (env: Environment = {}): Promise<MonitorProcess> => {
    const lists = { GLUETUN_CONTAINER: GATEWAY, EXCLUDE_CONTAINERS: EXCLUDE };
    return startWatching({ ...clock.environment, SITES, ...lists, ...env });
  };

  const runOf = async (name: string): Promise<string> => {
    const { Id, State } = await (await findContainer(engine, name)).inspect();
    return `${name} ${Id} ${State.StartedAt}`;
  };
  const runsOf = async (names: readonly string[]): Promise<readonly string[]> =>
    Promise.all(names.map(runOf));
  const areLive = async (): Promise<readonly boolean[]> =>
    Promise.all(
      [LEFT, SERVED].map(async (name) => isOnLiveNetwork(await findContainer(engine, name), gateway)),
    );

  it('has a gateway that can be found by its service', async () => {
    const monitor = await startMonitor({
      args: ['check'],
      env: { ...clock.environment, SITES, GLUETUN_CONTAINER: 'Gluetun', EXCLUDE_CONTAINERS: 'gluetun' },
    });
    await expect(monitor.exit).resolves.toMatchObject({ code: 0 });
    expect(monitor.linesMatching(new RegExp(`^Gateway ${GATEWAY}: running`))).toHaveLength(1);
  });

  it('is put back after a restart, except for the excluded containers', async () => {
    const monitor = await watch();
    const before = await runsOf(EXCLUDED);
    await gateway.restart();
    await monitor.waitForLine(AGAIN);
    await expect(areLive()).resolves.toEqual([true, true]);
    await expect(runsOf(EXCLUDED)).resolves.toEqual(before);
    const [shown] = monitor.linesMatching(/Dependent containers \(auto-discovery\)/);
    expect(shown?.text).toMatch(new RegExp(`: ${LEFT},${SERVED}$`));
    expect(monitor.linesMatching(/\[WARN\] EXCLUDE_CONTAINERS/).map(({ text }) => text)).toEqual([
      expect.stringMatching(/: web1 fits no container \(nearest: media-web-1\)$/),
    ]);
  });

  it('is re-created after its gateway under its current names, except for the excluded containers', async () => {
    const monitor = await watch();
    const before = await runsOf(EXCLUDED);
    gateway = await gateway.recreate();
    const anew = await monitor.waitForLine(AGAIN, 30_000);
    await expect(areLive()).resolves.toEqual([true, true]);
    await gateway.restart();
    await monitor.waitForLine(AGAIN, 15_000, anew);
    await expect(areLive()).resolves.toEqual([true, true]);
    await expect(runsOf(EXCLUDED)).resolves.toEqual(before);
  });

  it('is put back if a list names its containers by their services', async () => {
    const monitor = await watch({
      GLUETUN_CONTAINER: 'gluetun',
      DEPENDENT_CONTAINERS: 'APP,web,media-jackett-1',
    });
    await gateway.restart();
    await monitor.waitForLine(AGAIN);
    await expect(areLive()).resolves.toEqual([true, true]);
    expect(monitor.linesMatching(/\[WARN\] media-jackett-1 .*exclusion wins/)).toHaveLength(1);
  });
});
