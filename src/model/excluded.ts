import type { Labels } from '../../streams/labels.ts';
import { type Named, fits } from '../../streams/fits.ts';
import { EXCLUDE_LABEL } from '../../streams/labels.ts';
import { parkedAs } from './parked.ts';
import type { State } from './state.ts';

/** A parked container also matches by its original name. */
export const isNamedBy = (word: string, named: Named): boolean =>
  fits(word, named) || fits(word, { ...named, name: parkedAs(named)?.name ?? named.name });

/** Excluded by EXCLUDE_CONTAINERS, or by the container's own label. */
export type Exclusion = 'listed' | 'labelled';

/**
 * Why a container must not be touched; undefined: it may be. The label excludes with any value that does not mean no.
 */
export function whyExcluded(named: Named, words: readonly string[]): Exclusion | undefined {
  if (words.some((word) => isNamedBy(word, named))) return 'listed';
  return saysNo(named.labels) ? undefined : 'labelled';
}

export const isExcluded = (named: Named, words: readonly string[]): boolean =>
  whyExcluded(named, words) !== undefined;

const saysNo = (labels: Labels): boolean =>
  !Object.hasOwn(labels, EXCLUDE_LABEL) || /^(?:false|no|off|0)$/i.test(labels[EXCLUDE_LABEL] ?? '');

/** Why the gateway must not be touched. An excluded gateway is still watched. */
export const whyGatewayExcluded = ({
  gateway,
  settings,
  shared: { containers },
}: State): Exclusion | undefined => {
  if (!('name' in gateway)) return undefined;
  const { id, name } = gateway;
  return whyExcluded(containers.byId[id] ?? { id, name, labels: {} }, settings.exclude);
};
