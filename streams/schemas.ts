import * as v from 'valibot';
import { type Json, asObject, asStrings, isObject } from './json.ts';

/*
 * What Valibot lacks for untrusted JSON, of which a wrong part must not make the rest unreadable. `v.fallback` stands
 * for a missing part, too, but not at the beginning of a `v.pipe`, whose other steps a missing part would skip.
 */

/** What the schema makes of it; undefined if it does not fit. */
export function decoded<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> | undefined {
  const result = v.safeParse(schema, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}

/** An object by its parts. Valibot's own schema takes a list for an object, too. */
export const object = <E extends v.ObjectEntries>(parts: E) =>
  v.pipe(v.custom<Json>(isObject), v.object(parts));

/** A list; entries that do not fit are left out. */
export const listOf = <S extends v.GenericSchema>(entry: S) =>
  v.pipe(
    v.custom<readonly unknown[]>(Array.isArray),
    v.transform((values) =>
      values.map((value) => decoded(entry, value)).filter((value) => value !== undefined),
    ),
  );

/**
 * An object by what each of its values is; those that do not fit are left out, and so is the one key that means
 * something else to whoever copies an object key by key. Valibot's own schema leaves out `constructor`, too.
 */
export const recordOf = <S extends v.GenericSchema>(value: S) =>
  v.pipe(
    v.custom<Json>(isObject),
    v.transform((json): Readonly<Record<string, v.InferOutput<S>>> => {
      const known = Object.entries(json).flatMap(([key, entry]) => {
        const fit = key === '__proto__' ? undefined : decoded(value, entry);
        return fit === undefined ? [] : [[key, fit] as const];
      });
      return Object.fromEntries(known);
    }),
  );

const anything = v.optional(v.unknown(), null);

/** What does not fit, or is missing, is undefined. */
export const maybe = <S extends v.GenericSchema>(schema: S) =>
  v.pipe(
    anything,
    v.transform((value) => decoded(schema, value)),
  );

/** An object by its parts, each of which may be missing; what is no object counts as an empty one. */
export const part = <E extends v.ObjectEntries>(parts: E) =>
  v.pipe(
    anything,
    v.transform((value) => asObject(value) ?? {}),
    v.object(parts),
  );

/** What is no text, or is missing, counts as an empty one. */
export const text = v.fallback(v.string(), '');

/** An object's texts, whatever else is in it. */
export const texts = v.pipe(anything, v.transform(asStrings));
