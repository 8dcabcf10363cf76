import type { ReadingRequest } from '../../streams/requests.ts';
import type { Containers, Everything } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';

/** A limit however many messages come: a small host has other work to do. */
const MOST_AT_ONCE = 8;
/** A lower limit for strangers, so that containers that matter never wait for them. */
const MOST_BESIDE_STRANGERS = 4;
/** For more strangers than this, one listing is faster than inspections. */
const MOST_STRANGERS = 50;

/** A container to inspect. If it matters, it goes before strangers and is never left to a listing. */
export interface Wanted {
  readonly id: string;
  readonly matters: boolean;
}

/**
 * Asks for an inspection. If one is already under way, exactly one more follows its answer, as the answer may be older
 * than the latest message.
 */
export function askForInspection(state: Everything, { id, matters }: Wanted): Everything {
  const { inspecting, toInspect } = state.containers;
  if (inspecting[id] === 'again' || inspecting[id] === 'gone') return state;
  if (inspecting[id] === 'once')
    return withInspections(state, { inspecting: { ...inspecting, [id]: 'again' } });
  if (toInspect.known.includes(id)) return state;
  const strangers = toInspect.strangers.filter((other) => other !== id);
  return withInspections(state, {
    toInspect: matters
      ? { known: [...toInspect.known, id], strangers }
      : { ...toInspect, strangers: [...strangers, id] },
  });
}

/** Notes that an inspection was answered or failed. One more follows if it was asked for and the container matters. */
export function inspectionAnswered(state: Everything, { id, matters }: Wanted): Everything {
  const { [id]: request, ...inspecting } = state.containers.inspecting;
  if (request === undefined) return state;
  const next = withInspections(state, { inspecting });
  return request === 'again' && matters ? askForInspection(next, { id, matters }) : next;
}

/** The container was removed, so the answer to an inspection under way is out of date. */
export function forgetInspection(state: Everything, id: string): Everything {
  const { inspecting, toInspect } = state.containers;
  const isWaiting = toInspect.known.includes(id) || toInspect.strangers.includes(id);
  if (!isWaiting && !(id in inspecting)) return state;
  const others = (ids: readonly string[]): readonly string[] => ids.filter((other) => other !== id);
  return withInspections(state, {
    ...(id in inspecting && { inspecting: { ...inspecting, [id]: 'gone' as const } }),
    toInspect: { known: others(toInspect.known), strangers: others(toInspect.strangers) },
  });
}

/** Drops queued inspections that a listing has answered, or all of them once the engine is gone. */
export const withoutWaiting = (state: Everything, isAnswered: (id: string) => boolean): Everything => {
  const { toInspect } = state.containers;
  const rest = (ids: readonly string[]): readonly string[] => ids.filter((id) => !isAnswered(id));
  const [known, strangers] = [rest(toInspect.known), rest(toInspect.strangers)];
  return known.length + strangers.length === toInspect.known.length + toInspect.strangers.length
    ? state
    : withInspections(state, { toInspect: { known, strangers } });
};

/**
 * Requests as many inspections as the limits allow, those that matter first. Too many strangers are left to a listing.
 */
export function beginInspections(
  state: Everything,
  listSoon: (state: Everything) => Everything,
): Transition<Everything> {
  const { inspecting, toInspect } = state.containers;
  if (toInspect.known.length + toInspect.strangers.length === 0) return to(state);
  const underWay = Object.keys(inspecting).length;
  const [first, known] = split(toInspect.known, MOST_AT_ONCE - underWay);
  const [next, strangers] = split(toInspect.strangers, MOST_BESIDE_STRANGERS - underWay - first.length);
  const ids = [...first, ...next];
  const isFlooded = strangers.length > MOST_STRANGERS;
  if (ids.length === 0 && !isFlooded) return to(state);
  const begun = withInspections(state, {
    inspecting: { ...inspecting, ...Object.fromEntries(ids.map((id) => [id, 'once' as const])) },
    toInspect: { known, strangers: isFlooded ? [] : strangers },
  });
  return to(isFlooded ? listSoon(begun) : begun, { requests: ids.map(inspect) });
}

const split = (ids: readonly string[], count: number): [readonly string[], readonly string[]] => [
  ids.slice(0, Math.max(0, count)),
  ids.slice(Math.max(0, count)),
];

const inspect = (containerId: string): ReadingRequest => ({ kind: 'inspectContainer', containerId });

const withInspections = (
  state: Everything,
  changes: Partial<Pick<Containers, 'inspecting' | 'toInspect'>>,
): Everything => ({ ...state, containers: { ...state.containers, ...changes } });
