import { posix } from 'node:path';
import { formatNanos } from './clock.ts';
import type { Container } from './container.ts';
import { EngineError, noSuchFile } from './errors.ts';

const MODE_FOLDER = 2 ** 31 + 0o755;
const ADDED = 1;

/** `GET /containers/{id}/changes`: null if there are none. No files are written here, but mount points are created. */
export function changesOf(container: Container): readonly object[] | null {
  const made = madeMountPoints(container).flatMap((path) => [...foldersOf(path), path]);
  const listed = [...new Set(made)].sort().map((Path) => ({ Path, Kind: ADDED }));
  return listed.length === 0 ? null : listed;
}

/** `X-Docker-Container-Path-Stat` of `HEAD /containers/{id}/archive`, decoded. `ref` is the caller's name for it. */
export function statOf(container: Container, ref: string, path: string): object {
  if (path === '') throw new EngineError(400, 'bad parameter: pathcannot be empty');
  const place = posix.resolve('/', path);
  if (!placesOf(container).includes(place)) throw noSuchFile(path, ref);
  const mtime = formatNanos(container.created);
  return { name: posix.basename(place), size: 4096, mode: MODE_FOLDER, mtime, linkTarget: '' };
}

/** The first start creates them, unless the image has them, as it does for its declared volumes. */
function madeMountPoints(container: Container): readonly string[] {
  if (container.state.startedAt === undefined) return [];
  const inImage = Object.keys(container.madeFrom.config.Volumes ?? {});
  return placesOf(container).filter((place) => !inImage.includes(place));
}

const placesOf = ({ mounts, hostConfig }: Container): readonly string[] => [
  ...mounts.map(({ point }) => point.Destination),
  ...Object.keys(hostConfig.Tmpfs ?? {}),
];

/** `/a`, `/a/b` of `/a/b/c`. */
const foldersOf = (path: string): readonly string[] =>
  [...path.matchAll(/(?<=.)\//g)].map(({ index }) => path.slice(0, index));
