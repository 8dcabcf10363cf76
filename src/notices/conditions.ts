import { isCutOff } from '../attachment.ts';
import { blockedBy } from '../awaited-owner.ts';
import { whyBlind } from '../blindness.ts';
import { whyGatewayExcluded } from '../excluded.ts';
import { criticalSites, sitesDown } from '../quorum.ts';
import { isLoop } from '../restart-loop.ts';
import { gatewayTarget, isBeingRestarted, nameOf, startOf } from '../selectors.ts';
import type { Everything, State } from '../state.ts';
import { viewsOf } from '../watches.ts';
import { isLineDown } from '../witness.ts';
import { REMEDIES } from './wording.ts';
import type { Condition, ConditionKind, Finding, Unrepaired } from './condition.ts';

/** All that is wrong at present, each with the time at which it began. */
export const conditionsOf = (state: Everything): readonly Condition[] =>
  findingsIn(state).map((finding) => {
    const key = keyOf(finding);
    return { ...finding, key, since: state.conditionStarts[key] ?? NaN, ...REMEDIES[finding.kind] };
  });

export interface Changes {
  readonly began: readonly Condition[];
  readonly ended: readonly Condition[];
}

/** What a step has begun and ended: the difference of two sets. */
export function changesIn(before: Everything, state: Everything): Changes {
  if (before.conditionStarts === state.conditionStarts) return { began: [], ended: [] };
  return {
    began: conditionsOf(state).filter(({ key }) => !(key in before.conditionStarts)),
    ended: conditionsOf(before).filter(({ key }) => !(key in state.conditionStarts)),
  };
}

/** The same object back if none has begun or ended. */
export function withConditionStarts(state: Everything, at: number): Everything {
  const { conditionStarts: known } = state;
  const keys = findingsIn(state).map(keyOf);
  const isSame = keys.length === Object.keys(known).length && keys.every((key) => key in known);
  if (isSame) return state;
  const conditionStarts = Object.fromEntries(keys.map((key) => [key, known[key] ?? at]));
  return { ...state, conditionStarts };
}

const keyOf = ({ kind, gateway = '', subject }: Finding): string => [kind, gateway, subject].join(' ').trim();

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

function engineFindings({ connection, containers: { listingFailure } }: Everything): readonly Finding[] {
  if (connection.value === 'lost')
    return [{ kind: 'engineOutOfReach', subject: '', reason: connection.reason }];
  return listingFailure === undefined ? [] : [{ kind: 'listingFails', subject: '', reason: listingFailure }];
}

function lineFindings({ witness }: Everything): readonly Finding[] {
  if (witness.value === 'ignored') return [{ kind: 'witnessIgnored', subject: '' }];
  return witness.value === 'silent' && isLineDown(witness)
    ? [{ kind: 'lineDown', subject: '', reason: witness.reason }]
    : [];
}

const found = (kind: PlainKind, subject: string): Finding => ({ kind, subject });

function ownFindings({ stores, edges }: Everything): readonly Finding[] {
  const { log, state } = stores;
  return [
    ...(log === undefined
      ? []
      : [{ kind: 'logFileUnwritable' as const, subject: log.path, reason: log.reason }]),
    ...(state === undefined
      ? []
      : [{ kind: 'stateUnwritable' as const, subject: state.path, reason: state.reason }]),
    ...Object.entries(edges).map(([subject, { reason }]) => ({
      kind: 'edgeFailing' as const,
      subject,
      reason,
    })),
  ];
}

/** Kinds without facts of their own. */
type PlainKind = Extract<
  ConditionKind,
  | 'gatewayAbsent'
  | 'gatewayPaused'
  | 'gatewayNotReady'
  | 'gatewayExcluded'
  | 'monitorOnGatewayNetwork'
  | 'onlyDnsFails'
  | 'siteDemoted'
  | 'siteNeverPassed'
  | 'dependentLooping'
>;

function gatewayFindings(state: State): readonly Finding[] {
  const { gateway, logReading, endpoint, heldBack, ownNetwork, sites } = state;
  const subject = nameOf(state);
  const blind = whyBlind(state);
  const isOwnNetwork = ownNetwork.ownerId !== undefined && gatewayTarget(gateway)?.id === ownNetwork.ownerId;
  return [
    ...lifeFindings(state, subject),
    ...(whyGatewayExcluded(state) === undefined ? [] : [found('gatewayExcluded', subject)]),
    ...(isOwnNetwork ? [found('monitorOnGatewayNetwork', subject)] : []),
    ...(sites.onlyDns ? [found('onlyDnsFails', subject)] : []),
    ...(blind === undefined ? [] : [{ kind: 'probesBlind' as const, subject, reason: blind }]),
    ...(logReading.failure === undefined
      ? []
      : [{ kind: 'gatewayLogUnreadable' as const, subject, reason: logReading.failure }]),
    ...(endpoint.failure === undefined
      ? []
      : [{ kind: 'controlServerUnusable' as const, subject, reason: endpoint.failure }]),
    // An answer of the witness is awaited for seconds only.
    ...(heldBack === undefined || heldBack.hold === 'awaitingWitness' || sitesDown(state).length === 0
      ? []
      : [{ kind: 'recoveryHeldBack' as const, subject, ...heldBack }]),
  ];
}

/** What we do to it ourselves is no condition. */
function lifeFindings(state: State, subject: string): readonly Finding[] {
  const { gateway } = state;
  const ends = gateway.value === 'down' ? gateway.unreadyRuns : (startOf(gateway)?.unreadyRuns ?? 0);
  const loop: readonly Finding[] = ends > 1 ? [{ kind: 'gatewayLooping', subject, ends }] : [];
  switch (gateway.value) {
    case 'absent':
      return [found('gatewayAbsent', subject)];
    case 'paused':
      return [found('gatewayPaused', subject)];
    case 'down': {
      const isOurs = isBeingRestarted(state) || gateway.cause === 'created';
      return isOurs ? loop : [...loop, { kind: 'gatewayDown', subject, cause: gateway.cause }];
    }
    case 'starting':
      return gateway.start.isLate ? [...loop, found('gatewayNotReady', subject)] : loop;
    case 'unseen':
    case 'ready':
      return [];
  }
}

function siteFindings(state: State): readonly Finding[] {
  const { sites, settings } = state;
  const critical = criticalSites(state);
  return sites.list.flatMap((site): Finding[] => {
    const { name: subject, url } = site;
    const failures = sites.failures[url] ?? 0;
    const isDown = failures >= settings.failThreshold;
    const hasNeverPassed = (sites.excused[url] ?? 0) >= settings.failThreshold && !sites.passed.includes(url);
    return [
      ...(isDown
        ? [{ kind: 'siteDown' as const, subject, failures, isCritical: critical.includes(site) }]
        : []),
      ...(sites.held.includes(url) ? [found('siteDemoted', subject)] : []),
      ...(hasNeverPassed ? [found('siteNeverPassed', subject)] : []),
    ];
  });
}

function dependentFindings(state: State): readonly Finding[] {
  const { members = {}, unclaimed, ends } = state.dependents;
  return [
    ...Object.entries(members).flatMap(([id, { name: subject, attachment }]): Finding[] => {
      const why = isCutOff(attachment) ? whyUnrepaired(state, id, attachment === 'orphaned') : undefined;
      const loops = isLoop(ends[id]) ? [found('dependentLooping', subject)] : [];
      return why === undefined || !isCutOff(attachment)
        ? loops
        : [...loops, { kind: 'dependentCutOff', subject, attachment, ...why }];
    }),
    ...Object.values(unclaimed).map(({ name: subject, formerGateway }): Finding => ({
      kind: 'orphanUnclaimed',
      subject,
      ...(formerGateway !== undefined && { formerGateway }),
    })),
  ];
}

/** Undefined: it is repaired as soon as its turn comes. */
function whyUnrepaired(
  state: State,
  id: string,
  isOrphan: boolean,
): { readonly because: Unrepaired; readonly reason?: string } | undefined {
  if (isOrphan && !state.settings.autoRecreate) return { because: 'byHand' };
  const facts = state.containers.byId[id];
  const failure = state.repairs.pending[id]?.failure;
  if (failure !== undefined) {
    const reason = failure.reason ?? failure.fault;
    return { because: failure.isRefused ? 'refused' : 'failing', ...(reason !== undefined && { reason }) };
  }
  if (facts?.runState === 'paused') return { because: 'paused' };
  const owner = facts && id in state.repairs.pending ? blockedBy(state, facts) : undefined;
  return owner && { because: 'awaitsOwner', reason: owner.name };
}
