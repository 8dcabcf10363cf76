import type { Site } from '../config/config.ts';
import type { Event } from '../streams/events.ts';
import { alarm } from './reducers/alarm.ts';
import { checkDueAt, checkSchedule } from './reducers/check-schedule.ts';
import { checkResults } from './reducers/check-results.ts';
import { connection } from './reducers/connection.ts';
import { isOutdated } from './messages.ts';
import { containers } from './reducers/containers.ts';
import { NOTHING_REMEMBERED, type Memory } from './memory.ts';
import { dependents } from './reducers/dependents.ts';
import { endings, endingsDueAt } from './reducers/endings.ts';
import { NOTHING_KNOWN, endpoint } from './reducers/endpoint.ts';
import { gateway } from './reducers/gateway.ts';
import { readiness } from './reducers/readiness.ts';
import { startDueAt } from './reducers/left-behind.ts';
import { recovery, recoveryEnd } from './reducers/recovery.ts';
import { repairs, retriesDueAt } from './reducers/repairs.ts';
import { recollection } from './reducers/recollection.ts';
import { settling } from './reducers/settling.ts';
import { shutdown } from './reducers/shutdown.ts';
import { siteList } from './reducers/site-list.ts';
import { runningStart } from './selectors.ts';
import type { Settings, State } from './state.ts';
import { type Transition, compose, to } from './transition.ts';

/**
 * The concerns in the order in which one builds on another: what exists, what the gateway is, what the checks
 * prove, whether that makes it ready, and only then what to do about it.
 */
const concerns = compose(
  shutdown,
  connection,
  containers,
  endings,
  gateway,
  siteList,
  checkResults,
  readiness,
  endpoint,
  settling,
  dependents,
  recollection,
  recovery,
  repairs,
  recoveryEnd,
  alarm,
  checkSchedule,
);

/** What an event leads to. Pure: time is the event's own. */
export const reduce = (state: State, event: Event): Transition =>
  isOutdated(state, event) ? to(state) : concerns(state, event);

export const initialState = (
  settings: Settings,
  sites: readonly Site[],
  memory: Memory = NOTHING_REMEMBERED,
): State => ({
  settings,
  nextId: 1,
  connection: { value: 'connecting' },
  containers: {
    byId: {},
    heardAt: {},
    engineTimeMs: {},
    nextListingAt: undefined,
    listed: false,
    listingFails: false,
  },
  endings: {},
  gateway: { value: 'unseen' },
  dependents: { shown: undefined, stranded: [] },
  sites: { list: sites, failures: {}, blind: undefined },
  checking: { running: undefined, lastStartedAt: undefined, again: false, alarm: undefined },
  endpoint: { current: NOTHING_KNOWN, said: undefined, reading: undefined },
  recovery: { value: 'none' },
  repairs: { pending: {}, wave: undefined },
  settling: { project: undefined, changedAt: undefined },
  memory,
  ending: false,
});

/**
 * The earliest moment at which time alone changes something; undefined where nothing is due.
 *
 * @param wokenAt The latest `timeReached`: it has dealt with all that was due by then. Other events have not.
 */
export function nextDeadline(state: State, wokenAt: number): number | undefined {
  const { recovery: phase, endpoint: exit, containers: known } = state;
  const deadlines = [
    known.nextListingAt,
    checkDueAt(state),
    exit.reading?.until,
    healthyWaitEnds(state),
    ...('until' in phase ? [phase.until] : []),
    startDueAt(state),
    ...(phase.value === 'listing' ? [phase.askAgainAt] : []),
    ...retriesDueAt(state),
    ...endingsDueAt(state),
  ].filter((deadline) => deadline !== undefined && deadline > wokenAt) as number[];
  return deadlines.length === 0 ? undefined : Math.min(...deadlines);
}

/** Without a health check, and blind, only time makes a gateway ready. */
const healthyWaitEnds = ({ gateway: current, settings, sites }: State): number | undefined =>
  current.value === 'starting' && sites.blind !== undefined
    ? (runningStart(current)?.seenAt ?? 0) + settings.healthyWaitMs
    : undefined;
