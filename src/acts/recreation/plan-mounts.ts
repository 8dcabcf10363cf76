import { posix } from 'node:path';
import { asObject, asString, type Json, nonEmpty } from '../../../streams/json.ts';
import { objects, texts } from './json-parts.ts';

/**
 * `Binds` and `Mounts` such that every volume comes back. What was asked for stays as it was asked for: said in
 * other words it would lose its propagation, its label or its sub-path. Volumes that nobody named, or that
 * come from another container, are asked for by the names they have in fact.
 */
export function plannedMounts(host: Json, mounts: readonly Json[]): Json {
  const carried = unasked(host, mounts).map(byName);
  const places = carried.map(({ Target }) => placeOf(Target));
  const asked = objects(host['Mounts']).map((entry) => (isAnonymous(entry) ? named(entry, mounts) : entry));
  return {
    // A lone place asks for an anonymous volume, and no place may be asked for twice.
    ...(host['Binds']
      ? { Binds: texts(host['Binds']).filter((bind) => !places.includes(placeOf(bind))) }
      : {}),
    ...(host['Mounts'] || carried.length > 0 ? { Mounts: [...asked, ...carried] } : {}),
  };
}

/** Where it has a volume of which the engine does not tell the name, so that it would be lost. */
export const namelessVolume = (host: Json, mounts: readonly Json[]): string | undefined =>
  [
    ...unasked(host, mounts).map(({ Destination }) => placeOf(Destination)),
    ...objects(host['Mounts']).flatMap((entry) => (isAnonymous(entry) ? placeOf(entry['Target']) : [])),
  ].find((place) => volumeAt(place, mounts) === undefined);

/** Volumes it has at places for which the request names nothing: anonymous ones, and those of other containers. */
function unasked(host: Json, mounts: readonly Json[]): readonly Json[] {
  const asked = [
    ...texts(host['Binds']).flatMap((bind) => bind.split(':', 2)[1] ?? []),
    ...objects(host['Mounts']).map(({ Target }) => Target),
    // One that the image wants at such a place exists, but is not mounted.
    ...Object.keys(asObject(host['Tmpfs']) ?? {}),
  ].map(placeOf);
  return mounts.filter(({ Type, Destination }) => Type === 'volume' && !asked.includes(placeOf(Destination)));
}

/** Without a copy: the engine would fill a volume that was emptied from the image again. */
const byName = ({ Name, Destination, RW }: Json): Json => ({
  Type: 'volume',
  Source: Name,
  Target: Destination,
  ReadOnly: RW === false,
  VolumeOptions: { NoCopy: true },
});

/** `--mount type=volume` without a source: the engine does not write down the name it gave. */
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

/** As the engine compares them: it cleans a path before (volume/mounts/linux_parser.go). */
export const placeOf = (path: unknown): string =>
  posix.normalize(asString(path) ?? '').replace(/(?<=.)\/$/, '');
