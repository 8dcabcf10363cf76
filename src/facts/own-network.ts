import type { SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { monitorsOn } from '../model/dependents-of.ts';
import { gatewayTarget } from '../model/selectors.ts';
import type { Everything, State } from '../model/state.ts';
import type { Notice } from '../notices/notice.ts';
import { type Transition, to } from '../model/transition.ts';
import { viewsOf } from '../model/watches.ts';

/**
 * A monitor on a gateway's own network goes down with it. What it asks by that network, it asks through the tunnel: a
 * witness there is silent whenever the tunnel is, which would be taken for the line, and nothing be done for ever.
 */
export const ownNetwork: SharedConcern<'record'> = { stage: 'record', reduce };

function reduce(state: Everything, _event: Event, before: Everything): Transition<Everything> {
  const view = viewsOf(state).find(isOurs);
  if (view === undefined || viewsOf(before).some(isOurs)) return to(state);
  const { id = '', name = '' } = gatewayTarget(view.gateway) ?? {};
  // If it bears our label, `dependents` has found it there and says so.
  const hasLabelledMonitor = monitorsOn(id, view).length > 0;
  const hasWitness = state.witness.value !== 'none';
  const notices = [
    ...(hasLabelledMonitor ? [] : ['monitorOnGatewayNetwork' as const]),
    ...(hasWitness ? ['witnessBehindGateway' as const] : []),
    ...(state.ownNetwork.leadsToEngine ? ['engineBehindGateway' as const] : []),
  ].map((kind): Notice => ({ kind, name, gateway: view.settings.gateway }));
  return to(hasWitness ? { ...state, witness: { value: 'none' } } : state, { notices });
}

const isOurs = ({
  gateway,
  shared: {
    ownNetwork: { ownerId },
  },
}: State): boolean => ownerId !== undefined && gatewayTarget(gateway)?.id === ownerId;
