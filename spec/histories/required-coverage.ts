/** What can occur, and must in a run that claims to be complete. */
export const KNOWN: readonly string[] = [];

/** Known ones that did not occur, and ones that did though nobody knew they could. */
export function gapsIn(counts: ReadonlyMap<string, number>): {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
} {
  return {
    missing: KNOWN.filter((one) => !counts.has(one)),
    unexpected: [...counts.keys()].filter((one) => !KNOWN.includes(one)),
  };
}
