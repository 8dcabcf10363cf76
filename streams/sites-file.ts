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
/** Some file systems report no changes: network shares, and some desktop mounts. */
const LOOK_INTERVAL_MS = 10_000;

export interface SitesFileSource {
  readonly path: string;
  /** What the file held when the monitor read it at its start. */
  readonly initialText: SitesFileText;
  readonly inlineSites: string;
  readonly timeoutSeconds: number;
  readonly gateways: readonly string[];
  /** Replaced in tests. */
  readonly read?: (path: string) => ObservableInput<SitesFileText>;
}

/**
 * Emits the sites each time the content of the file has changed, even if the file itself was replaced. One look is
 * under way at a time: a disk that hangs delays nothing else, and the next look sees what changed during this one.
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

/** A file that was there and is gone differs from one that was never there: the defaults are not used. */
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

/**
 * Emits when something in the file's folder changes. The folder is watched because the watch on a file ends when it
 * is replaced.
 */
const folderChange$ = (path: string): Observable<void> =>
  new Observable<void>((subscriber) => {
    try {
      const watcher = watch(dirname(path), { persistent: false }, (_, file) => {
        if (file === null || file === basename(path)) subscriber.next();
      });
      // If the folder is removed, the watch ends, and the regular look remains.
      watcher.on('error', () => watcher.close());
      return () => watcher.close();
    } catch {
      // If there is no folder, or no watch is left, the regular look remains.
      return undefined;
    }
  });
