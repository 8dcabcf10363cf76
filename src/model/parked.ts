import type { ContainerFacts } from '../../streams/events.ts';

/**
 * While a container is re-created, the old one is parked under a name that records this: `NAME.orphan-of-GATEWAY-ID`,
 * with the first twelve digits of its own id. If a monitor ends half-way, the next one finds the name, and finishes or
 * undoes the re-creation.
 */
export const parkedName = (name: string, gateway: string, id: string): string =>
  `${name}.orphan-of-${gateway}-${id.slice(0, 12)}`;

/**
 * Far longer than real names. A long name made of the pattern's own words would keep the expression busy for minutes.
 */
const LONGEST_NAME = 1_000;

type Named = Pick<ContainerFacts, 'id' | 'name'>;

/** The container's original name and its gateway; undefined: it is not parked. */
export function parkedAs({
  id,
  name,
}: Named): { readonly name: string; readonly gateway: string } | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const [, original, gateway, suffix] = /^(.+?)\.orphan-of-(.+)-([0-9a-f]{12})$/.exec(name) ?? [];
  return original !== undefined && gateway !== undefined && suffix !== undefined && id.startsWith(suffix)
    ? { name: original, gateway }
    : undefined;
}

/** A container that has such a name by chance does not have its own id in it. */
export const isParked = (named: Named): boolean => parkedAs(named) !== undefined;
