import { type Entry, type Group, schema } from './schema.ts';

/** An entry of the schema, and where its value is. */
export interface Variable extends Entry {
  /** The path to its value in `Values` and `Config`: `dryRun`, `log.level`. */
  readonly key: string;
}

/** The schema as a list, in its order. */
export const variables: readonly Variable[] = Object.entries<Entry | Group>(schema).flatMap(([key, node]) =>
  isEntry(node)
    ? [{ ...node, key }]
    : Object.entries(node).map(([name, entry]) => ({ ...entry, key: `${key}.${name}` })),
);

/** As convict tells an entry from a group. */
function isEntry(node: Entry | Group): node is Entry {
  return 'default' in node;
}

/** What is at a variable's `key` in `values`, or in a `Config`. */
export function valueAt(values: object, key: string): unknown {
  return key.split('.').reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], values);
}
