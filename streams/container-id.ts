const ID = /^[0-9a-f]{1,64}$/;

/**
 * An id as the engine writes it; undefined for anything else. It becomes a key of the state, where `constructor`
 * would find what every object has.
 */
export const asContainerId = (value: unknown): string | undefined =>
  typeof value === 'string' && ID.test(value) ? value : undefined;

/** The beginning of an id, as the CLI writes it, or the whole of it. */
export const isIdPrefix = (reference: string, id: string): boolean =>
  couldBeId(reference) && id.startsWith(reference);

export const couldBeId = (reference: string): boolean => /^[0-9a-f]{12,64}$/.test(reference);
