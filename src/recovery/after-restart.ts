import { attachmentOf, isCutOff, isRunning } from '../model/attachment.ts';
import { dependentsOf } from '../model/dependents-of.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import { finishedCheck, isOfThisStart } from '../checks/finished-check.ts';
import type { Phase } from '../model/recovery-phase.ts';
import type { State } from '../model/state.ts';
import type { Notice } from '../notices/notice.ts';
import { type Transition, combine, to } from '../model/transition.ts';
import { listRequest } from '../facts/containers.ts';
import { announceNewEndpoint } from '../gateway/endpoint.ts';
import { askForForcedRestart, askForRepair } from '../repairs/repairs.ts';
import { hasPassed, step } from './step.ts';

/**
 * Waits for a check that passes. When the time for that is over, the dependents are put back without it: they are on
 * the dead network either way.
 */
export function whileVerifying(
  state: State,
  phase: Phase<'verifying'>,
  event: Event,
  before: State,
): Transition {
  const check = finishedCheck(event, before);
  if (check !== undefined && check.passing && isOfThisStart(state, check))
    return askForList(state, 'checkPassed', event.at);
  if (!hasPassed(phase.until, event)) return to(state);
  const notice: Notice = { kind: 'noPassSinceRestart', sites: stillFailing(state) };
  return combine(to(state, { notices: [notice] }), askForList(state, 'timeOver', event.at));
}

function askForList(state: State, signal: 'checkPassed' | 'timeOver', at: number): Transition {
  const announcement = announceNewEndpoint(state, at);
  const request = to(step(announcement.state, signal, at), {
    notices: [{ kind: 'dependentDiscoveryBegun' }],
    requests: [listRequest(state.shared)],
  });
  return combine(announcement, request);
}

const stillFailing = ({ sites }: State): readonly string[] =>
  sites.list.filter(({ url }) => (sites.failures[url] ?? 0) > 0).map(({ name }) => name);

/** Waits for the list of all containers, and asks again if none comes. */
export function whileListing(state: State, phase: Phase<'listing'>, event: Event): Transition {
  const isAnswer = event.type === 'containersListed' && event.requestedAt >= phase.askedAt;
  if (isAnswer && isGatewayInspected(state)) return repair(state, event);
  if (!hasPassed(phase.askAgainAt, event)) return to(state);
  return to(step(state, 'timeOver', event.at), { requests: [listRequest(state.shared)] });
}

/** Nobody's start can be compared with the gateway's until that is known. */
const isGatewayInspected = ({ gateway, shared: { containers } }: State): boolean =>
  gateway.value === 'ready' && containers.byId[gateway.id]?.details !== undefined;

/** Asks for a repair of every dependent that the restart has cut off. */
function repair(state: State, { at, engineClockMs }: Listed): Transition {
  const all = dependentsOf(state);
  const names = all.map(({ name }) => name);
  const cutOff = all.filter((facts) => isToBeRepaired(state, facts));
  const ahead = all.filter((facts) => isAhead(facts, engineClockMs) && !cutOff.includes(facts));
  const first = askForRepair(state, cutOff, at);
  const second = askForForcedRestart(first.state, ahead, at);
  return combine(
    to(state, { notices: [{ kind: 'dependentsDiscovered', names }] }),
    combine(first, { ...second, state: step(second.state, 'listed', at) }),
  );
}

type Listed = Extract<Event, { type: 'containersListed' }>;

/** It ran before we restarted the gateway, but its time is later: the host's clock was set back in between. */
const isAhead = (facts: ContainerFacts, engineClockMs: number): boolean =>
  isRunning(facts) && (facts.details?.startedAtMs ?? 0) > engineClockMs;

/**
 * A dependent that could not be inspected is restarted, too: it ran before the gateway did. So is, once, a container
 * that the user listed and that is not on the gateway's network.
 */
function isToBeRepaired(state: State, facts: ContainerFacts): boolean {
  const attachment = attachmentOf(state, facts);
  return attachment === 'unknown' ? isRunning(facts) : attachment === 'apart' || isCutOff(attachment);
}
