import type { ContainerFacts } from '../../streams/events.ts';
import { COMPOSE_SERVICE, MONITOR_LABEL } from '../../streams/labels.ts';

const MOST = 3;
/** Far longer than real names. Comparing two takes time in proportion to the product of their lengths. */
const LONGEST = 64;
/** A shorter word is part of too many names. */
const FEWEST = 3;

/**
 * The names that an entry without a match may have meant: one contains the other, or a few letters are wrong. The
 * nearest comes first.
 */
export const nearest = (word: string, all: readonly ContainerFacts[]): readonly string[] =>
  nearestWords(
    word,
    all
      .filter(({ labels }) => !(MONITOR_LABEL in labels))
      .map(({ name, labels }) => ({ name, words: [name, labels[COMPOSE_SERVICE] ?? name] })),
  );

/** The names of whoever is called by a word that is near. */
export const nearestWords = (
  word: string,
  all: readonly { readonly name: string; readonly words: readonly string[] }[],
): readonly string[] =>
  all
    .map(({ name, words }) => ({
      name,
      distance: Math.min(...words.map((one) => distance(short(word), short(one)))),
    }))
    .filter((one) => one.distance <= short(word).length / 3)
    .sort((a, b) => a.distance - b.distance || a.name.localeCompare(b.name))
    .slice(0, MOST)
    .map(({ name }) => name);

const short = (text: string): string => text.slice(0, LONGEST).toLowerCase();

/** How many letters to change, add or leave out. A word contained in the other counts as one letter away. */
function distance(one: string, other: string): number {
  if (one === other) return 0;
  const [shorter, longer] = one.length < other.length ? [one, other] : [other, one];
  if (shorter.length >= FEWEST && longer.includes(shorter)) return 1;
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [index, letter] of one.split('').entries())
    row = row.reduce<number[]>(
      (next, above, at) => [
        ...next,
        at === 0
          ? index + 1
          : Math.min(
              above + 1,
              (next[at - 1] ?? 0) + 1,
              (row[at - 1] ?? 0) + (other[at - 1] === letter ? 0 : 1),
            ),
      ],
      [],
    );
  return row.at(-1) ?? 0;
}
