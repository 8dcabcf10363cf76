import { DEPENDENTS, GATEWAY, RESTING, UNTOUCHABLE } from './cast.ts';
import { type Call, type History, type OperatorAct, holds, overlaps } from './history.ts';

/** The settings of the monitors, and how long a decision may take to reach the engine. */
export interface Rules {
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
  readonly concurrency: number;
  /** The container with that id or name. */
  readonly nameOf: (target: string) => string;
}

/** An inspection and the command based on it are two calls: the world may change in between. */
const GRACE_MS = 1_500;
const SLOW_GRACE_MS = 6_000;
/** For ten seconds an operator's stop cannot be distinguished from that of an engine shutting down. */
const UNDECIDED_MS = 11_500;

export const violations = (history: History, rules: Rules): readonly string[] => [
  ...touched(history, rules),
  ...overlapping(history, rules),
  ...tooEarly(history, rules),
  ...tooOften(history, rules),
  ...startedAgainstOperator(history, rules),
  ...history.losses.map(({ name, at }) => `${time(at)} ${name} exists neither under its name nor parked`),
  ...history.ends.map(({ how, at }) => `${time(at)} the monitor has ended by itself: ${how}`),
];

function touched({ calls }: History, { nameOf }: Rules): readonly string[] {
  const isAllowed = (call: Call): boolean => {
    const name = nameOf(call.target);
    return name === GATEWAY
      ? call.verb === 'start' || call.verb === 'restart'
      : DEPENDENTS.some((one) => one.name === name) || name === RESTING;
  };
  return calls
    .filter((call) => !isAllowed(call))
    .map((call) => {
      const name = nameOf(call.target);
      const who = UNTOUCHABLE.includes(name) ? `${name}, which is not its to touch` : name;
      return `${tell(call, name)}: ${who}`;
    });
}

/** One command at a time: one for a gateway alone, or a wave with each dependent once. */
function overlapping({ calls }: History, { nameOf, concurrency }: Rules): readonly string[] {
  return calls.flatMap((call, index) => {
    const under = calls
      .slice(0, index)
      .filter((other) => other.monitor === call.monitor && other.to > call.from && other.from <= call.from);
    const [name, others] = [nameOf(call.target), under.map(({ target }) => nameOf(target))];
    const isAlone = under.length === 0;
    const isWave = ![name, ...others].includes(GATEWAY) && !others.includes(name);
    return isAlone || (isWave && under.length < concurrency)
      ? []
      : [`${tell(call, name)} while there was another command for ${others.join(', ')}`];
  });
}

function tooEarly(history: History, { nameOf }: Rules): readonly string[] {
  return history.calls
    .filter(({ verb, target }) => (verb === 'start' || verb === 'restart') && nameOf(target) !== GATEWAY)
    .filter((call) => !wasUp(history, call.from - graceAt(history, call.from), call.from))
    .map((call) => `${tell(call, nameOf(call.target))} while its gateway did not run`);
}

const wasUp = ({ gatewayRuns }: History, from: number, to: number): boolean =>
  gatewayRuns.some((run) => overlaps(run, from, to));

const graceAt = ({ slow }: History, at: number): number =>
  slow.some((span) => overlaps(span, at - SLOW_GRACE_MS, at)) ? SLOW_GRACE_MS : GRACE_MS;

interface Attempt extends Call {
  readonly number: number;
}

/** Each wait is twice the previous one, up to the longest; a run is too short for the backoff to reset. */
function tooOften(history: History, rules: Rules): readonly string[] {
  const faults: string[] = [];
  let latest: Attempt | undefined;
  for (const call of history.calls.filter(({ target }) => rules.nameOf(target) === GATEWAY)) {
    if (latest !== undefined && isSameAttempt(history, latest, call)) continue;
    const isForgotten = latest !== undefined && wasForgotten(history, latest.from, call.from);
    const number: number = latest === undefined || isForgotten ? 1 : latest.number + 1;
    const leastMs = Math.min(rules.backoffMs * 2 ** (number - 2), rules.backoffMaxMs) - 500;
    if (latest !== undefined && number > 1 && call.from - latest.from < leastMs)
      faults.push(
        `${tell(call, GATEWAY)}: attempt ${number} only ${call.from - latest.from} ms after the one before`,
      );
    latest = { ...call, number };
  }
  return faults;
}

/** A gateway that the monitor's own failed restart left down is started as part of that restart. */
const isSameAttempt = (history: History, { verb, to }: Call, call: Call): boolean =>
  verb === 'restart' && call.verb === 'start' && !wasUp(history, to + 1, call.from - 1);

/** Whether the file could not be written and the monitor that knew was killed. */
const wasForgotten = ({ diskFull, monitors }: History, from: number, to: number): boolean =>
  diskFull.some((span) => overlaps(span, from - 1_000, from + 1_000)) &&
  monitors.some((monitor) => monitor.from >= from && monitor.from <= to);

function startedAgainstOperator(history: History, { nameOf }: Rules): readonly string[] {
  return history.calls
    .filter(({ verb }) => verb === 'start' || verb === 'restart' || verb === 'create')
    .filter(({ target, from }) => {
      const stop = standingStop(history, nameOf(target), from);
      return stop !== undefined && from > stop.to + graceAt(history, from) && isKnowable(history, stop);
    })
    .map((call) => `${tell(call, nameOf(call.target))}, which its operator had stopped`);
}

/** The last action on it, if that was a stop. */
export function standingStop({ acts }: History, name: string, at: number): OperatorAct | undefined {
  const latest = acts.filter((act) => act.name === name && act.from <= at).at(-1);
  return latest?.what === 'stop' ? latest : undefined;
}

/**
 * Whether a monitor could know that it was the operator: it noticed the stop, no command of its own was in flight,
 * nothing else happened for as long as the decision takes, and the state could be written.
 */
export function isKnowable(history: History, { name, from, to }: OperatorAct): boolean {
  const isOurs = history.calls.some((call) => overlaps(call, from - GRACE_MS, to + GRACE_MS));
  // A gateway that is found down is left alone, whatever the events before.
  if (name === GATEWAY) return !isOurs;
  const isDecided = holds(history.connections, from - 500, to + UNDECIDED_MS);
  const isWritten = !history.diskFull.some((span) => overlaps(span, from, to + UNDECIDED_MS));
  const isSlow = history.slow.some((span) => overlaps(span, from, to + UNDECIDED_MS));
  return !isOurs && isDecided && isWritten && !isSlow;
}

const time = (at: number): string => new Date(at).toISOString().slice(11, 23);

const tell = ({ from, verb, monitor }: Call, name: string): string =>
  `${time(from)} monitor ${monitor}: ${verb} ${name}`;
