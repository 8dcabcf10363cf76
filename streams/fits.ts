import { isSameName } from '../config/container-names.ts';
import { isIdPrefix } from './container-id.ts';
import type { ContainerFacts } from './events.ts';
import { COMPOSE_ONE_OFF, COMPOSE_SERVICE, type Labels } from './labels.ts';

/** What an entry of a list of containers is compared with. */
export type Named = Pick<ContainerFacts, 'id' | 'name' | 'labels'>;

/** `NAME` of `<12 hex>_NAME`, the name Compose gives a container while it replaces another one. */
export const plainName = (name: string): string | undefined => /^[0-9a-f]{12}_(.+)$/.exec(name)?.[1];

export const isOneOff = (labels: Labels): boolean => labels[COMPOSE_ONE_OFF]?.toLowerCase() === 'true';

const isSame = (name: string | undefined, word: string): boolean =>
  name !== undefined && isSameName(name, word);

const byService = (word: string, { labels }: Named): boolean =>
  isSame(labels[COMPOSE_SERVICE], word) && !isOneOff(labels);

/** The ways an entry may fit a container, the closest first. Two names may differ by case alone. */
const WAYS: readonly ((word: string, named: Named) => boolean)[] = [
  (word, { name }) => name === word,
  (word, { name }) => isSameName(name, word),
  // Compose left it under the temporary name.
  (word, { name }) => isSame(plainName(name), word),
  byService,
  (word, { id }) => isIdPrefix(word.toLowerCase(), id),
];

/** Whether an entry fits by anything but the Compose service, which another stack may have too. */
export const fitsByName = (word: string, named: Named): boolean =>
  WAYS.some((way) => way !== byService && way(word, named));

/** Whether an entry fits a container in any way. */
export const fits = (word: string, named: Named): boolean => WAYS.some((way) => way(word, named));

/** The containers that an entry fits in its closest way: by name if one has it, otherwise by Compose service. */
export const fitting = <T extends Named>(word: string, all: readonly T[]): readonly T[] =>
  WAYS.map((way) => all.filter((named) => way(word, named))).find((found) => found.length > 0) ?? [];
