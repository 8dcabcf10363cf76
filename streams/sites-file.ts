import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import {
  Observable,
  type ObservableInput,
  type SchedulerLike,
  debounceTime,
  distinctUntilChanged,
  exhaustMap,
  interval,
  map,
  merge,
  skip,
  startWith,
} from 'rxjs';
import {
  type ResolvedSites,
  type SitesFileText,
  readSitesFileLater,
  resolveSites,
} from '../config/resolve-sites.ts';
import type { SitesEvent } from './events.ts';

/** An editor replaces a file in several steps. */
const SETTLE_MS = 200;
/** Not every file system tells of changes: network shares and some desktop mounts do not. */
const LOOK_INTERVAL_MS = 10_000;

export interface SitesFileSource {
  readonly path: string;
  /** What the file held when the monitor read it at its start. */
  readonly initialText: SitesFileText;
  readonly inlineSites: string;
  readonly timeoutSeconds: number;
  readonly gateways: readonly string[];
  /** Another disk, for tests. */
  readonly read?: (path: string) => ObservableInput<SitesFileText>;
}

/**
 * The sites, each time the file's content has become another one, also when the file itself was replaced. One look is
 * under way at a time: a disk that hangs holds up nothing, and what changed during a look the next one sees.
 */
export const sitesFile$ = (source: SitesFileSource, scheduler: SchedulerLike): Observable<SitesEvent> =>
  merge(
    folderChange$(source.path).pipe(debounceTime(SETTLE_MS, scheduler)),
    interval(LOOK_INTERVAL_MS, scheduler),
  ).pipe(
    exhaustMap(() => (source.read ?? readSitesFileLater)(source.path)),
    startWith(source.initialText),
    distinctUntilChanged((a, b) => JSON.stringify(a) === JSON.stringify(b)),
    skip(1),
    map((text) => eventOf(resolve(source, text), scheduler.now())),
  );

/** A file that has gone, since the start or since it came, is not one that was never there: no defaults. */
const resolve = (
  { path, inlineSites, timeoutSeconds, gateways }: SitesFileSource,
  text: SitesFileText,
): ResolvedSites =>
  text === undefined
    ? { ok: false, reason: `${path} is gone`, faults: [] }
    : resolveSites({ inline: inlineSites, fileText: text, defaultTimeoutSeconds: timeoutSeconds, gateways });

const eventOf = (resolved: ResolvedSites, at: number): SitesEvent =>
  resolved.ok
    ? { type: 'sitesChanged', at, sites: resolved.sites, faults: resolved.faults }
    : { type: 'sitesUnusable', at, reason: resolved.reason, faults: resolved.faults };

/** Something in the file's folder changed: the folder is watched, for a watched file is lost when it is replaced. */
const folderChange$ = (path: string): Observable<void> =>
  new Observable<void>((subscriber) => {
    try {
      const watcher = watch(dirname(path), { persistent: false }, (_, file) => {
        if (file === null || file === basename(path)) subscriber.next();
      });
      // A folder that is taken away ends the watch; the regular look remains.
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    } catch {
      // No folder, or no watches left: the regular look remains.
      return undefined;
    }
  });
