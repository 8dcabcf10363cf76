import type { ContainerFacts } from '../../streams/events.ts';

/**
 * A container that is being created anew waits under a name that tells what is going on: `NAME.orphan-of-GATEWAY-ID`,
 * with the first twelve digits of its own id. That name is the journal: a monitor that ends half-way leaves it behind,
 * and the next one finishes or undoes what it finds.
 */
export const parkedName = (name: string, gateway: string, id: string): string =>
  `${name}.orphan-of-${gateway}-${id.slice(0, 12)}`;

/** Far longer than names are; on a long one made of the pattern's own words it would work for minutes. */
const LONGEST_NAME = 1_000;

type Named = Pick<ContainerFacts, 'id' | 'name'>;

/** The name it had, and the gateway it is an orphan of; undefined: it is not parked. */
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

/** Somebody's: a container named so by chance does not have its own id in its name. */
export const isParked = (named: Named): boolean => parkedAs(named) !== undefined;
