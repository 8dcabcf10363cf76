import type { Site } from '../config/config.ts';
import type { Event } from '../streams/events.ts';
import { actOver, acts } from './reducers/acts.ts';
import { alarm } from './reducers/alarm.ts';
import { checkDueAt, checkSchedule } from './reducers/check-schedule.ts';
import { checkResults } from './reducers/check-results.ts';
import { connection } from './reducers/connection.ts';
import { judgement } from './reducers/judgement.ts';
import { witness, witnessDueAt, witnessSchedule } from './reducers/witness.ts';
import { NO_TROUBLES } from './gateway-troubles.ts';
import { conditionNotices } from './notices/condition-notices.ts';
import { withConditionStarts } from './notices/conditions.ts';
import { containers } from './reducers/containers.ts';
import { NO_BACKOFF } from './backoff.ts';
import { type Memory, NOTHING_REMEMBERED, pastIn, restoredExits } from './memory.ts';
import { rememberedBackoff, rememberedSites } from './past.ts';
import { dependents } from './reducers/dependents.ts';
import { edges } from './reducers/edges.ts';
import { exits, exitsDueAt } from './reducers/exits.ts';
import { expectedExits, ourExits } from './reducers/our-exits.ts';
import { NOTHING_KNOWN, endpoint } from './reducers/endpoint.ts';
import { gateway } from './reducers/gateway.ts';
import { gatewayLog } from './reducers/gateway-log.ts';
import { type OwnNetwork, UNKNOWN_NETWORK } from './own-network.ts';
import { lists } from './reducers/lists.ts';
import { ownNetwork } from './reducers/own-network.ts';
import { readiness } from './reducers/readiness.ts';
import { startDueAt } from './reducers/left-behind.ts';
import { recovery } from './reducers/recovery.ts';
import { recoveryRecord } from './reducers/recovery-record.ts';
import { recoveryEnd } from './reducers/recovery-steps.ts';
import { repairs, retriesDueAt } from './reducers/repairs.ts';
import { recollection } from './reducers/recollection.ts';
import { settling } from './reducers/settling.ts';
import { shutdown } from './reducers/shutdown.ts';
import { siteList, siteReload, sitesOf } from './reducers/site-list.ts';
import { stores } from './reducers/stores.ts';
import type { Everything, Settings, State, Watch } from './state.ts';
import { forEachGateway, viewsOf } from './watches.ts';
import { type Transition, compose } from './transition.ts';

/**
 * The concerns in the order in which one builds on another: what exists, what the gateway is, what the checks
 * prove, whether that makes it ready, and only then what to do about it; last, what follows from what has begun.
 */
const concerns = compose<Everything>(
  actOver,
  shutdown,
  stores,
  edges,
  connection,
  containers,
  exits,
  ourExits,
  siteReload,
  witness,
  forEachGateway((state, event, before) => upToDecisions(state, event, before)),
  acts,
  forEachGateway((state, event, before) => afterDecisions(state, event, before)),
  expectedExits,
  lists,
  ownNetwork,
  witnessSchedule,
);

const upToDecisions = compose<State>(
  gateway,
  siteList,
  checkResults,
  judgement,
  readiness,
  endpoint,
  settling,
  dependents,
  recovery,
  repairs,
  recoveryEnd,
);

const afterDecisions = compose<State>(recoveryRecord, gatewayLog, alarm, checkSchedule, recollection);

/** What an event leads to. Pure: time is the event's own. */
export function reduce(state: Everything, event: Event): Transition<Everything> {
  const acted = concerns(state, event, state);
  if (acted.state === state && event.type !== 'monitorStarted') return acted;
  const next = withConditionStarts(acted.state, event.at);
  return { ...acted, state: next, notices: [...acted.notices, ...conditionNotices(state, next)] };
}

/** What a monitor begins with beside its settings. */
export interface Beginning {
  readonly memory?: Memory;
  readonly hasWitness?: boolean;
  readonly ownNetwork?: OwnNetwork;
}

/** @param settings One for each gateway. */
export const initialState = (
  settings: readonly Settings[],
  sites: readonly Site[],
  { memory = NOTHING_REMEMBERED, hasWitness = false, ownNetwork: network = UNKNOWN_NETWORK }: Beginning = {},
): Everything => ({
  nextId: 1,
  inFlight: undefined,
  gateways: settings.map(({ gateway: word }) => word),
  connection: { value: 'connecting' },
  containers: {
    named: settings.flatMap(namedIn),
    byId: {},
    composeNames: {},
    inspecting: {},
    toInspect: { known: [], strangers: [] },
    knownAt: {},
    nextListingAt: undefined,
    listingAskedAt: undefined,
    isListed: false,
    listingFailure: undefined,
  },
  exits: restoredExits(memory),
  past: pastIn(memory),
  witness: hasWitness ? { value: 'untried', nextProbeAt: 0, awaited: undefined } : { value: 'none' },
  ownNetwork: network,
  conditionStarts: {},
  stores: {},
  edges: {},
  ending: false,
  watches: settings.map((one) => initialWatch(one, sites, memory)),
});

const namedIn = ({ gateway: name, dependents: listed }: Settings): readonly string[] => [
  name,
  ...(listed === 'auto' ? [] : listed),
];

const initialWatch = (settings: Settings, sites: readonly Site[], memory: Memory): Watch => ({
  settings,
  gateway: { value: 'unseen' },
  dependents: { members: undefined, unclaimed: {}, ends: {} },
  sites: {
    list: sitesOf(settings.gateway, sites),
    failures: {},
    down: [],
    ...rememberedSites(memory, settings.gateway),
    onlyDns: false,
    excused: {},
    passes: {},
  },
  checking: {
    running: undefined,
    latest: undefined,
    lastStartedAt: undefined,
    again: false,
    alarm: undefined,
    isDoubted: false,
    silent: [],
    cutShortAt: undefined,
    reconnect: undefined,
  },
  endpoint: {
    current: NOTHING_KNOWN,
    announced: undefined,
    failure: undefined,
    reading: undefined,
    owed: undefined,
  },
  logReading: { followed: undefined, failure: undefined, silences: 0 },
  troubles: NO_TROUBLES,
  recovery: { value: 'none' },
  latestRecovery: undefined,
  repairs: { pending: {}, restored: {} },
  settling: { project: undefined, changedAt: undefined, firstStart: undefined },
  backoff: { ...NO_BACKOFF, ...rememberedBackoff(memory, settings.gateway) },
  outageSince: undefined,
  heldBack: undefined,
  dueSince: undefined,
});

/**
 * The earliest moment at which time alone changes something; undefined where nothing is due.
 *
 * @param wokenAt The latest `timeReached`: it has dealt with all that was due by then. Other events have not.
 */
export function nextDeadline(all: Everything, wokenAt: number): number | undefined {
  const deadlines = [
    all.containers.nextListingAt,
    ...exitsDueAt(all),
    witnessDueAt(all),
    ...viewsOf(all).flatMap(deadlinesOf),
  ].filter((deadline) => deadline !== undefined && deadline > wokenAt) as number[];
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}

function deadlinesOf(state: State): readonly (number | undefined)[] {
  const { recovery: phase, endpoint: exit } = state;
  return [
    checkDueAt(state),
    exit.reading?.until,
    exit.owed?.until,
    exit.owed?.askAt,
    healthyWaitEnds(state),
    ...('until' in phase ? [phase.until] : []),
    ...(phase.value === 'listing' ? [phase.askAgainAt] : []),
    ...wishesDueAt(state),
  ];
}

/** When something is wanted for time alone. While an act is under way, its end is the moment to ask. */
const wishesDueAt = (state: State): readonly (number | undefined)[] =>
  state.inFlight === undefined ? [startDueAt(state), ...retriesDueAt(state)] : [];

/** By then it is ready, or late. */
const healthyWaitEnds = ({ gateway: current, settings }: State): number | undefined =>
  current.value === 'starting' && !current.start.isLate
    ? current.start.seenAt + settings.healthyWaitMs
    : undefined;
