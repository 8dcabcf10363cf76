import { entriesIn } from './given-text.ts';

/** As the engine's `RestrictedNamePattern`, but one character will do: compose services may be that short. */
const CONTAINER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

export function isContainerName(text: string): boolean {
  return CONTAINER_NAME.test(text);
}

/** An entry of a list is not told by its case. */
export const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

export const isAmong = (names: readonly string[], name: string): boolean =>
  names.some((one) => isSameName(one, name));

/**
 * The names in a list, without the slash the engine's API puts before them, each once; undefined when one of
 * them can be no container's name.
 */
export function parseContainerNames(text: string): readonly string[] | undefined {
  const names = containerEntries(text).map((name) => name.replace(/^\//, ''));
  return names.every(isContainerName) ? [...new Set(names)] : undefined;
}

export function containerEntries(text: string): readonly string[] {
  return entriesIn(text, /,/);
}
