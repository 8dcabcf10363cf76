import { posix } from 'node:path';
import type { CreateBody, HostConfig, MountRequest } from './create-request.ts';
import { duplicateMountPoint } from './errors.ts';

/** An entry of `Mounts`, as an inspection shows it. */
interface MountPoint {
  readonly Type: 'volume' | 'bind' | 'tmpfs';
  readonly Name?: string;
  readonly Source: string;
  readonly Destination: string;
  readonly Driver?: string;
  readonly Mode: string;
  readonly RW: boolean;
  readonly Propagation: string;
}

export interface Mount {
  readonly point: MountPoint;
  /** Its source: `HostConfig`, or `Config.Volumes`, which listings show less of. */
  readonly of: 'host' | 'config';
  /** A volume without a given name: it is removed with its container if that is removed with `v`. */
  readonly isAnonymous: boolean;
  /** The name of the volume, which inspections need not show; undefined: it is no volume. */
  readonly volume: string | undefined;
}

/** The mounts over the image's own files. `newName` is for volumes without a name. */
export function mountsOf(body: CreateBody, newName: () => string): readonly Mount[] {
  const { Binds, Mounts, Tmpfs } = body.HostConfig ?? {};
  const binds = (Binds ?? []).map((bind) => ofBind(bind, newName));
  const asked = [...binds, ...(Mounts ?? []).map((mount) => ofMount(mount, newName))];
  refuseDuplicates(asked, binds, Tmpfs);
  const covered = new Set([...asked.map(placeOf), ...Object.keys(Tmpfs ?? {}).map(clean)]);
  const more = Object.keys(body.Volumes ?? {})
    .map(clean)
    .filter((place) => !covered.has(place))
    .map((place) => ofConfig(place, newName()));
  return [...asked, ...more];
}

/** `/dest`, `name:/dest[:mode]` or `/source:/dest[:mode]`. */
function ofBind(bind: string, newName: () => string): Mount {
  const [source = '', place = '', mode = ''] = bind.includes(':') ? bind.split(':') : ['', bind];
  const words = mode.split(',');
  const access = { Destination: clean(place), RW: !words.includes('ro') };
  if (source.startsWith('/')) {
    const Propagation = words.find((word) => PROPAGATION.test(word)) ?? 'rprivate';
    return host({ Type: 'bind', Source: source, ...access, Mode: mode, Propagation });
  }
  const Mode = mode === '' ? SELINUX_LABEL : mode;
  const mount = volume(source, newName, { ...access, Mode });
  return source === '' ? { ...mount, point: withoutName(mount.point) } : mount;
}

/** Engines since 28 do not show the name of a volume that was requested by its path alone. */
const withoutName = ({ Name: _, ...point }: MountPoint): MountPoint => point;

const PROPAGATION = /^r?(?:private|shared|slave)$/;
/** The engine's value for a volume without a mode, even on hosts without SELinux. */
const SELINUX_LABEL = 'z';

function ofMount(mount: MountRequest, newName: () => string): Mount {
  const access = { Destination: clean(mount.Target), RW: mount.ReadOnly !== true };
  switch (mount.Type) {
    case 'volume':
      return volume(mount.Source ?? '', newName, { ...access, Mode: SELINUX_LABEL });
    case 'tmpfs':
      return host({ Type: 'tmpfs', Source: '', ...access, Mode: '', Propagation: '' });
    case 'bind': {
      const Propagation = mount.BindOptions?.Propagation ?? 'rprivate';
      return host({ Type: 'bind', Source: mount.Source ?? '', ...access, Mode: '', Propagation });
    }
  }
}

const host = (point: MountPoint): Mount => ({
  point,
  of: 'host',
  isAnonymous: false,
  volume: undefined,
});

function volume(
  name: string,
  newName: () => string,
  access: Pick<MountPoint, 'Destination' | 'Mode' | 'RW'>,
): Mount {
  const isAnonymous = name === '';
  const given = isAnonymous ? newName() : name;
  return { point: volumePoint(given, access), of: 'host', isAnonymous, volume: given };
}

const ofConfig = (Destination: string, name: string): Mount => ({
  point: volumePoint(name, { Destination, Mode: '', RW: true }),
  of: 'config',
  isAnonymous: true,
  volume: name,
});

export const mountpointOf = (volume: string): string => `/var/lib/docker/volumes/${volume}/_data`;

const volumePoint = (
  name: string,
  { Destination, Mode, RW }: Pick<MountPoint, 'Destination' | 'Mode' | 'RW'>,
): MountPoint => ({
  Type: 'volume',
  Name: name,
  Source: mountpointOf(name),
  Destination,
  Driver: 'local',
  Mode,
  RW,
  Propagation: '',
});

/** `HostConfig.Tmpfs` and `Mounts` may share a place; no others may. */
function refuseDuplicates(
  asked: readonly Mount[],
  binds: readonly Mount[],
  tmpfs: HostConfig['Tmpfs'],
): void {
  const places = asked.map(placeOf);
  const twice = places.find((place, index) => places.indexOf(place) < index);
  const overlaid = binds.map(placeOf).find((place) =>
    Object.keys(tmpfs ?? {})
      .map(clean)
      .includes(place),
  );
  const duplicate = twice ?? overlaid;
  if (duplicate !== undefined) throw duplicateMountPoint(duplicate);
}

const placeOf = ({ point }: Mount): string => point.Destination;

const clean = (place: string): string => posix.normalize(place).replace(/(?<=.)\/$/, '');
