import { asObject, asString, type Json } from '../../../streams/json.ts';

/** The texts of a list; none if it is no list, as the engine writes null for an empty one. */
export const texts = (value: unknown): readonly string[] =>
  listed(value).flatMap((entry) => asString(entry) ?? []);

/** The objects of a list. */
export const objects = (value: unknown): readonly Json[] =>
  listed(value)
    .map(asObject)
    .filter((entry) => entry !== undefined);

export const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A copy without these fields, and without those that have no value. */
export const without = (json: Json, fields: readonly string[]): Json =>
  Object.fromEntries(
    Object.entries(json).filter(([field, value]) => value !== undefined && !fields.includes(field)),
  );
