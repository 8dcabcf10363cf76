import * as v from 'valibot';

const ID = /^[0-9a-f]{1,64}$/;

/**
 * An id as the engine writes it. It becomes a key of the state, where `constructor` would find an inherited property.
 */
export const containerId = v.pipe(v.string(), v.regex(ID));

/** Whether `reference` is an id or the beginning of one, as the CLI shows it. */
export const isIdPrefix = (reference: string, id: string): boolean =>
  couldBeId(reference) && id.startsWith(reference);

export const couldBeId = (reference: string): boolean => /^[0-9a-f]{12,64}$/.test(reference);
