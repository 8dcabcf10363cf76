import fc from 'fast-check';
import { TOO_LARGE, anyBytes, anyJson, anyText } from './arbitraries.ts';

/** The JSON of a value as an attacker may write it. */
export const jsonTextOf = (value: unknown): string =>
  JSON.stringify(value).replaceAll(JSON.stringify(TOO_LARGE), '1e999');

/** The value that a reader of that text gets. */
const asRead = (value: unknown): unknown => JSON.parse(jsonTextOf(value)) as unknown;

type Change =
  | { readonly kind: 'replaced'; readonly by: unknown }
  | { readonly kind: 'removed' }
  | { readonly kind: 'called'; readonly name: string }
  /** With another part of the same document: a valid type in the wrong place. */
  | { readonly kind: 'swapped'; readonly from: number };

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('replaced' as const), by: anyJson }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('removed' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('called' as const), name: anyText }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('swapped' as const), from: fc.nat() }) },
);

/** The document with one to four of its parts, at any depth, replaced. */
export const mutated = (original: unknown): fc.Arbitrary<unknown> =>
  fc
    .array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 4 })
    .map((changes) => asRead(changes.reduce((document, [at, how]) => changed(document, at, how), original)));

/** Its text truncated somewhere, or with anything inserted. */
export const mutatedJsonText = (original: unknown): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 6, arbitrary: mutated(original).map(jsonTextOf) },
    {
      weight: 2,
      arbitrary: mutatedBytes(Buffer.from(JSON.stringify(original))).map((bytes) =>
        Buffer.from(bytes).toString(),
      ),
    },
    { weight: 1, arbitrary: anyJson.map(jsonTextOf) },
    { weight: 1, arbitrary: anyText },
  );

type Damage =
  | { readonly kind: 'cutOff' }
  | { readonly kind: 'lost'; readonly count: number }
  | { readonly kind: 'inserted'; readonly bytes: Uint8Array }
  | { readonly kind: 'flipped'; readonly mask: number };

const damage: fc.Arbitrary<Damage> = fc.oneof(
  fc.record({ kind: fc.constant('cutOff' as const) }),
  fc.record({ kind: fc.constant('lost' as const), count: fc.nat(40) }),
  fc.record({ kind: fc.constant('inserted' as const), bytes: anyBytes }),
  fc.record({ kind: fc.constant('flipped' as const), mask: fc.integer({ min: 1, max: 255 }) }),
);

/** The bytes with up to five damages. */
export const mutatedBytes = (original: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc
    .array(fc.tuple(fc.nat(), damage), { maxLength: 5 })
    .map((damages) =>
      damages.reduce<Uint8Array>(
        (bytes, [at, how]) => damaged(bytes, at % (bytes.length + 1), how),
        original,
      ),
    );

function damaged(bytes: Uint8Array, at: number, how: Damage): Uint8Array {
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (how.kind) {
    case 'cutOff':
      return before;
    case 'lost':
      return Buffer.concat([before, after.subarray(how.count)]);
    case 'inserted':
      return Buffer.concat([before, how.bytes, after]);
    case 'flipped':
      return Buffer.concat([before, Uint8Array.of((after[0] ?? 0) ^ how.mask), after.subarray(1)]);
  }
}

/** The document with its part number `at`, in the order of its text, changed. */
function changed(document: unknown, at: number, how: Change): unknown {
  const parts = partsOf(document);
  const target = at % parts.length;
  let index = -1;
  const copy = (value: unknown): unknown => {
    index += 1;
    if (index === target) return how.kind === 'swapped' ? parts[how.from % parts.length] : changedTo(how);
    if (typeof value !== 'object' || value === null) return value;
    const isList = Array.isArray(value);
    const entries = Object.entries(value).flatMap(([name, inner]): [string, unknown][] => {
      const isTarget = index + 1 === target;
      const copied = copy(inner);
      if (isTarget && how.kind === 'removed') return [];
      return isTarget && how.kind === 'called' ? [[how.name, inner]] : [[name, copied]];
    });
    return isList ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
  };
  return copy(document);
}

const changedTo = (how: Exclude<Change, { kind: 'swapped' }>): unknown =>
  how.kind === 'replaced' ? how.by : null;

/** The value and everything in it. */
function partsOf(document: unknown): readonly unknown[] {
  const parts: unknown[] = [];
  const visit = (value: unknown): void => {
    parts.push(value);
    if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit);
  };
  visit(document);
  return parts;
}
