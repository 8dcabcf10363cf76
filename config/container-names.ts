import { entriesIn } from './given-text.ts';

/** As the engine's `RestrictedNamePattern`, but one character will do: compose services may be that short. */
const CONTAINER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;

export function isContainerName(text: string): boolean {
  return CONTAINER_NAME.test(text);
}

/** Names are compared without regard to case. */
export const isSameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

export const isAmong = (names: readonly string[], name: string): boolean =>
  names.some((one) => isSameName(one, name));

/**
 * The names in a list, each once, without the slash that the engine's API puts before them. Undefined if one of
 * them cannot be a container's name.
 */
export function parseContainerNames(text: string): readonly string[] | undefined {
  const names = containerEntries(text).map((name) => name.replace(/^\//, ''));
  return names.every(isContainerName) ? [...new Set(names)] : undefined;
}

export function containerEntries(text: string): readonly string[] {
  return entriesIn(text, /,/);
}
