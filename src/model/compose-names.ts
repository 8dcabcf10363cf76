import type { ContainerFacts } from '../../streams/events.ts';
import { plainName } from '../../streams/fits.ts';
import { isParked, parkedAs } from './parked.ts';
import type { Containers } from './state.ts';

type ComposeNames = Containers['composeNames'];

/** Compose keeps such a name for far less than this. A container that keeps it longer has it for good. */
const MOMENT_MS = 60_000;

type Known = Pick<Containers, 'byId' | 'composeNames'>;

/** Whether Compose is replacing this container, or replacing another one by it: its present name is temporary. */
export const isInterim = ({ name }: Pick<ContainerFacts, 'name'>, { byId, composeNames }: Known): boolean => {
  const plain = plainName(name);
  if (plain === undefined) return false;
  return composeNames[name] !== 'forGood' || hasTwin(plain, Object.values(byId));
};

/** Whether the container has its final name: it is neither being replaced nor replacing another one. */
export const isSettledIn = (facts: ContainerFacts, known: Known): boolean =>
  !isParked(facts) && !isInterim(facts, known);

const hasTwin = (plain: string, all: readonly ContainerFacts[]): boolean =>
  all.some(({ name }) => name === plain);

/**
 * Records when a container was first given such a temporary name. The first time stands: a re-creation that is undone
 * gives the name back, which does not make it new.
 */
export const withComposeName = (names: ComposeNames, name: string, at: number): ComposeNames =>
  plainName(name) === undefined || Object.hasOwn(names, name) ? names : { ...names, [name]: at };

interface Look {
  readonly at: number;
  readonly engineClockMs: number;
}

/**
 * The temporary names after a listing. Without a message about a rename, a name is taken to be as old as its container.
 * While the monitor re-creates a container, which is parked under another name, its original name keeps its entry.
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
