const ID = /^[0-9a-f]{1,64}$/;

/**
 * An id as the engine writes it; undefined for anything else. It becomes a key of the state, where `constructor`
 * would find what every object has.
 */
export const asContainerId = (value: unknown): string | undefined =>
  typeof value === 'string' && ID.test(value) ? value : undefined;
