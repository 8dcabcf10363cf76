import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { checksIn, rememberedIn, saidBy } from './decision-lines.ts';
import { describeOnEngine } from './engine.ts';
import type { EngineMessage } from './engine-events.ts';
import { eventually } from './eventually.ts';
import type { MonitorProcess } from './monitor.ts';
import { type Setting, cutOff } from './setting.ts';
import { createDependent } from './stand-in/dependent.ts';
import { createGateway, sites } from './stand-in/gateway.ts';
import { type Environment, useEvents, useScenario } from './scenario.ts';

const SOON_MS = 60_000;
const LONG_MS = 240_000;

const [FIRST, SECOND, BOTH] = sites.ok;
const QUICK = {
  GLUETUN_CONTAINER: 'gluetun,gluetun-us',
  SITES: `${FIRST}|gateway=gluetun,${SECOND}|gateway=gluetun-us,${BOTH}`,
  CHECK_INTERVAL: '1',
  RETRY_INTERVAL: '1',
};

/** From a command's first signal until the last container is back. */
interface Window {
  readonly what: string;
  readonly fromMs: number;
  readonly toMs: number;
}

describeOnEngine('two gateways', (engine) => {
  jest.setTimeout(LONG_MS);
  const { startMonitor } = useScenario(engine);
  const events = useEvents(engine);
  let home: Setting;
  let abroad: Setting;

  /** Every container ignores SIGTERM for a second, so that restarts are slow and two at once would be detected. */
  const createBranch = async (gatewayName: string, dependents: readonly string[]): Promise<Setting> => {
    const slow = { ignoresTerm: true, stopTimeoutSeconds: 1 };
    const gateway = await createGateway(engine, { name: gatewayName, ...slow });
    return {
      gateway,
      dependents: await Promise.all(
        dependents.map(async (name) => createDependent(engine, { name, network: gateway.id, ...slow })),
      ),
    };
  };

  const watch = async (env: Environment = {}): Promise<MonitorProcess> => {
    home = await createBranch('gluetun', ['app1', 'app2']);
    abroad = await createBranch('gluetun-us', ['us1', 'us2']);
    const monitor = await startMonitor({ env: { ...QUICK, ...env } });
    for (const name of ['gluetun', 'gluetun-us'])
      await monitor.waitForLine(new RegExp(` ${name}: Status: STARTUP`), SOON_MS);
    return monitor;
  };

  const timesOf = (action: string, ids: readonly string[]): readonly number[] =>
    events.all
      .filter((message) => message.action === action && ids.includes(message.id))
      .map(({ engineTimeMs }) => engineTimeMs);

  const windowOf = (what: string, ids: readonly string[]): Window => {
    expect(timesOf('restart', ids)).toHaveLength(ids.length);
    return { what, fromMs: Math.min(...timesOf('kill', ids)), toMs: Math.max(...timesOf('restart', ids)) };
  };

  /** One for each possible command: a gateway, or all of its dependents together. */
  const windows = (): readonly Window[] =>
    [home, abroad]
      .flatMap(({ gateway, dependents }) => [
        windowOf(gateway.name, [gateway.id]),
        windowOf(
          `dependents of ${gateway.name}`,
          dependents.map(({ id }) => id),
        ),
      ])
      .sort((one, other) => one.fromMs - other.fromMs);

  const touched = ({ gateway, dependents }: Setting): readonly string[] =>
    [gateway, ...dependents]
      .filter(({ id }) => events.of(id).some(({ action }) => !/^(create|start)$/.test(action)))
      .map(({ name }) => name);

  it('are both recovered if they fail at the same time, with one command at a time', async () => {
    const monitor = await watch();
    await Promise.all([home.gateway.breakTunnel(), abroad.gateway.breakTunnel()]);
    for (const name of ['gluetun', 'gluetun-us'])
      await monitor.waitForLine(new RegExp(` ${name}: Recovery complete`), LONG_MS);

    await expect(cutOff(home)).resolves.toEqual([]);
    await expect(cutOff(abroad)).resolves.toEqual([]);
    const all = [home, abroad].flatMap(({ gateway, dependents }) => [gateway, ...dependents]);
    for (const container of all) await events.waitFor('restart', container, SOON_MS);
    const commands = windows();
    expect(commands.map(({ what }) => what).sort()).toEqual([
      'dependents of gluetun',
      'dependents of gluetun-us',
      'gluetun',
      'gluetun-us',
    ]);
    const overlapping = commands.filter(({ fromMs }, index) => fromMs < (commands[index - 1]?.toMs ?? 0));
    expect(overlapping).toEqual([]);
    process.stderr.write(
      `two gateways: ${commands.map(({ what, fromMs, toMs }) => `${what} ${(toMs - fromMs).toFixed(0)} ms`).join(', ')}\n`,
    );
  });

  it('are distinguished in every log line, each with its own sites and dependents', async () => {
    const monitor = await watch({ LOG_LEVEL: 'debug' });
    await abroad.gateway.breakTunnel();
    await monitor.waitForLine(/ gluetun-us: Recovery complete/, LONG_MS);
    for (const [name, dependents, probed] of [
      ['gluetun', 'app1,app2', [FIRST, BOTH]],
      ['gluetun-us', 'us1,us2', [SECOND, BOTH]],
    ] as const) {
      await monitor.waitForLine(new RegExp(` ${name}: Dependent containers .*: ${dependents}$`));
      expect(sitesProbed(monitor, name)).toEqual(probed);
    }
    const anonymous = saidBy(
      monitor,
      /recovery|Restarting|restarted|Status: |THRESHOLD REACHED|is healthy/,
    ).filter((message) => !/^\[\w+\] gluetun(-us)?: /.test(message));
    expect(anonymous).toEqual([]);
    expect(saidBy(monitor, / gluetun: .*(recovery|Restarting|restarted)/i)).toEqual([]);
    expect(touched(home)).toEqual([]);
    await expect(cutOff(abroad)).resolves.toEqual([]);
  });

  it('are independent: if one hangs in its check, a failure of the other is detected and recovered meanwhile', async () => {
    const stateFile = join(engine.folder, `state-${randomUUID()}.json`);
    const monitor = await watch({
      SITES: `${FIRST}|gateway=gluetun,${SECOND}|gateway=gluetun-us|timeout=120`,
      STATE_FILE: stateFile,
    });
    await abroad.gateway.hangTunnel();
    const hasEnded = ({ attributes: { execID } }: EngineMessage): boolean =>
      events.all.some(({ action, attributes }) => action === 'exec_die' && attributes['execID'] === execID);
    // It may have started just before the tunnel hung; the checks of the other gateway show that it hangs.
    const hanging = await eventually(
      'a check that hangs',
      () => {
        const checks = checksIn(abroad.gateway, events);
        const now = checksIn(home.gateway, events).at(-1)?.engineTimeMs ?? 0;
        return checks.find((check) => !hasEnded(check) && now - check.engineTimeMs > 3_000);
      },
      SOON_MS,
    );
    await home.gateway.breakTunnel();
    await monitor.waitForLine(/ gluetun: Recovery complete/, LONG_MS);

    expect(hanging.attributes['execID']).toMatch(/^[0-9a-f]{64}$/);
    expect(hasEnded(hanging)).toBe(false);
    expect(touched(abroad)).toEqual([]);
    await expect(cutOff(home)).resolves.toEqual([]);
    await expect(rememberedIn(stateFile, 'gluetun')).resolves.toMatchObject({ attempts: 1 });
    await expect(rememberedIn(stateFile, 'gluetun-us')).rejects.toThrow('knows of no recovery');
  });

  it('are independent: if one is missing, the other is recovered, and the missing one is watched once it exists', async () => {
    home = await createBranch('gluetun', ['app1']);
    const monitor = await startMonitor({ env: QUICK });
    await monitor.waitForLine(/ gluetun-us: Container gluetun-us not found/, SOON_MS);
    await monitor.waitForLine(/ gluetun: Status: STARTUP/, SOON_MS);
    await home.gateway.breakTunnel();
    await monitor.waitForLine(/ gluetun: Recovery complete/, LONG_MS);
    abroad = await createBranch('gluetun-us', ['us1']);
    await monitor.waitForLine(/ gluetun-us: Status: STARTUP/, SOON_MS);
    await abroad.gateway.breakTunnel();
    await monitor.waitForLine(/ gluetun-us: Recovery complete/, LONG_MS);
    await expect(cutOff(home)).resolves.toEqual([]);
    await expect(cutOff(abroad)).resolves.toEqual([]);
  });
});

/** The distinct sites that were probed through this gateway. */
const sitesProbed = (monitor: MonitorProcess, gateway: string): readonly string[] => {
  const probes = saidBy(monitor, new RegExp(`^\\[DEBUG\\] ${gateway}: Site \\S+: (pass|fail) `));
  return [...new Set(probes.map((line) => /Site (\S+): /.exec(line)?.[1] ?? ''))].sort();
};
