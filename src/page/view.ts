import type { HistoryEntry, RecentOfGateway } from '../edges/http/wire.ts';
import type {
  ConditionStatus,
  DependentStatus,
  GatewayStatus,
  SiteStatus,
  Status,
} from '../status/schema.ts';

/** What is shown, worked out of what was sent. Nothing here knows the browser. */

/** `quiet`: it is as it should be, though not at work. */
export type Mark = 'well' | 'busy' | 'trouble' | 'unknown' | 'quiet';

export const markOfGateway = ({ tunnel, recovery }: GatewayStatus): Mark => {
  if (recovery !== null && recovery.ended === null) return 'busy';
  if (tunnel === 'up') return 'well';
  return tunnel === 'unknown' ? 'unknown' : 'trouble';
};

export const markOfSite = ({ state, role }: SiteStatus): Mark => {
  if (state === 'up') return 'well';
  if (state === 'unknown') return 'unknown';
  return state === 'down' && role === 'critical' ? 'trouble' : 'unknown';
};

export const markOfDependent = ({ attachment, waits }: DependentStatus): Mark => {
  if (attachment === 'fresh') return 'well';
  if (waits) return 'busy';
  if (attachment === 'stopped' || attachment === 'apart') return 'quiet';
  return attachment === 'unknown' ? 'unknown' : 'trouble';
};

const WORST_FIRST: readonly Mark[] = ['trouble', 'busy', 'unknown', 'quiet', 'well'];

/** The worst first; else as they came, so that nothing moves without a reason. */
export const worstFirst = <T>(all: readonly T[], markOf: (one: T) => Mark): readonly T[] =>
  [...all].sort((one, other) => WORST_FIRST.indexOf(markOf(one)) - WORST_FIRST.indexOf(markOf(other)));

export interface Fold<T> {
  readonly shown: readonly T[];
  /** Behind one line that can be opened. */
  readonly folded: readonly T[];
  readonly areFoldedWell: boolean;
}

/** So many are always shown, and of more well ones only a few. */
const FEW = 8;
const SOME = 3;
const MANY = 24;

/** Folds the well ones if they are many; `all`: the worst first. */
export function fold<T>(all: readonly T[], markOf: (one: T) => Mark): Fold<T> {
  const isWell = (one: T): boolean => ['well', 'quiet'].includes(markOf(one));
  const unwell = all.filter((one) => !isWell(one)).length;
  const most = unwell + (all.length <= FEW ? all.length : SOME);
  const count = Math.min(most, Math.max(MANY, FEW));
  const shown = all.length <= count + 1 ? all : all.slice(0, count);
  const folded = all.slice(shown.length);
  return { shown, folded, areFoldedWell: folded.every(isWell) };
}

/** Something that somebody has to do, and everything it is for. */
export interface Box {
  readonly key: string;
  readonly isCritical: boolean;
  readonly sentences: readonly string[];
  readonly remedy: string;
  readonly since: string;
}

/** What a recovery is about to mend: it needs nobody as long as it is under way. */
const MENDED_BY_RECOVERY = ['siteDown', 'dnsFailed', 'siteDemoted', 'gatewayDown', 'gatewayNotReady'];

/** One for each thing to do: several conditions of one kind on one gateway have the same remedy. */
export function boxesOf({ conditions, gateways, sentence }: Status): readonly Box[] {
  const recovering = gateways.filter((one) => markOfGateway(one) === 'busy');
  const theirs = new Set(recovering.flatMap((one) => one.conditions.map(({ key }) => key)));
  const isMended = ({ kind, key }: ConditionStatus): boolean =>
    theirs.has(key) && MENDED_BY_RECOVERY.includes(kind);
  const groups = new Map<string, ConditionStatus[]>();
  for (const one of conditions) {
    if (one.severity === 'info' || one.remedy === '' || isMended(one)) continue;
    const key = [one.kind, one.gateway, one.remedy].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups].map(([key, all]) => ({
    key,
    isCritical: all.some(({ severity }) => severity === 'critical'),
    // The headline says it already.
    sentences: all.map((one) => one.sentence).filter((one) => all.length > 1 || !sentence.includes(one)),
    remedy: all[0]?.remedy ?? '',
    since: all.map((one) => one.since).sort()[0] ?? '',
  }));
}

type Recovery = NonNullable<GatewayStatus['recovery']>;
type Step = Recovery['steps'][number]['step'];

const STEPS: Readonly<Record<Step, { readonly done: string; readonly now: string; readonly next: string }>> =
  {
    restartingVpn: { done: 'VPN reconnected', now: 'Reconnecting the VPN', next: 'Reconnect the VPN' },
    verifyingVpn: { done: 'Checked', now: 'Waiting for a check that passes', next: 'A check that passes' },
    restarting: { done: 'Gateway restarted', now: 'Restarting the gateway', next: 'Restart the gateway' },
    awaitingReady: {
      done: 'Gateway ready',
      now: 'Waiting until it is ready',
      next: 'Wait until it is ready',
    },
    verifying: { done: 'Checked', now: 'Waiting for a check that passes', next: 'A check that passes' },
    listing: {
      done: 'Containers listed',
      now: 'Looking for its containers',
      next: 'Look for its containers',
    },
    repairing: {
      done: 'Containers put back',
      now: 'Putting its containers back',
      next: 'Put its containers back',
    },
  };

const ORDER: readonly Step[] = ['restarting', 'awaitingReady', 'verifying', 'repairing'];

export interface ShownStep {
  readonly key: string;
  readonly text: string;
  readonly mark: Mark | 'next';
  /** When it began; absent: it has not. */
  readonly began?: string;
  /** How long it took; absent: it is under way, or to come. */
  readonly seconds?: number;
}

/** Done, under way, and to come as far as that is certain. */
export function stepsOf({ recovery, dependents_total }: GatewayStatus): readonly ShownStep[] {
  if (recovery === null) return [];
  const taken = recovery.steps.map(({ step, began, seconds }, index): ShownStep => ({
    key: `${began} ${step}`,
    began,
    ...(seconds === null
      ? { text: STEPS[step].now, mark: 'busy' }
      : {
          text: doneText(step, recovery.steps[index + 1]?.step),
          mark: markOfStep(step, recovery.steps[index + 1]?.step),
          seconds,
        }),
  }));
  const last = recovery.steps.at(-1)?.step;
  const to = toCome(last, dependents_total).map((step): ShownStep => ({
    key: step,
    text: STEPS[step].next,
    mark: 'next',
  }));
  return [...taken, ...to];
}

/** A reconnect that is followed by a restart has not helped. */
const hasFailed = (step: Step, next: Step | undefined): boolean =>
  next === 'restarting' && (step === 'verifyingVpn' || step === 'restartingVpn');

const markOfStep = (step: Step, next: Step | undefined): Mark => (hasFailed(step, next) ? 'trouble' : 'well');

const doneText = (step: Step, next: Step | undefined): string =>
  hasFailed(step, next)
    ? step === 'verifyingVpn'
      ? 'No check passed'
      : 'VPN not reconnected'
    : STEPS[step].done;

function toCome(last: Step | undefined, dependents: number): readonly Step[] {
  if (last === undefined || last === 'verifyingVpn' || last === 'repairing') return [];
  if (last === 'restartingVpn') return ['verifyingVpn'];
  const rest = last === 'listing' ? ['repairing' as const] : ORDER.slice(ORDER.indexOf(last) + 1);
  return dependents === 0 ? rest.filter((step) => step !== 'repairing') : rest;
}

export interface Slot {
  readonly from: number;
  readonly to: number;
  readonly state: 'up' | 'down' | 'stopped' | 'unknown' | 'none';
}

const DAY_MS = 86_400_000;
const SLOTS = 96;
/** A moment in which nothing was known does not hide that the tunnel was up. */
const WORST: readonly string[] = ['down', 'stopped', 'up', 'unknown'];

export interface Day {
  readonly slots: readonly Slot[];
  readonly outages: number;
  /** Of the time in which the tunnel was up or down; undefined: there was none. */
  readonly upShare: number | undefined;
  /** When what is known begins. */
  readonly from: number;
}

/** The last 24 hours in quarters of an hour, each as bad as its worst moment, so that a short outage is seen. */
export function dayOf({ tunnel }: Pick<RecentOfGateway, 'tunnel'>, since: number, now: number): Day {
  const width = DAY_MS / SLOTS;
  const end = (Math.floor(now / width) + 1) * width;
  const begin = end - DAY_MS;
  const spans = tunnel.map(([from, state], index) => ({
    from: Math.max(from, begin),
    to: tunnel[index + 1]?.[0] ?? now,
    state,
  }));
  const slots = Array.from({ length: SLOTS }, (_, index): Slot => {
    const [from, to] = [begin + index * width, begin + (index + 1) * width];
    const states = spans.filter((one) => one.from < to && one.to > from).map(({ state }) => state);
    const worst = WORST.find((one) => states.includes(one)) as Slot['state'] | undefined;
    return { from, to, state: worst ?? 'none' };
  });
  const lasting = (state: string): number =>
    spans
      .filter((one) => one.state === state && one.to > one.from)
      .reduce((sum, one) => sum + one.to - one.from, 0);
  const [up, down] = [lasting('up'), lasting('down')];
  return {
    slots,
    outages: spans.filter((one) => one.state === 'down' && one.to > begin).length,
    upShare: up + down === 0 ? undefined : up / (up + down),
    from: Math.max(begin, since),
  };
}

/** What a box of `width` by `height` has room for: the latest `most`. */
interface SparkBox {
  readonly width: number;
  readonly height: number;
  readonly most: number;
}

interface Spark {
  /** The points of each part of the line. */
  readonly lines: readonly string[];
  /** Where there was no answer. */
  readonly gaps: readonly number[];
}

/** So many times the usual latency are at the top: one slow answer must not make a flat line of all others. */
const HIGHEST = 4;

/** The latencies of a site as a line, with a gap for each check without an answer. */
export function sparkOf(latencies: readonly (number | null)[], { width, height, most }: SparkBox): Spark {
  const shown = latencies.slice(-most);
  const sorted = shown.filter((one) => one !== null).sort((one, other) => one - other);
  const median = sorted[Math.floor(sorted.length / 2)] ?? 0;
  const top = Math.max(Math.min(sorted.at(-1) ?? 0, median * HIGHEST), 0.001);
  const x = (index: number): number => ((most - shown.length + index) * width) / (most - 1);
  const y = (seconds: number): number => height - 2 - Math.min(seconds / top, 1) * (height - 4);
  const lines: string[][] = [[]];
  const gaps: number[] = [];
  shown.forEach((one, index) => {
    if (one !== null) lines.at(-1)?.push(`${x(index).toFixed(1)},${y(one).toFixed(1)}`);
    else {
      lines.push([]);
      gaps.push(Number(x(index).toFixed(1)));
    }
  });
  return { lines: lines.filter((line) => line.length > 0).map((line) => line.join(' ')), gaps };
}

const GOOD_NEWS = new Set([
  'recoveryCompleted',
  'siteUp',
  'engineBack',
  'lineUp',
  'dependentRepaired',
  'dependentsAllFresh',
  'gatewayReady',
  'probesRecovered',
  'dnsRecovered',
  'siteReinstated',
]);

export function markOfEntry({ level, kind }: HistoryEntry): Mark {
  if (level === 'error') return 'trouble';
  if (level === 'warn') return 'unknown';
  return GOOD_NEWS.has(kind) ? 'well' : 'quiet';
}

/** The log's own line for an exit has the form that tools read. */
export function sentenceOf(entry: HistoryEntry): string {
  if (entry.kind !== 'endpoint') return entry.message;
  const { city, country, ip, gateway } = entry as unknown as Readonly<Record<string, string | undefined>>;
  const where = [city, country, ip].filter((part) => part !== undefined).join(', ');
  return `${gateway !== undefined && entry.message.startsWith(gateway) ? `${gateway}: ` : ''}Exit: ${where === '' ? 'unknown' : where}`;
}

/** History of any origin: what does not look like an entry is left out. */
export const isEntry = (one: object): one is HistoryEntry =>
  'time' in one && 'message' in one && typeof one.message === 'string' && 'level' in one && 'kind' in one;

/** What the steps of a recovery, or another sentence beside them, have told already. */
const TOLD_ELSEWHERE = new Set([
  'recoveryBegun',
  'dependentDiscoveryBegun',
  'dependentsDiscovered',
  'dependentsRestarted',
]);

export const isNews = (entry: HistoryEntry): boolean =>
  entry.level !== 'debug' &&
  !TOLD_ELSEWHERE.has(entry.kind) &&
  !('status' in entry && entry.status === 'FAILING');

/** The newest first, in groups of the same local day. */
export function byDay(entries: readonly HistoryEntry[]): readonly (readonly HistoryEntry[])[] {
  const days: HistoryEntry[][] = [];
  for (const entry of [...entries].reverse()) {
    const last = days.at(-1);
    if (last?.[0] !== undefined && dayName(last[0].time) === dayName(entry.time)) last.push(entry);
    else days.push([entry]);
  }
  return days;
}

const dayName = (time: string): string => new Date(time).toDateString();
