import type { Labels } from '../../streams/events.ts';
import { type Named, fits } from '../../streams/fits.ts';
import { EXCLUDE_LABEL } from '../../streams/labels.ts';
import { parkedAs } from './parked.ts';
import type { State } from './state.ts';

/** One that is parked is known by the name it had, too. */
export const isNamedBy = (word: string, named: Named): boolean =>
  fits(word, named) || fits(word, { ...named, name: parkedAs(named)?.name ?? named.name });

/** By EXCLUDE_CONTAINERS, or by a label of its own. */
export type Exclusion = 'listed' | 'labelled';

/** Why a container is never touched; undefined: it may be. A label that does not say no is meant. */
export function whyExcluded(named: Named, words: readonly string[]): Exclusion | undefined {
  if (words.some((word) => isNamedBy(word, named))) return 'listed';
  return saysNo(named.labels) ? undefined : 'labelled';
}

export const isExcluded = (named: Named, words: readonly string[]): boolean =>
  whyExcluded(named, words) !== undefined;

const saysNo = (labels: Labels): boolean =>
  !Object.hasOwn(labels, EXCLUDE_LABEL) || /^(?:false|no|off|0)$/i.test(labels[EXCLUDE_LABEL] ?? '');

/** Of the gateway: it is watched, and nothing is done to it. */
export const whyGatewayExcluded = ({
  gateway,
  settings,
  shared: { containers },
}: State): Exclusion | undefined => {
  if (!('name' in gateway)) return undefined;
  const { id, name } = gateway;
  return whyExcluded(containers.byId[id] ?? { id, name, labels: {} }, settings.exclude);
};
