import { engineTimeMs } from '../../../streams/engine-time.ts';
import { asNumber, asObject, asString } from '../../../streams/json.ts';
import { objects } from './json-parts.ts';
import { placeOf } from './plan-mounts.ts';

/** `Kind` of an entry of `GET /containers/{id}/changes`; one that overwrites a file of the image is modified. */
const MODIFIED = 0;
const ADDED = 1;

/** Each costs a request. */
const MOST_CANDIDATES = 200;

/** Linux knows no longer path (`PATH_MAX`). */
const LONGEST_PATH = 4_096;

/** Where programs write, or where something else is mounted. */
const UNLIKELY = /^\/(?:proc|sys|dev|tmp|run(?!\/secrets\/)|var\/(?:tmp|log|cache|lib))(?:\/|$)/;

/**
 * What in the container's own layer (`GET /containers/{id}/changes`) could be a file that compose has put there:
 * `configs` with a content, and `secrets` from the environment; no label tells of them. Shallowest first, for
 * that is where configurations are.
 *
 * `mounts` is the inspection's `Mounts`: below them the layer has only what something is mounted on, and a
 * look at it would show the file that is mounted.
 */
export function candidatesAmong(changes: unknown, mounts?: unknown): readonly string[] {
  const all = objects(changes)
    .map(({ Path, Kind }) => ({ path: asString(Path) ?? '', kind: Kind }))
    .filter(({ path }) => path.length <= LONGEST_PATH);
  const withSomeBelow = new Set(all.flatMap(({ path }) => foldersOf(path)));
  const mounted = new Set(objects(mounts).map(({ Destination }) => placeOf(Destination)));
  return all
    .filter(({ path, kind }) => path.startsWith('/') && (kind === ADDED || kind === MODIFIED))
    .map(({ path }) => path)
    .filter((path) => !withSomeBelow.has(path) && !UNLIKELY.test(path))
    .filter((path) => ![path, ...foldersOf(path)].some((place) => mounted.has(place)))
    .sort((a, b) => depthOf(a) - depthOf(b))
    .slice(0, MOST_CANDIDATES);
}

/** `/a`, `/a/b` of `/a/b/c`. */
const foldersOf = (path: string): readonly string[] =>
  [...path.matchAll(/(?<=.)\//g)].map(({ index }) => path.slice(0, index));

const depthOf = (path: string): number => path.split('/').length;

/** Go's `os.ModeType`: directory, link, device, pipe, socket, character device, irregular. */
const MODE_TYPE = 0x8f28_0000;
const MODE_WRITABLE = 0o222;

const SECOND_MS = 1_000;

/**
 * Whether the file is one that was put there before the container ran, from its decoded
 * `X-Docker-Container-Path-Stat`: compose makes them read-only (its secrets.go), by a tar of the moment between
 * creation and start. A tar's times are whole seconds, and Go's archive/tar rounds to the nearest: they can lie
 * before the creation, and after the start. What a program writes has a fraction, and can be older than the
 * start: the engine sets `StartedAt` some milliseconds after the program has begun.
 */
export function isInjected(
  stat: unknown,
  { createdMs, startedMs }: { readonly createdMs: number; readonly startedMs: number },
): boolean {
  const file = asObject(stat);
  const mode = asNumber(file?.['mode']);
  const modifiedMs = engineTimeMs(asString(file?.['mtime']) ?? '');
  if (mode === undefined || modifiedMs === undefined) return false;
  // Bits of a number are 32, with a sign, in JavaScript: compared with nothing else than zero.
  const isReadOnlyFile = (mode & MODE_TYPE) === 0 && (mode & MODE_WRITABLE) === 0;
  const isOfATar = modifiedMs % SECOND_MS === 0;
  return (
    isReadOnlyFile &&
    isOfATar &&
    modifiedMs >= createdMs - SECOND_MS &&
    modifiedMs <= startedMs + SECOND_MS / 2
  );
}
