import * as v from 'valibot';
import { type Json, asObject, asStrings, isObject } from './json.ts';

/*
 * What Valibot lacks for untrusted JSON, in which a wrong part must not make the rest unreadable. `v.fallback` also
 * replaces a missing part, but not at the beginning of a `v.pipe`: a missing part would skip the other steps.
 */

/** The value as the schema transforms it; undefined if it does not fit. */
export function decoded<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> | undefined {
  const result = v.safeParse(schema, value, { abortEarly: true });
  return result.success ? result.output : undefined;
}

/** An object by its parts. Valibot's own schema accepts a list as an object. */
export const object = <E extends v.ObjectEntries>(parts: E) =>
  v.pipe(v.custom<Json>(isObject), v.object(parts));

/** A list. Entries that do not fit are left out. */
export const listOf = <S extends v.GenericSchema>(entry: S) =>
  v.pipe(
    v.custom<readonly unknown[]>(Array.isArray),
    v.transform((values) =>
      values.map((value) => decoded(entry, value)).filter((value) => value !== undefined),
    ),
  );

/**
 * An object by the schema of its values. Values that do not fit are left out. So is the key `__proto__`, which would
 * set the prototype when an object is copied key by key. Valibot's own schema also drops `constructor`.
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

/** A value that does not fit, or is missing, becomes undefined. */
export const maybe = <S extends v.GenericSchema>(schema: S) =>
  v.pipe(
    anything,
    v.transform((value) => decoded(schema, value)),
  );

/** An object by its parts, each of which may be missing. Anything that is not an object counts as an empty one. */
export const part = <E extends v.ObjectEntries>(parts: E) =>
  v.pipe(
    anything,
    v.transform((value) => asObject(value) ?? {}),
    v.object(parts),
  );

/** Anything that is not a text, or is missing, becomes an empty one. */
export const text = v.fallback(v.string(), '');

/** The text values of an object; others are left out. */
export const textRecord = v.pipe(anything, v.transform(asStrings));
