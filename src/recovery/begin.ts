import { isRunning } from '../model/attachment.ts';
import { attemptBegun, waitAfter } from './backoff.ts';
import { decide } from './decide.ts';
import { noteBlocked } from './demoted-sites.ts';
import { dependentsOf } from '../model/dependents-of.ts';
import { isStillDue } from './due.ts';
import { startOver } from './end.ts';
import { forgetEndpoint, sayEndpoint } from '../gateway/endpoint.ts';
import { tellAllTroubles } from '../model/gateway-troubles.ts';
import { type Notice, inDryRun } from '../notices/notice.ts';
import { dismissAlarm } from '../checks/alarm.ts';
import { sitesDown } from '../checks/quorum.ts';
import { gatewayTarget, nameOf, runningStart } from '../model/selectors.ts';
import type { State } from '../model/state.ts';
import { step } from './step.ts';
import { type Transition, combine, to } from '../model/transition.ts';
import { isContainerNext } from './vpn.ts';
import type { Wish } from '../model/wish.ts';

type Restart = 'restartVpn' | 'restartGateway';

/** The restart that the recovery needs now; undefined: none. */
export function recoveryWish(state: State, at: number): Wish | undefined {
  const gateway = gatewayTarget(state.gateway);
  const kind = restartDue(state, at);
  if (gateway === undefined || kind === undefined) return undefined;
  const start = runningStart(state.gateway)?.startedAt.text;
  return { rank: 'recovery', since: begunAtOf(state, at), deed: { kind, gateway, start } };
}

function restartDue(state: State, at: number): Restart | undefined {
  if (isContainerNext(state)) return 'restartGateway';
  if (!isStillDue(state, at)) return undefined;
  return state.settings.recoveryStrategy === 'vpn-first' ? 'restartVpn' : 'restartGateway';
}

/** When the recovery began, or, if it has yet to begin, since when it is due. */
const begunAtOf = ({ recovery, dueSince }: State, at: number): number =>
  recovery.value === 'none' ? (dueSince ?? at) : recovery.begunAt;

/** Says and notes what there is to say and note as the restart begins. */
export function beginRecovery(state: State, restart: Restart, at: number, isRequested = false): Transition {
  const begunAt = begunAtOf(state, at);
  if (isContainerNext(state)) return beginRestart(state, restart, at, begunAt);
  const failure = isRequested ? sayRequested(state) : sayWhy(state, at);
  const next: State = {
    ...dismissAlarm(isRequested ? failure.state : noteBlocked(failure.state)),
    heldBack: undefined,
    dueSince: undefined,
    backoff: attemptBegun(state.backoff, state.settings, at),
  };
  const beginning = combine(failure, beginRestart(next, restart, at, begunAt));
  if (!state.settings.dryRun) return beginning;
  const notices = [...beginning.notices, ...(restart === 'restartGateway' ? sayFollowing(state) : [])];
  return to(startOver(next, at), { notices: notices.map(inDryRun) });
}

/** Which sites have failed, why that calls for a recovery, and what Gluetun has said of it. */
function sayWhy(state: State, at: number): Transition {
  const decision = decide(state, at);
  const sites = sitesDown(state).map(({ name }) => name);
  const endpoint = sayEndpoint(state, 'FAILING', 'Site connectivity test failed', at);
  const troubles = tellAllTroubles(endpoint.state);
  const notices: readonly Notice[] = [
    ...endpoint.notices,
    { kind: 'sitesFailed', sites },
    ...(decision === undefined ? [] : [decision.notice]),
    ...troubles.notices,
    { kind: 'recoveryBegun' },
  ];
  return to(troubles.state, { notices });
}

/** The operator has asked for it. It counts towards the backoff like any other. */
function sayRequested(state: State): Transition {
  const attempt = state.backoff.attempts + 1;
  const troubles = tellAllTroubles(state);
  const waitMs = waitAfter(attempt, state.settings);
  const begun: Notice = { kind: 'recoveryRequested', name: nameOf(state), attempt, waitMs };
  return to(troubles.state, { notices: [...troubles.notices, begun] });
}

/** Names those that the restart would cut off, and that would be put back after it. */
export function sayFollowing(state: State): readonly Notice[] {
  const names = dependentsOf(state)
    .filter(isRunning)
    .map(({ name }) => name);
  return names.length === 0 ? [] : [{ kind: 'dependentsToFollow', names }];
}

function beginRestart(state: State, restart: Restart, at: number, begunAt: number): Transition {
  const name = nameOf(state);
  if (restart === 'restartGateway')
    return to(step(state, 'gatewayRestartBegun', at, begunAt), {
      notices: [{ kind: 'gatewayRestartBegun', name }],
    });
  // What Gluetun tells from here on may already be of the new exit.
  return to(step(forgetEndpoint(state), 'vpnRestartBegun', at, begunAt), {
    notices: [{ kind: 'vpnRestartBegun', name }],
  });
}
