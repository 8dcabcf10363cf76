import type { ContainerFacts } from '../../streams/events.ts';
import { plainName } from '../../streams/fits.ts';
import { isParked, parkedAs } from './parked.ts';
import type { Containers } from './state.ts';

type ComposeNames = Containers['composeNames'];

/** Compose is done long before; its own name for what it replaces is nobody's for so long. */
const MOMENT_MS = 60_000;

type Known = Pick<Containers, 'byId' | 'composeNames'>;

/** Compose is at work on it: it is not yet, or no longer, the one of its plain name. */
export const isInterim = ({ name }: Pick<ContainerFacts, 'name'>, { byId, composeNames }: Known): boolean => {
  const plain = plainName(name);
  if (plain === undefined) return false;
  return composeNames[name] !== 'forGood' || hasTwin(plain, Object.values(byId));
};

/** It bears its name for good: it is neither about to be replaced nor about to replace another one. */
export const isSettledIn = (facts: ContainerFacts, known: Known): boolean =>
  !isParked(facts) && !isInterim(facts, known);

const hasTwin = (plain: string, all: readonly ContainerFacts[]): boolean =>
  all.some(({ name }) => name === plain);

/** A container was given such a name just now; if not again, as one is whose re-creation we have undone. */
export const withComposeName = (names: ComposeNames, name: string, at: number): ComposeNames =>
  plainName(name) === undefined || Object.hasOwn(names, name) ? names : { ...names, [name]: at };

interface Look {
  readonly at: number;
  readonly engineClockMs: number;
}

/**
 * As a listing shows them: a name is as old as its container, if no message told of a later rename. The name stays
 * one for good while its container is created anew by us, and waits under another one.
 */
export function listedComposeNames(
  names: ComposeNames,
  all: readonly ContainerFacts[],
  { at, engineClockMs }: Look,
): ComposeNames {
  const listed = all.filter((facts) => plainName(facts.name) !== undefined && !isParked(facts));
  const parked = all.flatMap((facts) => parkedAs(facts)?.name ?? []);
  const kept = Object.entries(names).filter(([name]) => parked.includes(name));
  return Object.fromEntries([...kept, ...listed.map((facts) => [facts.name, standing(facts)] as const)]);

  function standing({ name, createdMs }: ContainerFacts): number | 'forGood' {
    if (hasTwin(plainName(name) ?? '', all)) return at;
    const since =
      (Object.hasOwn(names, name) ? names[name] : undefined) ?? at - Math.max(0, engineClockMs - createdMs);
    return since === 'forGood' || at - since >= MOMENT_MS ? 'forGood' : since;
  }
}
