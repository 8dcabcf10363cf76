import { type Entry, type Group, schema } from './schema.ts';

type NamesIn<Tree> = Tree extends { readonly env: infer Name }
  ? Name
  : { [Key in keyof Tree]: NamesIn<Tree[Key]> }[keyof Tree];

/** `GLUETUN_CONTAINER` and so on. */
export type VariableName = NamesIn<typeof schema>;

/** An entry of the schema, with the path to its value. */
export interface Variable extends Entry {
  /** The path in `Values` and `Config`, such as `dryRun` or `log.level`. */
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

/** The value of the variable with this key, in `Values` or in a `Config`. */
export function valueAt(values: object, key: string): unknown {
  return key.split('.').reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], values);
}
