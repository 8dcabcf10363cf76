import type { SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { monitorsOn } from '../model/dependents-of.ts';
import { gatewayTarget } from '../model/selectors.ts';
import type { Everything, State } from '../model/state.ts';
import type { Notice } from '../notices/notice.ts';
import { type Transition, to } from '../model/transition.ts';
import { viewsOf } from '../model/watches.ts';

/**
 * Detects that the monitor itself is on a gateway's network. It loses its network whenever that gateway restarts, and
 * its witness is reached through the tunnel. A dead tunnel would look like a dead line, and the monitor would never
 * act, so the witness is dropped.
 */
export const ownNetwork: SharedConcern<'record'> = { stage: 'record', reduce };

function reduce(state: Everything, _event: Event, before: Everything): Transition<Everything> {
  const view = viewsOf(state).find(ownsOurNetwork);
  if (view === undefined || viewsOf(before).some(ownsOurNetwork)) return to(state);
  const { id = '', name = '' } = gatewayTarget(view.gateway) ?? {};
  // If the monitor carries the monitor label, `dependents` finds it on this network and reports it.
  const hasLabelledMonitor = monitorsOn(id, view).length > 0;
  const hasWitness = state.witness.value !== 'none';
  const notices = [
    ...(hasLabelledMonitor ? [] : ['monitorOnGatewayNetwork' as const]),
    ...(hasWitness ? ['witnessBehindGateway' as const] : []),
    ...(state.ownNetwork.leadsToEngine ? ['engineBehindGateway' as const] : []),
  ].map((kind): Notice => ({ kind, name, gateway: view.settings.gateway }));
  return to(hasWitness ? { ...state, witness: { value: 'none' } } : state, { notices });
}

/** Whether this gateway's network is the monitor's own. */
const ownsOurNetwork = ({
  gateway,
  shared: {
    ownNetwork: { ownerId },
  },
}: State): boolean => ownerId !== undefined && gatewayTarget(gateway)?.id === ownerId;
