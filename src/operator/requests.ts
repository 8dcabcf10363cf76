import type { Event, OperatorRequest } from '../../streams/events.ts';
import type { Wanted } from '../model/operator.ts';
import { gatewayTarget, nameOf, runningStart } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import type { Wish } from '../model/wish.ts';
import { type Notice, inDryRun } from '../notices/notice.ts';
import { beginRecovery, sayFollowing } from '../recovery/begin.ts';
import { obstacleTo } from './obstacles.ts';
import { beginReconnect } from './reconnect.ts';
import { pause, resume, withOperator } from './pause.ts';

/** Accepts or refuses it, and says which. */
export function answer(state: State, request: OperatorRequest, at: number): Transition {
  switch (request.what) {
    case 'pause':
      return pause(state, request.forMs, at);
    case 'resume':
      return resume(state);
    case 'reconnect':
    case 'recover':
      return want(state, request.what, at);
  }
}

function want(state: State, what: Wanted['what'], at: number): Transition {
  const { operator, settings, shared } = state;
  const run = runningStart(state.gateway)?.startedAt.text;
  const about = { request: what, name: nameOf(state) };
  const because = operator.wanted === undefined ? obstacleTo(what, state, at) : 'alreadyAsked';
  if (because !== undefined || run === undefined)
    return to(state, {
      notices: [{ kind: 'operatorRequestRefused', ...about, because: because ?? 'gatewayDown' }],
    });
  const accepted: Notice = {
    kind: 'operatorRequestAccepted',
    ...about,
    ...(shared.inFlight !== undefined && { isWaiting: true }),
  };
  if (settings.dryRun)
    return to(state, {
      notices: [accepted, ...(restartFor(state, what) === 'restartGateway' ? sayFollowing(state) : [])].map(
        inDryRun,
      ),
    });
  return to(withOperator(state, { wanted: { what, since: at, run } }), { notices: [accepted] });
}

const restartFor = ({ settings }: State, what: Wanted['what']): 'restartVpn' | 'restartGateway' =>
  what === 'reconnect' || settings.recoveryStrategy === 'vpn-first' ? 'restartVpn' : 'restartGateway';

/** What the operator has asked for, as long as nothing speaks against it. */
export function operatorWish(state: State, at: number): Wish | undefined {
  const { wanted } = state.operator;
  const gateway = gatewayTarget(state.gateway);
  if (wanted === undefined || gateway === undefined || whyLapsed(state, wanted, at) !== undefined)
    return undefined;
  const deed = { kind: restartFor(state, wanted.what), gateway, start: wanted.run };
  return { rank: 'operator', since: wanted.since, deed };
}

/** Begins it. A recovery is like any other from here on. */
export function beginRequested(state: State, at: number): Transition {
  const next = withOperator(state, { wanted: undefined });
  return state.operator.wanted?.what === 'reconnect'
    ? beginReconnect(next, at)
    : beginRecovery(next, restartFor(state, 'recover'), at, true);
}

/**
 * Drops what was asked for if something came in between: nobody expects it any more. It goes by how things were before
 * this event, as a recovery is just being decided.
 */
export function withoutLapsed(state: State, { at }: Event, before: State): Transition {
  const { wanted } = state.operator;
  const because = wanted && wanted === before.operator.wanted ? whyLapsed(before, wanted, at) : undefined;
  if (wanted === undefined || because === undefined) return to(state);
  const notice: Notice = {
    kind: 'operatorRequestLapsed',
    request: wanted.what,
    name: nameOf(state),
    because,
  };
  return to(withOperator(state, { wanted: undefined }), { notices: [notice] });
}

const whyLapsed = (state: State, { what, run }: Wanted, at: number) =>
  obstacleTo(what, state, at) ??
  (runningStart(state.gateway)?.startedAt.text === run ? undefined : ('gatewayStartedAnew' as const));
