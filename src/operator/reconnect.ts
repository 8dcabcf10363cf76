import type { Event } from '../../streams/events.ts';
import { noteOurReconnect } from '../checks/alarm.ts';
import { finishedCheck } from '../checks/finished-check.ts';
import { announceNewEndpoint, askEndpoint, forgetEndpoint } from '../gateway/endpoint.ts';
import { restartedOnReconnect } from '../model/dependents-of.ts';
import { outcomeOf } from '../model/in-flight.ts';
import type { RequestedReconnect } from '../model/operator.ts';
import { isSameRun, nameOf } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { type Transition, combine, to } from '../model/transition.ts';
import { askForForcedRestart } from '../repairs/repairs.ts';
import { withOperator } from './pause.ts';

/** How long to wait for a check that passes. Longer than any reconnect that succeeds. */
const VERIFICATION_MS = 60_000;

/**
 * The VPN is stopped and started again because the operator has asked for it. That is no recovery, and counts in no
 * backoff. Checks follow closely until one passes, and whether they call for a recovery is decided as ever.
 */
export const beginReconnect = (state: State, at: number): Transition =>
  // What Gluetun tells from here on may already be of the new exit.
  to(withOperator(forgetEndpoint(state), { reconnect: { value: 'underWay', begunAt: at } }), {
    notices: [{ kind: 'reconnectBegun', name: nameOf(state) }],
  });

/** Follows it from its end until a check has passed. */
export function goOn(state: State, event: Event, before: State): Transition {
  const { reconnect } = state.operator;
  if (reconnect === undefined) return to(state);
  if (!isSameRun(before.gateway, state.gateway)) return over(state, 'the gateway has ended or started anew');
  return reconnect.value === 'underWay'
    ? whileUnderWay(state, reconnect, event, before)
    : whileVerifying(state, reconnect, event, before);
}

type Reconnect<V extends RequestedReconnect['value']> = Extract<RequestedReconnect, { value: V }>;

function whileUnderWay(
  state: State,
  { begunAt }: Reconnect<'underWay'>,
  event: Event,
  before: State,
): Transition {
  const outcome = outcomeOf(event, before, 'restartVpn');
  const { at } = event;
  if (outcome === undefined) return to(state);
  if (!outcome.ok) {
    const failed = over(state, outcome.reason);
    return combine(failed, askEndpoint(failed.state, at));
  }
  const until = at + VERIFICATION_MS;
  return to(
    withOperator(noteOurReconnect(state, at), {
      reconnect: { value: 'verifying', begunAt, since: at, until },
    }),
  );
}

function whileVerifying(
  state: State,
  { begunAt, since, until }: Reconnect<'verifying'>,
  event: Event,
  before: State,
): Transition {
  if (before.recovery.value !== 'none') return over(state, 'a recovery has begun');
  const check = finishedCheck(event, before);
  if (check?.passing === true && check.startedAt >= since) return verified(state, begunAt, event.at);
  return until <= event.at ? over(state, 'no check has passed since') : to(state);
}

function verified(state: State, begunAt: number, at: number): Transition {
  const toRestart = restartedOnReconnect(state);
  const announcement = announceNewEndpoint(withOperator(state, { reconnect: undefined }), at);
  const said = to(announcement.state, {
    notices: [
      {
        kind: 'reconnectCompleted',
        name: nameOf(state),
        tookMs: at - begunAt,
        restarted: toRestart.map(({ name }) => name),
      },
    ],
  });
  return combine(announcement, combine(said, askForForcedRestart(said.state, toRestart, at)));
}

const over = (state: State, reason: string): Transition =>
  to(withOperator(state, { reconnect: undefined }), {
    notices: [{ kind: 'reconnectFailed', name: nameOf(state), reason }],
  });
