import type { ContainerEvent, Event } from '../../streams/events.ts';
import { COMPOSE_PROJECT } from '../../streams/labels.ts';
import { isParked } from '../parked.ts';
import { gatewayTarget, runningStart } from '../selectors.ts';
import type { State } from '../state.ts';
import { type Transition, to } from '../transition.ts';

/** So long nothing may have been created, destroyed or renamed: then compose has come to an end. */
const QUIET_MS = 5_000;
/** Nobody is made to wait longer than this by somebody else's work. */
const LONGEST_MS = 60_000;

/** Who else works on the containers around the gateway: compose, an update tool, a person. */
export function settling(state: State, event: Event, before: State): Transition {
  const known = withProject(state);
  if (!isChange(event) || !concernsUs(before, event) || isOurs(state, event)) return to(known);
  return to({ ...known, settling: { ...known.settling, changedAt: event.at } });
}

/** Kept while the gateway is away: its own removal belongs to the project. */
function withProject(state: State): State {
  const facts = state.containers.byId[gatewayTarget(state.gateway)?.id ?? ''];
  if (facts === undefined) return state;
  const project = facts.labels[COMPOSE_PROJECT];
  return project === state.settling.project ? state : { ...state, settling: { ...state.settling, project } };
}

type Change = Extract<
  ContainerEvent,
  { type: 'containerCreated' | 'containerDestroyed' | 'containerRenamed' }
>;

const isChange = (event: Event): event is Change =>
  event.type === 'containerCreated' ||
  event.type === 'containerDestroyed' ||
  event.type === 'containerRenamed';

/** In the gateway's compose project; and, whether it has one or not, the gateway itself and its dependents. */
function concernsUs(state: State, { id, name, labels }: Change): boolean {
  const { project } = state.settling;
  if (project !== undefined && labels[COMPOSE_PROJECT] === project) return true;
  const shown = state.dependents.shown ?? {};
  return (
    name === state.settings.gateway ||
    id === gatewayTarget(state.gateway)?.id ||
    id in shown ||
    Object.values(shown).some((one) => one.name === name)
  );
}

const isOurs = ({ repairs }: State, event: Change): boolean =>
  isParked(event) || (repairs.wave?.dependents.some(({ name }) => name === event.name) ?? false);

/**
 * Until when a repair that was asked for waits: five quiet seconds after the last change, and, where the gateway
 * itself has started amid such changes, after it was ready.
 */
export function settledAt({ settling: { changedAt }, gateway }: State, askedAt: number): number {
  const start = runningStart(gateway);
  if (changedAt === undefined || start === undefined) return 0;
  const isAmid = changedAt >= start.seenAt - LONGEST_MS;
  const quietFrom = isAmid ? Math.max(changedAt, start.readyAt ?? 0) : changedAt;
  return Math.min(quietFrom + QUIET_MS, askedAt + LONGEST_MS);
}
