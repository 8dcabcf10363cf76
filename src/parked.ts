import type { ContainerFacts } from '../streams/events.ts';

/**
 * A container that is being created anew waits under a name that tells what is going on: `NAME.orphan-of-GATEWAY-ID`,
 * with the first twelve digits of its own id. That name is the journal: a monitor that ends half-way leaves it behind,
 * and the next one finishes or undoes what it finds.
 */
export const parkedName = (name: string, gateway: string, id: string): string =>
  `${name}.orphan-of-${gateway}-${id.slice(0, 12)}`;

type Named = Pick<ContainerFacts, 'id' | 'name'>;

/** Somebody's: a container named so by chance does not have its own id in its name. */
export const isParked = ({ id, name }: Named): boolean => {
  const suffix = /\.orphan-of-.+-([0-9a-f]{12})$/.exec(name)?.[1];
  return suffix !== undefined && id.startsWith(suffix);
};

/** The name it had, where it is a dependent of this gateway that is parked. */
export const originalName = ({ id, name }: Named, gateway: string): string | undefined => {
  const suffix = parkedName('', gateway, id);
  return name.endsWith(suffix) && name.length > suffix.length ? name.slice(0, -suffix.length) : undefined;
};
