import type { GatewayConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import type { Phase } from '../model/recovery-phase.ts';
import type { State } from '../model/state.ts';
import { type Transition, combine, to } from '../model/transition.ts';
import { whileListing, whileVerifying } from './after-restart.ts';
import { startDueAt, startEnded } from './crashed-gateway.ts';
import { decideOn, isToDecide, withoutLapsed } from './due.ts';
import { whileAwaitingReady, whileRestarting } from './restart.ts';
import { step } from './step.ts';
import { whileVpnFirst } from './vpn.ts';

/**
 * From the decision that the tunnel is broken to a check that passes and every dependent put back, or to a report of
 * what still fails. Each phase waits for an event, and none keeps anything else waiting.
 */
export const recovery: GatewayConcern<'decide'> = { stage: 'decide', reduce, dueAt: dueAt };

function reduce(state: State, event: Event, before: State): Transition {
  const advanced = advance(state, event, before);
  const all = combine(advanced, startEnded(advanced.state, event, before));
  return { ...all, state: withoutLapsed(all.state, event.at, before) };
}

function advance(state: State, event: Event, before: State): Transition {
  const phase = state.recovery;
  switch (phase.value) {
    case 'none':
      return isToDecide(state, event, before) ? decideOn(state, event.at) : to(state);
    case 'restartingVpn':
    case 'verifyingVpn':
      return whileVpnFirst(state, phase, event, before);
    case 'restarting':
      return whileRestarting(state, event, before);
    case 'awaitingReady':
      return whileAwaitingReady(state, event, before);
    case 'verifying':
    case 'listing':
    case 'repairing':
      return whileReady(state, phase, event, before);
  }
}

/** If the gateway is not ready any more, whatever follows its being ready starts over. */
function whileReady(
  state: State,
  phase: Phase<'verifying' | 'listing' | 'repairing'>,
  event: Event,
  before: State,
): Transition {
  if (state.gateway.value !== 'ready')
    return whileAwaitingReady(step(state, 'gatewayNotReady', event.at), event, before);
  switch (phase.value) {
    case 'verifying':
      return whileVerifying(state, phase, event, before);
    case 'listing':
      return whileListing(state, phase, event);
    case 'repairing':
      return to(state);
  }
}

function dueAt(state: State): readonly (number | undefined)[] {
  const { recovery: phase, shared } = state;
  return [
    ...('until' in phase ? [phase.until] : []),
    ...(phase.value === 'listing' ? [phase.askAgainAt] : []),
    // While an act is under way, its end is the moment to ask.
    ...(shared.inFlight === undefined ? [startDueAt(state)] : []),
  ];
}
