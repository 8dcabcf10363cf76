import { describeOnEngine } from './engine.ts';
import type { MonitorProcess } from './monitor.ts';
import { cutOff } from './setting.ts';
import { createDependent } from './stand-in/dependent.ts';
import { type Gateway, createGateway, sites } from './stand-in/gateway.ts';
import type { TestContainer } from './stand-in/container.ts';
import { useEvents, useScenario } from './scenario.ts';

const SOON_MS = 60_000;
/** Long enough to break a tunnel, detect that and heal it, however busy the machine is. */
const STOP_SECONDS = 6;

const [FIRST, SECOND] = sites.ok;
const QUICK = {
  GLUETUN_CONTAINER: 'gluetun,gluetun-us',
  SITES: `${FIRST}|gateway=gluetun,${SECOND}|gateway=gluetun-us`,
  CHECK_INTERVAL: '1',
  RETRY_INTERVAL: '1',
  FAIL_THRESHOLD: '1',
};

/** The other gateway's dependent is slow to stop: that repair is the act under way. */
describeOnEngine('a recovery that is due while another act is under way', (engine) => {
  jest.setTimeout(2 * SOON_MS);
  const { startMonitor } = useScenario(engine, { sharesContainers: true });
  const events = useEvents(engine);
  let home: Gateway;
  let abroad: Gateway;
  let app: TestContainer;
  let slow: TestContainer;

  beforeAll(async () => {
    [home, abroad] = await Promise.all([
      createGateway(engine, { name: 'gluetun' }),
      createGateway(engine, { name: 'gluetun-us' }),
    ]);
    [app, slow] = await Promise.all([
      createDependent(engine, { name: 'app', network: home.id }),
      createDependent(engine, {
        name: 'slow',
        network: abroad.id,
        ignoresTerm: true,
        stopTimeoutSeconds: STOP_SECONDS,
      }),
    ]);
  });

  const whileSlowIsRestarted = async (): Promise<MonitorProcess> => {
    const monitor = await startMonitor({ env: QUICK });
    for (const name of ['gluetun', 'gluetun-us'])
      await monitor.waitForLine(new RegExp(` ${name}: Status: STARTUP`), SOON_MS);
    await abroad.restart();
    await monitor.waitForLine(/ gluetun-us: Restarting slow\.\.\.$/, SOON_MS);
    await home.breakTunnel();
    await monitor.waitForLine(/ gluetun: Site .* THRESHOLD REACHED/, SOON_MS);
    expect(monitor.linesMatching(/ gluetun-us: slow restarted/)).toEqual([]);
    expect(monitor.linesMatching(/ gluetun: .*(recovery|[Rr]estart)/)).toEqual([]);
    return monitor;
  };
  const actionsOf = ({ id }: TestContainer): readonly string[] => events.of(id).map(({ action }) => action);

  it('is neither started nor logged if a check passes in time', async () => {
    const monitor = await whileSlowIsRestarted();
    await home.heal();
    const isBack = await monitor.waitForLine(/ gluetun: Site .* can be reached again$/, SOON_MS);
    const isOver = await monitor.waitForLine(/ gluetun-us: slow restarted successfully$/, SOON_MS, isBack);
    await monitor.waitForLine(/ gluetun-us: All dependent containers are on the network/, SOON_MS, isOver);
    expect(monitor.linesMatching(/ gluetun: .*(recovery|[Rr]estart)/)).toEqual([]);
    expect(
      [...actionsOf(home), ...actionsOf(app)].filter((action) => /kill|die|restart/.test(action)),
    ).toEqual([]);
    await expect(cutOff({ gateway: abroad, dependents: [slow] })).resolves.toEqual([]);
  });

  it('starts as soon as the other act is over', async () => {
    const monitor = await whileSlowIsRestarted();
    const isOver = await monitor.waitForLine(/ gluetun-us: slow restarted successfully$/, SOON_MS);
    await monitor.waitForLine(/ gluetun: Restarting gluetun to force new endpoint/, SOON_MS, isOver);
    await monitor.waitForLine(/ gluetun: Recovery complete/, SOON_MS);
    const restarts = events.all.filter(({ action }) => action === 'restart').map(({ id }) => id);
    expect(restarts.slice(-3)).toEqual([slow.id, home.id, app.id]);
    await expect(cutOff({ gateway: home, dependents: [app] })).resolves.toEqual([]);
    await expect(cutOff({ gateway: abroad, dependents: [slow] })).resolves.toEqual([]);
  });
});
