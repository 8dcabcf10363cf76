import { posix } from 'node:path';
import { asObject, asString, type Json, nonEmpty } from '../../../streams/json.ts';
import { objects, texts } from './json-parts.ts';

/**
 * `Binds` and `Mounts` that bring every volume back. What was requested explicitly is requested in the same form: in
 * another one it would lose its propagation, its label or its sub-path. Volumes without a name in the request, and
 * those of another container, are requested by their actual names.
 */
export function plannedMounts(host: Json, mounts: readonly Json[]): Json {
  const carried = unasked(host, mounts).map(namedMount);
  const places = carried.map(({ Target }) => placeOf(Target));
  const asked = objects(host['Mounts']).map((entry) => (isAnonymous(entry) ? named(entry, mounts) : entry));
  return {
    // A bind of a path alone requests an anonymous volume, and no path may be requested twice.
    ...(host['Binds']
      ? { Binds: texts(host['Binds']).filter((bind) => !places.includes(placeOf(bind))) }
      : {}),
    ...(host['Mounts'] || carried.length > 0 ? { Mounts: [...asked, ...carried] } : {}),
  };
}

/** The path of a volume whose name the engine does not show, so that it would be lost; undefined: there is none. */
export const namelessVolume = (host: Json, mounts: readonly Json[]): string | undefined =>
  [
    ...unasked(host, mounts).map(({ Destination }) => placeOf(Destination)),
    ...objects(host['Mounts']).flatMap((entry) => (isAnonymous(entry) ? placeOf(entry['Target']) : [])),
  ].find((place) => volumeAt(place, mounts) === undefined);

/** Its volumes that the request does not mention: anonymous ones, and those of other containers. */
function unasked(host: Json, mounts: readonly Json[]): readonly Json[] {
  const asked = [
    ...texts(host['Binds']).flatMap((bind) => bind.split(':', 2)[1] ?? []),
    ...objects(host['Mounts']).map(({ Target }) => Target),
    // A volume that the image declares at the path of a tmpfs exists, but is not mounted.
    ...Object.keys(asObject(host['Tmpfs']) ?? {}),
  ].map(placeOf);
  return mounts.filter(({ Type, Destination }) => Type === 'volume' && !asked.includes(placeOf(Destination)));
}

/** With `NoCopy`, as the engine would otherwise refill an emptied volume from the image. */
const namedMount = ({ Name, Destination, RW }: Json): Json => ({
  Type: 'volume',
  Source: Name,
  Target: Destination,
  ReadOnly: RW === false,
  VolumeOptions: { NoCopy: true },
});

/** `--mount type=volume` without a source: the engine does not store the generated name in the request. */
const isAnonymous = ({ Type, Source }: Json): boolean =>
  Type === 'volume' && nonEmpty(asString(Source)) === undefined;

const named = (entry: Json, mounts: readonly Json[]): Json => ({
  ...entry,
  Source: volumeAt(placeOf(entry['Target']), mounts),
});

const volumeAt = (place: string, mounts: readonly Json[]): string | undefined => {
  const volume = mounts.find(({ Type, Destination }) => Type === 'volume' && placeOf(Destination) === place);
  return nonEmpty(asString(volume?.['Name']));
};

/** The path in the form that the engine compares (volume/mounts/linux_parser.go). */
export const placeOf = (path: unknown): string =>
  posix.normalize(asString(path) ?? '').replace(/(?<=.)\/$/, '');
