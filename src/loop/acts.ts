import type { SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import type { Deed } from '../model/act.ts';
import { nextAct } from './next-act.ts';
import type { Everything, Progress, State } from '../model/state.ts';
import { type Transition, then, to } from '../model/transition.ts';
import { inWatch } from '../model/watches.ts';
import { beginStart } from '../recovery/crashed-gateway.ts';
import { beginRecovery } from '../recovery/begin.ts';
import { beginRepairs } from '../repairs/repairs.ts';

/** The act under way is over. It comes first: all others see in `before` which act that was. */
export const actOver: SharedConcern<'facts'> = { stage: 'facts', reduce: over };

function over(state: Everything, event: Event): Transition<Everything> {
  return to(
    event.type === 'actEnded' && event.id === state.inFlight?.act.id
      ? { ...state, inFlight: undefined }
      : state,
  );
}

/**
 * Begins what is wanted now: the only place where an act begins. In a dry run none is under way afterwards, and what is
 * wanted next is asked for at once.
 */
export const acts: SharedConcern<'act'> = { stage: 'act', reduce };

function reduce(state: Everything, event: Event): Transition<Everything> {
  const wish = nextAct(state, event.at);
  if (wish === undefined) return to(state);
  const begun = inWatch(state, wish.watch, (view) => begin(view, wish.deed, event.at));
  return then(begun, reduce(begun.state, event));
}

const NO_PROGRESS: Progress = { begun: [], answered: [], parked: {} };

function begin(state: State, deed: Deed, at: number): Transition {
  const told = tell(state, deed, at);
  const {
    settings,
    shared: { nextId: id },
  } = told.state;
  if (settings.dryRun) return told;
  const inFlight = { act: { ...deed, id }, gateway: settings.gateway, since: at, progress: NO_PROGRESS };
  return { ...told, state: { ...told.state, shared: { ...told.state.shared, nextId: id + 1, inFlight } } };
}

/** What is said and noted as it begins. */
function tell(state: State, deed: Deed, at: number): Transition {
  switch (deed.kind) {
    case 'startGateway':
      return beginStart(state, at);
    case 'restartVpn':
    case 'restartGateway':
      return beginRecovery(state, deed.kind, at);
    case 'repairDependents':
      return beginRepairs(state, deed, at);
  }
}
