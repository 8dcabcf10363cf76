/** An inspection as the engine answered it. */
export type Inspection = object;

export interface Difference {
  /** `HostConfig.Mounts.0.Source` */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

interface Allowance {
  readonly path: RegExp;
  readonly because: string;
  /** By default any old value and any new value. */
  readonly when?: (difference: Difference) => boolean;
}

const isEmptied = ({ before, after }: Difference): boolean =>
  ['[]', '{}'].includes(JSON.stringify(before)) && after === null;
const isGained = ({ before, after }: Difference): boolean => before === undefined || after === undefined;

/** All allowed differences of a container that was re-created on another container's network. */
const ALLOWED: readonly Allowance[] = [
  { path: /^(Id|Created|LogPath)$/, because: 'it is another container' },
  { path: /^(State\..*|ExecIDs.*)$/, because: 'it is another run' },
  {
    path: /^Config\.Image$/,
    because: 'the name means another image by now; `Image` tells that it is the same',
    when: ({ after }) => /^sha256:[0-9a-f]{64}$/.test(String(after)),
  },
  { path: /^GraphDriver\./, because: 'it has a layer of its own' },
  { path: /^HostConfig\.NetworkMode$/, because: 'that is what it is about' },
  {
    path: /^HostConfig\.PidMode$/,
    because: 'the processes it joined are those of the container whose network it joined',
    when: ({ before }) => String(before).startsWith('container:'),
  },
  { path: /^(ResolvConf|Hosts|Hostname)Path$/, because: 'those files are its new owner’s' },
  { path: /^Config\.Hostname$/, because: 'its name on the network is its new owner’s' },
  {
    path: /^HostConfig\.(PortBindings|Dns|DnsOptions|DnsSearch)$/,
    because: 'the CLI says none, and the engine keeps even that',
    when: isEmptied,
  },
  {
    path: /^HostConfig\.Mounts(\.\d+\..*)?$/,
    because: 'volumes that nobody named are asked for by their names; `Mounts` tells that they are the same',
    when: (one) => isGained(one) || (one.path === 'HostConfig.Mounts' && one.before === null),
  },
  {
    path: /^HostConfig\.Binds\.[^:]*$/,
    because: 'of those a lone place is one',
    when: ({ after }) => after === undefined,
  },
  {
    path: /^Mounts\.[^.]*\.Name$/,
    because:
      'engines since 28 do not tell the name of a volume that was asked for by its path; `Source` has it',
    when: ({ before }) => before === undefined,
  },
  {
    path: /^Mounts\.[^.]*\.Mode$/,
    because: 'to the engine a volume that is asked for by name is one to be shared',
    when: ({ before, after }) => before === '' && after === 'z',
  },
];

/** The differences of two inspections that the table does not allow. */
export const unexpectedDifferences = (before: Inspection, after: Inspection): readonly Difference[] =>
  differences(before, after).filter(
    (one) => !ALLOWED.some(({ path, when }) => path.test(one.path) && (when?.(one) ?? true)),
  );

/** Compares every value; one that is missing on one side is undefined there. */
export function differences(before: Inspection, after: Inspection): readonly Difference[] {
  const [old, young] = [new Map(leaves(ordered(before))), new Map(leaves(ordered(after)))];
  return [...new Set([...old.keys(), ...young.keys()])]
    .map((path) => ({ path, before: old.get(path), after: young.get(path) }))
    .filter((one) => JSON.stringify(one.before) !== JSON.stringify(one.after));
}

type Leaf = readonly [path: string, value: unknown];

/** An empty list or object is a value, and differs from null. */
function leaves(value: unknown, path = ''): readonly Leaf[] {
  const entries = value !== null && typeof value === 'object' ? Object.entries(value) : [];
  if (entries.length === 0) return [[path, value]];
  return entries.flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

type Listed = Inspection & {
  readonly Mounts?: readonly { readonly Destination: string }[];
  readonly HostConfig?: { readonly Binds?: readonly string[] | null };
};

/** By their content, not by their position: the engine lists `Mounts` in another order each time. */
const ordered = (inspection: Listed): object => ({
  ...inspection,
  Mounts: Object.fromEntries((inspection.Mounts ?? []).map((mount) => [mount.Destination, mount])),
  HostConfig: {
    ...inspection.HostConfig,
    Binds: Object.fromEntries((inspection.HostConfig?.Binds ?? []).map((bind) => [bind, 'bound'])),
  },
});
