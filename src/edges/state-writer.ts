import {
  EMPTY,
  type Observable,
  type SchedulerLike,
  Subject,
  defer,
  ignoreElements,
  take,
  takeUntil,
  timer,
} from 'rxjs';
import { type Persisted, NOTHING_PERSISTED, persistedOf, persistedSources } from '../model/persisted.ts';
import type { Everything } from '../model/state.ts';
import type { Edge } from './edge.ts';
import { replaceFile } from './replace-file.ts';
import { type StateFile, encode } from './state-file.ts';
import type { Trouble } from './trouble.ts';

export interface StateWriterDeps {
  readonly scheduler: SchedulerLike;
  readonly trouble: Trouble;
  /** Replaced in tests. */
  readonly replace?: typeof replaceFile;
}

export interface StateWriter {
  /** Begins to write it to disk. Never throws, and never waits. */
  readonly save: (memory: Persisted) => void;
  /**
   * Completes when the latest saved state is on disk, when writing has failed, or after two seconds at the latest.
   */
  readonly commit: () => Observable<never>;
}

/** A disk that takes longer counts as unwritable. */
export const STATE_PATIENCE_MS = 2_000;

/** How long after a failed write the next attempt is made if the state has not changed. */
export const STATE_RETRY_MS = 60_000;

/** One write is under way at a time. When it ends, only the latest state is written next. */
export function createStateWriter(opened: StateFile, deps: StateWriterDeps): StateWriter {
  const { scheduler, trouble, replace = replaceFile } = deps;
  const { file } = opened;
  const settled$ = new Subject<void>();
  let latest = opened.memory;
  let wanted = opened.text;
  let written = opened.text;
  let triedAt = 0;
  let isWriting = false;
  let isHanging = false;
  let isFailing = false;

  const isSettled = (): boolean => !isWriting || isHanging;
  const commit = (): Observable<never> =>
    defer(() =>
      isSettled()
        ? EMPTY
        : settled$.pipe(take(1), ignoreElements(), takeUntil(timer(STATE_PATIENCE_MS, scheduler))),
    );
  return { save, commit };

  function save(memory: Persisted): void {
    const isDueAgain = isFailing && scheduler.now() - triedAt >= STATE_RETRY_MS;
    if (file === '' || (memory === latest && !isDueAgain)) return;
    latest = memory;
    wanted = encode(memory);
    if (!isWriting) void write();
  }

  async function write(): Promise<void> {
    isWriting = true;
    while (wanted !== undefined && wanted !== written) {
      const text: string = wanted;
      const failure = await attempt(text);
      written = failure === undefined ? text : undefined;
      if (failure === undefined) continue;
      fail(failure);
      if (wanted === text) break;
    }
    isWriting = false;
    settled$.next();
    if (wanted === written) recover();
  }

  /** The reason of the failure; undefined if there was none. */
  async function attempt(text: string): Promise<string | undefined> {
    triedAt = scheduler.now();
    const timeout = scheduler.schedule(() => {
      isHanging = true;
      fail(`it has not answered for ${String(STATE_PATIENCE_MS / 1000)} s`);
      settled$.next();
    }, STATE_PATIENCE_MS);
    try {
      await replace(file, text);
      return undefined;
    } catch (error) {
      return (error as Error).message; // node:fs throws nothing else
    } finally {
      isHanging = false;
      timeout.unsubscribe();
    }
  }

  function fail(reason: string): void {
    if (isFailing) return;
    isFailing = true;
    trouble.failed(reason);
  }

  function recover(): void {
    if (!isFailing) return;
    isFailing = false;
    trouble.recovered(0);
  }
}

export function stateEdge({ save }: StateWriter): Edge {
  let sources: readonly unknown[] = [];
  let memory = NOTHING_PERSISTED;
  const latest = (state: Everything): Persisted => {
    const now = persistedSources(state);
    const isSame = now.length === sources.length && now.every((part, index) => part === sources[index]);
    if (!isSame) memory = persistedOf(state);
    sources = now;
    return memory;
  };
  return { name: 'state file', take: ({ state }) => save(latest(state)) };
}
