/** An inspection as the engine answered it. */
export type Inspection = object;

export interface Difference {
  /** `HostConfig.Mounts.0.Source` */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** Where two inspections differ, down to the last value; what is missing on one side is undefined there. */
export function differences(before: Inspection, after: Inspection): readonly Difference[] {
  const [old, young] = [new Map(leaves(ordered(before))), new Map(leaves(ordered(after)))];
  return [...new Set([...old.keys(), ...young.keys()])]
    .map((path) => ({ path, before: old.get(path), after: young.get(path) }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}

type Leaf = readonly [path: string, value: unknown];

/** An empty list or object is a value, and another one than null. */
function leaves(value: unknown, path = ''): readonly Leaf[] {
  const entries = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  if (entries.length === 0) return [[path, value]];
  return entries.flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

/** The engine tells `Mounts` in any order, another one each time. */
const ordered = (inspection: Inspection & { Mounts?: readonly { Destination: string }[] }): object => ({
  ...inspection,
  Mounts: Object.fromEntries((inspection.Mounts ?? []).map((mount) => [mount.Destination, mount])),
});
