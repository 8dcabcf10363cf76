import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { EngineEvents, type EngineMessage, isCheck } from '../../e2e/engine-events.ts';
import { eventually } from '../../e2e/eventually.ts';
import { type MonitorProcess, startMonitor } from '../../e2e/monitor.ts';
import { exitWith, onOwnEngine } from '../../e2e/own-engine.ts';
import { SITES, type Setting, createSetting } from '../../e2e/setting.ts';
import { type TestContainer, isOnLiveNetwork } from '../../e2e/stand-in/container.ts';
import { type Gateway, type GatewayOptions, createGateway } from '../../e2e/stand-in/gateway.ts';
import { buildImages } from '../../e2e/stand-in/images.ts';
import { type TestEngine, removeContainers } from '../../e2e/test-engine.ts';

/*
 * How soon trouble is noticed, on a real engine, with CHECK_INTERVAL=30 and the rest at its default; beside a floor
 * measured in the same run. Nothing is asserted here.
 *
 * - refused: from the break to all five dependents fresh, against a perfect operator, who restarts the gateway the
 *   instant Docker calls it unhealthy, waits until Docker calls it healthy, and restarts the five together.
 * - swallowed: packets vanish (iptables DROP), no health check: from the first check that meets it to the restart.
 * - cut: packets vanish for 12 s, at many offsets from the start of a check: who restarts anything?
 */

const HELP = `Usage: npm run bench:noticing -- [--rounds N] [--monitor FILE] [--verbose] [refused] [swallowed] [cut]

Measures, on a Docker Engine that is started for it, how soon the monitor notices trouble; --monitor: another build of it;
--verbose: with what it says.
As root, with dockerd, busybox, wget, tar, iptables and nsenter.
`;

const DEFAULTS = { CHECK_INTERVAL: '30', RETRY_INTERVAL: '10', TIMEOUT: '10', SITES };
const PACES = [
  { intervalSeconds: 1, startPeriodSeconds: 10, retries: 3 },
  { intervalSeconds: 5, startPeriodSeconds: 10, retries: 3 },
];
const CUT_MS = 12_000;
/** How long before the start of a check the cut begins; negative: during the check. */
const BEFORE_CHECK_MS = [11_500, 9_000, 6_000, 4_500, 3_000, 1_500, 500, 100, 0, -50];

const run = promisify(execFile);

interface Bench {
  readonly engine: TestEngine;
  readonly events: EngineEvents;
  readonly rounds: number;
  readonly program: string | undefined;
  readonly isVerbose: boolean;
  readonly print: (line: string) => void;
}

type Program = (bench: Bench) => Promise<void>;

const isOf =
  ({ id }: TestContainer) =>
  (message: EngineMessage): boolean =>
    message.id === id;

const seconds = (ms: number): string => (ms / 1000).toFixed(2);

const startedMonitor = async (
  { engine, program, isVerbose, print }: Bench,
  env: Readonly<Record<string, string>> = {},
): Promise<MonitorProcess> =>
  startMonitor(engine, {
    ...(program !== undefined && { program }),
    ...(isVerbose && { onLine: (line) => print(`${new Date().toISOString()} ${line}`) }),
    env: { ...DEFAULTS, ...(isVerbose && { LOG_LEVEL: 'debug' }), ...env },
  });

/** The first event later than that moment, by the engine's clock. */
const next = async (
  { events }: Bench,
  what: string,
  isIt: (message: EngineMessage) => boolean,
  { afterMs, deadlineMs = 60_000 }: { readonly afterMs: number; readonly deadlineMs?: number },
): Promise<EngineMessage> =>
  eventually(
    what,
    () => events.all.find((message) => message.engineTimeMs > afterMs && isIt(message)),
    deadlineMs,
    5,
  );

/** All five are restarted in parallel, so that none waits for another. */
const ALL_ON_GATEWAY = Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`app${String(n)}`, 'gluetun']));

async function setUp(engine: TestEngine, options: Partial<GatewayOptions>): Promise<Setting> {
  const setting = await createSetting(engine, options, ALL_ON_GATEWAY);
  // A new container is left to compose for five seconds.
  await pause(6_000);
  return setting;
}

/** Each break is at the same moment between two of Docker's probes, so that detection always takes the same time. */
async function breakAfterProbe(bench: Bench, gateway: Gateway): Promise<number> {
  await next(
    bench,
    'a health probe',
    (message) => isOf(gateway)(message) && message.action.startsWith('exec_die') && !isCheck(message),
    { afterMs: Date.now() },
  );
  await gateway.breakTunnel();
  return Date.now();
}

async function untilAllFresh(
  bench: Bench,
  { gateway, dependents }: Setting,
  brokenAt: number,
): Promise<number> {
  await eventually(
    'all are fresh',
    async () => {
      const { State } = await gateway.inspect();
      if (Date.parse(State.StartedAt) < brokenAt) return false;
      const isLive = await Promise.all(dependents.map(async (one) => isOnLiveNetwork(one, gateway)));
      return isLive.every(Boolean);
    },
    90_000,
    50,
  );
  const ids = dependents.map(({ id }) => id);
  const starts = bench.events.all.filter(({ action, id }) => action === 'start' && ids.includes(id));
  return Math.max(...starts.map(({ engineTimeMs }) => engineTimeMs)) - brokenAt;
}

const refused: Program = async (bench) => {
  for (const pace of PACES) {
    const figures: { floor: number; ours: number; unhealthy: number }[] = [];
    for (let round = 0; round < bench.rounds; round += 1) {
      const { took: floor, unhealthy } = await byOperator(bench, pace);
      const ours = await byMonitor(bench, pace);
      figures.push({ floor, ours, unhealthy });
    }
    const median = (of: (figure: (typeof figures)[number]) => number): number =>
      figures.map(of).sort((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;
    const [floor, ours] = [median((one) => one.floor), median((one) => one.ours)];
    bench.print(
      `refused, health check every ${pace.intervalSeconds}s × ${pace.retries}: operator ${seconds(floor)} s (unhealthy after ${seconds(median((one) => one.unhealthy))}), monitor ${seconds(ours)} s: ${(ours / floor).toFixed(2)} ×`,
    );
  }
};

type Pace = (typeof PACES)[number];

async function byOperator(
  bench: Bench,
  healthPace: Pace,
): Promise<{ readonly took: number; readonly unhealthy: number }> {
  const all = await setUp(bench.engine, { health: 'tunnel', healthPace });
  const { gateway, dependents } = all;
  await bench.events.waitFor('health_status: healthy', gateway, 30_000);
  const brokenAt = await breakAfterProbe(bench, gateway);
  const unhealthy = await bench.events.waitFor('health_status: unhealthy', gateway, 60_000);
  await gateway.restart();
  await bench.events.waitFor('health_status: healthy', gateway, 30_000, unhealthy);
  await Promise.all(dependents.map(async (one) => one.restart()));
  const took = await untilAllFresh(bench, all, brokenAt);
  await removeContainers(bench.engine);
  return { took, unhealthy: unhealthy.engineTimeMs - brokenAt };
}

async function byMonitor(bench: Bench, healthPace: Pace): Promise<number> {
  const all = await setUp(bench.engine, { health: 'tunnel', healthPace });
  await bench.events.waitFor('health_status: healthy', all.gateway, 30_000);
  const monitor = await startedMonitor(bench);
  await monitor.waitForLine(/Status: STARTUP/);
  const brokenAt = await breakAfterProbe(bench, all.gateway);
  if (bench.isVerbose) bench.print(`${new Date(brokenAt).toISOString()} broken`);
  const took = await untilAllFresh(bench, all, brokenAt);
  await monitor.stop('SIGKILL');
  await removeContainers(bench.engine);
  return took;
}

const inNetwork = async (gateway: Gateway, ...rule: readonly string[]): Promise<void> => {
  const { State } = await gateway.inspect();
  await run('nsenter', ['-t', String(State.Pid), '-n', 'iptables', ...rule]);
};
const DROP = ['INPUT', '-p', 'tcp', '-m', 'multiport', '--dports', '8081,8082,8083', '-j', 'DROP'];

const swallowed: Program = async (bench) => {
  for (let round = 0; round < bench.rounds; round += 1) {
    const { gateway } = await setUp(bench.engine, { health: 'none' });
    const monitor = await startedMonitor(bench);
    await monitor.waitForLine(/Status: STARTUP/);
    await inNetwork(gateway, '-I', ...DROP);
    const brokenAt = Date.now();
    const check = await next(bench, 'a check', (one) => isOf(gateway)(one) && isCheck(one), {
      afterMs: brokenAt,
    });
    const kill = await next(bench, 'a restart', (one) => isOf(gateway)(one) && one.action === 'kill', {
      afterMs: brokenAt,
    });
    const took = kill.engineTimeMs - check.engineTimeMs;
    bench.print(
      `swallowed: decided ${seconds(took)} s after the first check that meets it began (${seconds(kill.engineTimeMs - brokenAt)} s after the break)`,
    );
    await monitor.stop('SIGKILL');
    await removeContainers(bench.engine);
  }
};

const cut: Program = async (bench) => {
  const outcomes = await Promise.all(
    BEFORE_CHECK_MS.map(async (beforeMs, index) => oneCut(bench, `gluetun${index}`, beforeMs)),
  );
  outcomes.forEach(bench.print);
  await removeContainers(bench.engine);
};

async function oneCut(bench: Bench, name: string, beforeMs: number): Promise<string> {
  const gateway = await createGateway(bench.engine, { name, health: 'none' });
  const monitor = await startedMonitor(bench, { GLUETUN_CONTAINER: name, LOG_LEVEL: 'debug' });
  await monitor.waitForLine(/Status: STARTUP/, 30_000);
  const check = await next(bench, 'a check', (one) => isOf(gateway)(one) && isCheck(one), {
    afterMs: Date.now(),
  });
  await pause(check.engineTimeMs + 30_000 - beforeMs - Date.now());
  await inNetwork(gateway, '-I', ...DROP);
  const begunAt = Date.now();
  await pause(CUT_MS);
  await inNetwork(gateway, '-D', ...DROP);
  const healedAt = Date.now();
  await pause(30_000);
  const restarts = monitor.linesMatching(/Restarting gluetun/).length;
  const failures = monitor.linesMatching(/Site \S+: fail/).length;
  await monitor.stop('SIGKILL');
  return `cut of ${seconds(healedAt - begunAt)} s, ${seconds(beforeMs)} s before a check: ${restarts === 0 ? 'nothing restarted' : 'RESTARTED'} (${failures} failed probes)`;
}

const PROGRAMS: Readonly<Record<string, Program>> = { refused, swallowed, cut };

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: '3' },
      monitor: { type: 'string' },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  const rounds = Number(values.rounds);
  const names = positionals.length === 0 ? Object.keys(PROGRAMS) : positionals;
  const programs = names.flatMap((name) => PROGRAMS[name] ?? []);
  if (values.help === true || !(rounds > 0) || programs.length < names.length) {
    process.stdout.write(HELP);
    return values.help === true ? 0 : 64;
  }
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  return onOwnEngine('noticing', async (engine) => {
    await buildImages(engine);
    const events = await EngineEvents.open(engine);
    for (const program of programs)
      await program({ engine, events, rounds, program: values.monitor, isVerbose: values.verbose, print });
    events.close();
    return 0;
  });
}

exitWith('noticing', main());
