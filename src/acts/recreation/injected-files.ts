import { engineTimeMs } from '../../../streams/engine-time.ts';
import { asNumber, asObject, asString } from '../../../streams/json.ts';
import { objects } from './json-parts.ts';
import { placeOf } from './plan-mounts.ts';

/** `Kind` of an entry of `GET /containers/{id}/changes`. A file that overwrites one of the image counts as modified. */
const MODIFIED = 0;
const ADDED = 1;

/** A limit, as each candidate costs a request. */
const MOST_CANDIDATES = 200;

/** The longest path on Linux (`PATH_MAX`). */
const LONGEST_PATH = 4_096;

/** Folders that programs write to, or that are mounted. */
const UNLIKELY = /^\/(?:proc|sys|dev|tmp|run(?!\/secrets\/)|var\/(?:tmp|log|cache|lib))(?:\/|$)/;

/**
 * The files in the container's own layer (`GET /containers/{id}/changes`) that Compose may have put there: `configs`
 * with inline content, and `secrets` from the environment. No label shows them. The shallowest paths come first, as
 * configuration tends to be there.
 *
 * `mounts` is `Mounts` of the inspection. Paths below a mount are left out: the layer has only the mount point there,
 * and a stat would show the mounted file.
 */
export function candidatesAmong(changes: unknown, mounts?: unknown): readonly string[] {
  const all = objects(changes)
    .map(({ Path, Kind }) => ({ path: asString(Path) ?? '', kind: Kind }))
    .filter(({ path }) => path.length <= LONGEST_PATH);
  const foldersInUse = new Set(all.flatMap(({ path }) => foldersOf(path)));
  const mounted = new Set(objects(mounts).map(({ Destination }) => placeOf(Destination)));
  return all
    .filter(({ path, kind }) => path.startsWith('/') && (kind === ADDED || kind === MODIFIED))
    .map(({ path }) => path)
    .filter((path) => !foldersInUse.has(path) && !UNLIKELY.test(path))
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
 * Whether the file was put there before the container ran, judged by its decoded `X-Docker-Container-Path-Stat`.
 * Compose makes such files read-only (its secrets.go), and copies them by a tar made between creation and start. A tar
 * has whole seconds, and Go's archive/tar rounds to the nearest, so the time can lie before the creation or after the
 * start. A file that a program writes has a fraction. It can be older than the start, as the engine sets `StartedAt`
 * some milliseconds after the program has begun.
 */
export function isInjected(
  stat: unknown,
  { createdMs, startedMs }: { readonly createdMs: number; readonly startedMs: number },
): boolean {
  const file = asObject(stat);
  const mode = asNumber(file?.['mode']);
  const modifiedMs = engineTimeMs(asString(file?.['mtime']) ?? '');
  if (mode === undefined || modifiedMs === undefined) return false;
  // Bitwise results are signed 32-bit numbers in JavaScript, so compare them only with zero.
  const isReadOnlyFile = (mode & MODE_TYPE) === 0 && (mode & MODE_WRITABLE) === 0;
  const isFromTar = modifiedMs % SECOND_MS === 0;
  return (
    isReadOnlyFile &&
    isFromTar &&
    modifiedMs >= createdMs - SECOND_MS &&
    modifiedMs <= startedMs + SECOND_MS / 2
  );
}
