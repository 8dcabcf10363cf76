import type { SaidLine } from './demo-monitor.ts';
import type { MonitorExit } from '../e2e/monitor.ts';
import { type Played, names } from './play.ts';
import type { StepName } from './story.ts';
import type { Call, World } from './world.ts';

/** One observation, from the log or from the engine. */
export interface Finding {
  readonly label: string;
  readonly seen: string;
  /** What was expected; undefined: it is as expected. */
  readonly expected?: string | undefined;
}

/** A check that an event triggered starts within this time; a regular one would take most of a minute. */
const AT_ONCE_MS = 1_000;

interface Evidence {
  readonly world: World;
  readonly played: readonly Played[];
  readonly ended: (MonitorExit & { readonly tookMs: number }) | undefined;
}

export const findings = (evidence: Evidence): readonly Finding[] => [
  recovered(evidence),
  checkedAtOnce(evidence),
  newExit(evidence),
  onLiveNetwork(evidence, 'Live after the recovery', 'break'),
  onLiveNetwork(evidence, 'Live in the end', 'end'),
  restarts(evidence.world),
  changes(evidence.world),
  ...noticed(evidence),
  ended(evidence),
];

function recovered({ world, played }: Evidence): Finding {
  const { at, lines } = stepOf(played, 'break');
  const unhealthyAt = messageAt(world, /^health_status: unhealthy$/, at);
  const endAt = epochOf(lines.at(-1));
  const sinceUnhealthy =
    unhealthyAt === undefined ? '' : ` (${seconds(endAt - unhealthyAt)} from Docker's "unhealthy")`;
  return { label: 'From break to recovery', seen: `${seconds(endAt - at)}${sinceUnhealthy}` };
}

function checkedAtOnce({ world, played }: Evidence): Finding {
  const label = 'First check';
  const unhealthyAt = messageAt(world, /^health_status: unhealthy$/, stepOf(played, 'break').at);
  const checkAt =
    unhealthyAt === undefined
      ? undefined
      : messageAt(world, /^exec_start: .*gluetun-monitor-check/s, unhealthyAt);
  const expected = 'a check as soon as Docker calls the gateway unhealthy';
  if (unhealthyAt === undefined || checkAt === undefined) return { label, seen: 'none', expected };
  const lateMs = checkAt - unhealthyAt;
  const seen = `${lateMs.toFixed(0)} ms after Docker's "unhealthy"`;
  return { label, seen, expected: lateMs > AT_ONCE_MS ? expected : undefined };
}

/** Compares the log with the gateway itself. */
function newExit({ played }: Evidence): Finding {
  const before = stepOf(played, 'start');
  const after = stepOf(played, 'break');
  const [said, saidNew] = [before, after].map(({ lines }) => exitIn(lines));
  const seen = `${said?.text ?? 'unknown'} → ${saidNew?.text ?? 'unknown'}`;
  const isRight =
    said?.ip === before.exitIp && saidNew?.ip === after.exitIp && before.exitIp !== after.exitIp;
  const truth = `${before.exitIp ?? 'unknown'} → ${after.exitIp ?? 'unknown'}`;
  return {
    label: 'Exit',
    seen,
    expected: isRight ? undefined : `another exit, and the one the gateway has: ${truth}`,
  };
}

/** The endpoint in the step's ENDPOINT line. */
function exitIn(lines: readonly SaidLine[]): { readonly ip: string; readonly text: string } | undefined {
  const announced = lines.find(({ text }) => /\[ENDPOINT\] Status: (STARTUP|NEW) /.test(text))?.text;
  const [, ip, country = ''] = /IP: (\S+) \| Country: ([^|]+?) \|/.exec(announced ?? '') ?? [];
  return ip === undefined ? undefined : { ip, text: `${ip} (${country})` };
}

/** The step itself has already verified it. */
const onLiveNetwork = ({ played }: Evidence, label: string, step: StepName): Finding => ({
  label,
  seen: names(stepOf(played, step).live),
});

function restarts(world: World): Finding {
  const { gateway, leaver, host, guest } = world.cast;
  const made = world.calls
    .map(({ path }) => /^\/containers\/([^/]+)\/restart$/.exec(path)?.[1])
    .filter((ref) => ref !== undefined)
    .map((ref) => nameOf(world, ref));
  const wanted = [gateway, leaver, host, guest];
  const isRight = made.length === wanted.length && wanted.every((name) => made.includes(name));
  return {
    label: 'Restarts',
    seen: `${made.length}: ${names(made)}`,
    expected: isRight ? undefined : `each of ${names(wanted)} once`,
  };
}

/** The container of a call, by name or id. */
const nameOf = ({ messages }: World, ref: string): string =>
  messages.find(({ id }) => id === ref)?.name ?? ref;

/** Everything except reads and the probe inside the gateway. */
const changes = ({ calls }: World): Finding => {
  const changing = calls.filter(isChange);
  const others = changing.filter(({ path }) => !path.endsWith('/restart'));
  return {
    label: 'Calls that changed anything',
    seen: `${changing.length} of ${calls.length}${others.length === 0 ? ', the restarts above' : `: ${others.map(inShort).join(', ')}`}`,
    expected: others.length === 0 ? undefined : 'restarts, nothing else',
  };
};

const isChange = ({ method, path }: Call): boolean =>
  method !== 'GET' && method !== 'HEAD' && !/^\/containers\/[^/]+\/exec$|^\/exec\//.test(path);

const inShort = ({ method, path }: Call): string => `${method} ${path}`;

const noticed = ({ world, played }: Evidence): readonly Finding[] =>
  (
    [
      ['add', 'Said of the one added', 'create', world.cast.newcomer],
      ['remove', 'Said of the one removed', 'destroy', world.cast.leaver],
    ] as const
  ).map(([step, label, action, name]) => {
    const { at, lines } = stepOf(played, step);
    const line = lines.at(-1);
    const happenedAt = messageAt(world, new RegExp(`^${action}$`), at, name) ?? at;
    const late = Math.max(0, epochOf(line) - happenedAt).toFixed(0);
    return { label, seen: `"${messageOf(line)}", ${late} ms after Docker's "${action}"` };
  });

function ended({ ended: exit }: Evidence): Finding {
  const label = 'The end';
  if (exit === undefined) return { label, seen: 'none', expected: 'exit code 0' };
  const how = exit.code === null ? `killed by ${String(exit.signal)}` : `exit code ${exit.code}`;
  return {
    label,
    seen: `${how}, ${exit.tookMs.toFixed(0)} ms after SIGTERM`,
    expected: exit.code === 0 ? undefined : 'exit code 0',
  };
}

function stepOf(played: readonly Played[], name: StepName): Played {
  const step = played.find((one) => one.name === name);
  if (step === undefined) throw new Error(`the step "${name}" was not played`);
  return step;
}

function messageAt(world: World, action: RegExp, since: number, name?: string): number | undefined {
  return world.messages.find(
    (message) =>
      message.at >= since && action.test(message.action) && (name === undefined || message.name === name),
  )?.at;
}

/** The time of a line, on the same clock as everything else. */
const epochOf = (line: SaidLine | undefined): number => performance.timeOrigin + (line?.atMs ?? NaN);

const messageOf = (line: SaidLine | undefined): string => (line?.text ?? '').replace(/^(\[[^\]]*\] ){2}/, '');

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
