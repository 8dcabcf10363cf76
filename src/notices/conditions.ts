import { CALLS, type EngineCall, isOnlyForRecreation } from '../../streams/engine-calls.ts';
import { isCutOff } from '../model/attachment.ts';
import { blockedBy } from '../repairs/awaited-owner.ts';
import { whyBlind } from '../checks/blindness.ts';
import { downCause } from '../model/down-cause.ts';
import { whyGatewayExcluded } from '../model/excluded.ts';
import { criticalSites } from '../checks/quorum.ts';
import { areMessagesMissing } from '../model/messages-missing.ts';
import { isPaused } from '../model/operator.ts';
import { isLoop } from '../model/restart-loop.ts';
import { gatewayTarget, isBeingRestarted, nameOf, runningStart, startOf } from '../model/selectors.ts';
import type { Attachment, Everything, State } from '../model/state.ts';
import { viewsOf } from '../model/watches.ts';
import { whyNotRecreated } from '../model/why-not-recreated.ts';
import { isLineDown } from '../model/witness.ts';
import { worded } from './condition-wording.ts';
import type { Condition, ConditionKind, ConditionOf, Finding } from './condition.ts';

/** All that is wrong at present, each with the time at which it began. */
export const conditionsOf = (state: Everything): readonly Condition[] =>
  findingsIn(state).map((finding) => {
    const key = keyOf(finding);
    return { ...finding, key, since: state.conditionStarts[key] ?? NaN, ...worded(finding) };
  });

export interface Changes {
  readonly began: readonly Condition[];
  readonly ended: readonly Condition[];
}

/** The conditions that a step has begun and ended: the difference of two sets. */
export function changesIn(before: Everything, state: Everything): Changes {
  if (before.conditionStarts === state.conditionStarts) return { began: [], ended: [] };
  return {
    began: conditionsOf(state).filter(({ key }) => !(key in before.conditionStarts)),
    ended: conditionsOf(before).filter(({ key }) => !(key in state.conditionStarts)),
  };
}

/** Returns the same object if no condition has begun or ended. */
export function withConditionStarts(state: Everything, at: number): Everything {
  const { conditionStarts: known } = state;
  const keys = [...new Set(findingsIn(state).map(keyOf))];
  const isSame = keys.length === Object.keys(known).length && keys.every((key) => key in known);
  if (isSame) return state;
  const conditionStarts = Object.fromEntries(keys.map((key) => [key, known[key] ?? at]));
  return { ...state, conditionStarts };
}

const keyOf = ({ kind, gateway, id }: Finding): string =>
  [kind, gateway, id].filter((part) => part !== undefined).join(' ');

const findingsIn = (state: Everything): readonly Finding[] => [
  ...engineFindings(state),
  ...lineFindings(state),
  ...ownFindings(state),
  ...viewsOf(state).flatMap((view) =>
    [...gatewayFindings(view), ...siteFindings(view), ...dependentFindings(view)].map((finding): Finding => ({
      ...finding,
      gateway: view.settings.gateway,
    })),
  ),
];

function engineFindings(state: Everything): readonly Finding[] {
  const {
    connection,
    containers: { listingFailure },
    forbidden,
  } = state;
  return [
    ...(areMessagesMissing(state) ? [found('engineUnheard', '')] : []),
    ...forbiddenFindings(forbidden),
    ...(connection.value === 'lost'
      ? [{ kind: 'engineLost' as const, subject: '', reason: connection.reason }]
      : []),
    ...(listingFailure === undefined
      ? []
      : [{ kind: 'listingFailed' as const, subject: '', reason: listingFailure }]),
  ];
}

/** One for each loss: a re-creation takes many calls, and fails for want of any. */
function forbiddenFindings(forbidden: Everything['forbidden']): readonly Finding[] {
  const all = Object.entries(forbidden).map(([call, reason]) => ({ call: call as EngineCall, reason }));
  const toRecreate = all.filter(({ call }) => isOnlyForRecreation(call));
  const [first] = toRecreate;
  const kind = 'callForbidden' as const;
  return [
    ...all
      .filter((one) => !toRecreate.includes(one))
      .map(({ call, reason }) => ({ kind, subject: CALLS[call], id: call, call, reason })),
    ...(first === undefined
      ? []
      : [
          {
            kind,
            subject: toRecreate.map(({ call }) => CALLS[call]).join(', '),
            id: 'recreation',
            ...first,
          },
        ]),
  ];
}

function lineFindings({ witness }: Everything): readonly Finding[] {
  if (witness.value === 'ignored') return [{ kind: 'witnessIgnored', subject: '' }];
  return witness.value === 'silent' && isLineDown(witness)
    ? [{ kind: 'lineDown', subject: '', reason: witness.reason }]
    : [];
}

const found = (kind: PlainKind, subject: string, id?: string): Finding => ({
  kind,
  subject,
  ...(id !== undefined && { id }),
});

function ownFindings({ stores, edges }: Everything): readonly Finding[] {
  const { log, state } = stores;
  const kept = [stores.history, stores.statistics].flatMap((store) => store ?? []);
  return [
    ...(log === undefined
      ? []
      : [{ kind: 'logFileNotWritten' as const, subject: log.path, reason: log.reason }]),
    ...(state === undefined
      ? []
      : [{ kind: 'stateNotWritten' as const, subject: state.path, reason: state.reason }]),
    ...kept.map(({ path, reason }) => ({
      kind: 'historyNotWritten' as const,
      subject: path,
      id: path,
      reason,
    })),
    ...Object.entries(edges).map(([edge, { reason, address }]) => ({
      kind: address === undefined ? ('edgeFailed' as const) : ('addressNotServed' as const),
      subject: address ?? edge,
      id: address ?? edge,
      reason,
    })),
  ];
}

/** Kinds without facts of their own. */
type PlainKind = Extract<
  ConditionKind,
  | 'engineUnheard'
  | 'gatewayAbsent'
  | 'gatewayPaused'
  | 'gatewayNotReady'
  | 'gatewayExcluded'
  | 'monitorOnGatewayNetwork'
  | 'dnsFailed'
  | 'siteDemoted'
  | 'siteNeverPassed'
  | 'dependentLooping'
>;

function gatewayFindings(state: State): readonly Finding[] {
  const {
    gateway,
    logReading,
    endpoint,
    heldBack,
    sites,
    operator: { pausedUntil },
    shared: { ownNetwork },
  } = state;
  const subject = nameOf(state);
  const blind = whyBlind(state);
  const isOwnNetwork = ownNetwork.ownerId !== undefined && gatewayTarget(gateway)?.id === ownNetwork.ownerId;
  return [
    ...lifeFindings(state, subject),
    ...(whyGatewayExcluded(state) === undefined ? [] : [found('gatewayExcluded', subject)]),
    ...(isOwnNetwork ? [found('monitorOnGatewayNetwork', subject)] : []),
    ...(pausedUntil === undefined ? [] : [{ kind: 'paused' as const, subject, until: pausedUntil }]),
    ...(sites.onlyDns ? [found('dnsFailed', subject)] : []),
    ...(blind === undefined ? [] : [{ kind: 'probesFailed' as const, subject, reason: blind }]),
    ...(logReading.failure === undefined
      ? []
      : [{ kind: 'gatewayLogUnreadable' as const, subject, reason: logReading.failure }]),
    ...(endpoint.failure === undefined || endpoint.current.ip !== undefined
      ? []
      : [{ kind: 'controlServerUnusable' as const, subject, reason: endpoint.failure }]),
    ...(heldBack === undefined || !isWaiting(state)
      ? []
      : [{ kind: 'recoveryHeldBack' as const, subject, ...heldBack }]),
  ];
}

/**
 * Sites are down, and nothing is done about it yet. Waiting for the witness is not counted: it takes only seconds.
 */
const isWaiting = ({ heldBack, recovery, gateway, sites }: State): boolean =>
  heldBack?.because !== 'awaitingWitness' &&
  recovery.value === 'none' &&
  runningStart(gateway) !== undefined &&
  sites.down.length > 0;

/** What the monitor does to the gateway itself is no condition. */
function lifeFindings(state: State, subject: string): readonly Finding[] {
  const { gateway } = state;
  const runs = gateway.value === 'down' ? gateway.unreadyRuns : (startOf(gateway)?.unreadyRuns ?? 0);
  const loop: readonly Finding[] = runs > 1 ? [{ kind: 'gatewayLooping', subject, exits: runs + 1 }] : [];
  switch (gateway.value) {
    case 'absent':
      return [found('gatewayAbsent', subject)];
    case 'paused':
      return [found('gatewayPaused', subject)];
    case 'down': {
      const cause = downCause(state);
      if (isBeingRestarted(state) || cause === undefined || cause === 'created') return loop;
      const isToStay = cause === 'operator' || cause === 'found';
      return [...(isToStay ? [] : loop), { kind: 'gatewayDown', subject, cause }];
    }
    case 'starting':
      return gateway.start.isLate ? [...loop, found('gatewayNotReady', subject)] : loop;
    case 'unseen':
    case 'ready':
      return [];
  }
}

function siteFindings(state: State): readonly Finding[] {
  const { sites, demotion, settings } = state;
  const critical = criticalSites(state);
  return sites.list.flatMap((site): Finding[] => {
    const { name: subject, url } = site;
    const hasNeverPassed = (sites.excused[url] ?? 0) >= settings.failThreshold && !sites.passed.includes(url);
    return [
      ...(sites.down.includes(url)
        ? [{ kind: 'siteDown' as const, subject, id: url, isCritical: critical.includes(site) }]
        : []),
      ...(demotion.held.includes(url) ? [found('siteDemoted', subject, url)] : []),
      ...(hasNeverPassed ? [found('siteNeverPassed', subject, url)] : []),
    ];
  });
}

/** Only for dependents that exist: without a gateway the list of members is not kept up to date. */
function dependentFindings(state: State): readonly Finding[] {
  const { members = {}, unclaimed, ends } = state.dependents;
  const isThere = ([id]: readonly [string, unknown]): boolean => id in state.shared.containers.byId;
  return [
    ...Object.entries(members)
      .filter(isThere)
      .flatMap(([id, { name: subject, attachment }]): Finding[] => [
        ...(isLoop(ends[id]) ? [found('dependentLooping', subject, id)] : []),
        ...cutOffFindings(state, { subject, id, attachment }),
      ]),
    ...Object.entries(unclaimed)
      .filter(isThere)
      .map(([id, { name: subject, formerGateway }]): Finding => ({
        kind: 'orphanUnclaimed',
        subject,
        id,
        ...(formerGateway !== undefined && { formerGateway }),
      })),
  ];
}

function cutOffFindings(
  state: State,
  { attachment, ...whom }: { readonly subject: string; readonly id: string; readonly attachment: Attachment },
): readonly Finding[] {
  if (!isCutOff(attachment)) return [];
  const why = whyUnrepaired(state, whom.id, attachment === 'orphaned');
  return why === undefined ? [] : [{ kind: 'dependentCutOff', ...whom, attachment, ...why }];
}

/** Undefined if it is repaired as soon as its turn comes. */
function whyUnrepaired(
  state: State,
  id: string,
  isOrphan: boolean,
): Pick<ConditionOf<'dependentCutOff'>, 'because' | 'reason' | 'fault' | 'owner'> | undefined {
  const leftToOwner = isOrphan ? whyNotRecreated(state) : undefined;
  if (leftToOwner !== undefined) return { because: leftToOwner };
  const facts = state.shared.containers.byId[id];
  const failure = state.repairs.pending[id]?.failure;
  if (failure !== undefined) {
    const { isRefused, ...why } = failure;
    return { because: isRefused ? 'refused' : 'failing', ...why };
  }
  if (facts?.runState === 'paused') return { because: 'paused' };
  if (isPaused(state)) return { because: 'monitorPaused' };
  if (state.settings.dryRun) return { because: 'dryRun' };
  const owner = facts && id in state.repairs.pending ? blockedBy(state, facts) : undefined;
  return owner && { because: 'awaitsOwner', owner: owner.name };
}
