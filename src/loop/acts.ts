import type { SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { nextAct } from './next-act.ts';
import type { Everything, Progress, State } from '../model/state.ts';
import { type Transition, combine, to } from '../model/transition.ts';
import { inWatch } from '../model/watches.ts';
import { beginStart } from '../recovery/crashed-gateway.ts';
import { beginRecovery } from '../recovery/begin.ts';
import { beginRequested } from '../operator/requests.ts';
import { beginRepairs } from '../repairs/repairs.ts';
import type { Wish } from '../model/wish.ts';

/** Clears the act under way when it ends. This is an early stage, and later ones find the act in `before`. */
export const actOver: SharedConcern<'facts'> = { stage: 'facts', reduce: over };

function over(state: Everything, event: Event): Transition<Everything> {
  return to(
    event.type === 'actEnded' && event.id === state.inFlight?.act.id
      ? { ...state, inFlight: undefined }
      : state,
  );
}

/**
 * Begins the next act, if one is wanted. Acts begin nowhere else. In a dry run no act is under way afterwards, so the
 * next wish is served at once.
 */
export const acts: SharedConcern<'act'> = { stage: 'act', reduce };

function reduce(state: Everything, event: Event): Transition<Everything> {
  const wish = nextAct(state, event.at);
  if (wish === undefined) return to(state);
  const begun = inWatch(state, wish.watch, (view) => begin(view, wish, event.at));
  return combine(begun, reduce(begun.state, event));
}

const NO_PROGRESS: Progress = { begun: [], answered: [], parked: {} };

function begin(state: State, wish: Wish, at: number): Transition {
  const { deed } = wish;
  const prepared = prepare(state, wish, at);
  const {
    settings,
    shared: { nextId: id },
  } = prepared.state;
  if (settings.dryRun) return prepared;
  const inFlight = { act: { ...deed, id }, gateway: settings.gateway, since: at, progress: NO_PROGRESS };
  const shared = { ...prepared.state.shared, nextId: id + 1, inFlight };
  return { ...prepared, state: { ...prepared.state, shared } };
}

/** The notices and the changes of state that go with the beginning of an act. */
function prepare(state: State, { rank, deed }: Wish, at: number): Transition {
  if (rank === 'operator') return beginRequested(state, at);
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
