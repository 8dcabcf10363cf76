import { posix } from 'node:path';
import { formatNanos } from './clock.ts';
import type { Container } from './container.ts';
import { EngineError, noSuchFile } from './errors.ts';
import { ADDED, DELETED, type LayerFile, MODIFIED } from './layer-file.ts';

const MODE_FILE = 0o644;
const MODE_FOLDER = 2 ** 31 + 0o755;
const MODE_LINK = 2 ** 27 + 0o777;

interface Change {
  readonly Path: string;
  readonly Kind: number;
}

/** `GET /containers/{id}/changes`: null where there are none. What something is mounted on is among them. */
export function changesOf(container: Container): readonly Change[] | null {
  const files = [...container.files].map(([path, { kind = ADDED }]) => [path, kind] as const);
  const mountPoints = madeMountPoints(container);
  const changes = new Map<string, number>([
    ...files.flatMap(([path]) => foldersOf(path)).map((path) => [path, MODIFIED] as const),
    ...mountPoints.flatMap((path) => [...foldersOf(path), path]).map((path) => [path, ADDED] as const),
    ...files,
  ]);
  const listed = [...changes].map(([Path, Kind]) => ({ Path, Kind }));
  return listed.length === 0 ? null : listed.sort((one, other) => (one.Path < other.Path ? -1 : 1));
}

/** `X-Docker-Container-Path-Stat` of `HEAD /containers/{id}/archive`, decoded. `ref` is what the caller calls it. */
export function statOf(container: Container, ref: string, path: string): object {
  if (path === '') throw new EngineError(400, 'bad parameter: pathcannot be empty');
  const place = posix.resolve('/', path);
  const file = container.files.get(place) ?? (isFolder(container, place) ? FOLDER : undefined);
  if (file === undefined || file.kind === DELETED) throw noSuchFile(path, ref);
  const linkTarget = file.linkTarget ?? '';
  return {
    name: posix.basename(place),
    size: file.size ?? 0,
    mode: file.mode ?? (linkTarget === '' ? MODE_FILE : MODE_LINK),
    mtime: file.mtime ?? formatNanos(container.created),
    linkTarget,
  };
}

const FOLDER: LayerFile = { size: 4096, mode: MODE_FOLDER };

const isFolder = (container: Container, place: string): boolean =>
  [...[...container.files.keys()].flatMap(foldersOf), ...placesOf(container)].includes(place);

/** The first start makes them, except where the image brings them along, as it does what it declares a volume. */
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
