import type { Concern, StageName } from '../../../src/model/concern.ts';
import { type Reducer, to } from '../../../src/model/transition.ts';
import { type Observable, type SchedulerLike, map, timer } from 'rxjs';
import type { Event } from '../../../streams/events.ts';
import { isOnNetworkOf } from '../../../src/model/network.ts';
import type { Everything, State } from '../../../src/model/state.ts';
import type { examineSeed as Examine } from './examine.ts';

/*
 * Nine patches of the monitor, each of which breaks one invariant: they prove that the random histories notice.
 */

interface Patch {
  readonly invariant: number;
  readonly what: string;
  /** The first seed to try: one that notices, if many do not. */
  readonly from?: number;
  /** A module of `src/`, and replacements for some of its exports. */
  readonly module: string;
  readonly exports: (real: Record<string, (...args: never[]) => unknown>) => Record<string, unknown>;
}

const MOST_SEEDS = 80;
const HOURS = 24;

type Anything = Record<string, unknown>;

/** The concern of that name with another reducer. A name that is not exported any more is a fault, not a patch. */
function withReducer<S>(
  named: Record<string, unknown>,
  change: (reduce: Reducer<S>) => Reducer<S>,
): Anything {
  return Object.fromEntries(
    Object.entries(named).map(([name, concern]) => {
      if (concern === undefined) throw new Error(`there is no concern ${name}`);
      const known = concern as Concern<StageName, S>;
      return [name, { ...known, reduce: change(known.reduce) }];
    }),
  );
}

const PATCHES: readonly Patch[] = [
  {
    invariant: 1,
    what: 'an act is reported as finished while it goes on',
    module: 'acts/executor',
    exports: ({ execute }) => ({
      execute: (act: { kind: string; id: number }, executor: { scheduler: SchedulerLike }) => {
        const events$ = (execute as unknown as (...args: unknown[]) => Observable<Event>)(act, executor);
        events$.subscribe({ error: () => undefined });
        const { scheduler } = executor;
        const finished = { type: 'actEnded', ...act, outcome: { ok: true } };
        return timer(50, scheduler).pipe(map(() => ({ ...finished, at: scheduler.now() })));
      },
    }),
  },
  {
    invariant: 2,
    what: 'one failure of a site is enough',
    module: 'checks/quorum',
    exports: ({ criticalSites }) => ({
      sitesDown: (state: { sites: { failures: Record<string, number> } }) =>
        (criticalSites as (state: unknown) => readonly { url: string }[])(state).filter(
          ({ url }) => (state.sites.failures[url] ?? 0) > 0,
        ),
    }),
  },
  {
    invariant: 3,
    what: 'a running gateway counts as ready',
    module: 'gateway/readiness',
    exports: ({ readiness }) =>
      withReducer<State>({ readiness }, () => (state: State, { at }: Event) => {
        const { gateway } = state;
        if (gateway.value !== 'starting') return to(state);
        const start = { ...gateway.start, readyAt: at };
        return to({ ...state, gateway: { ...gateway, value: 'ready', start } });
      }),
  },
  {
    invariant: 4,
    what: 'containers that failed to join are left alone',
    module: 'model/attachment',
    exports: () => ({
      isCutOff: (attachment: string) => ['stale', 'orphaned'].includes(attachment),
    }),
  },
  {
    invariant: 5,
    what: 'there is no wait between two recoveries',
    module: 'recovery/backoff',
    exports: () => ({
      attemptBegun: (backoff: Anything) => backoff,
      attemptEnded: (backoff: Anything) => backoff,
    }),
  },
  {
    invariant: 6,
    what: 'a stopped container is repaired as if it had failed to join',
    module: 'model/attachment',
    exports: ({ attachmentOf }) => ({
      attachmentOf: (...args: never[]) => {
        const attachment = attachmentOf?.(...args);
        return attachment === 'stopped' ? 'failedToJoin' : attachment;
      },
    }),
  },
  {
    invariant: 7,
    what: 'excluded containers and other monitors are dependents like any other',
    module: 'model/dependents-of',
    exports: () => ({
      dependentsOf: (state: State) =>
        Object.values(state.shared.containers.byId).filter(
          (facts) => 'id' in state.gateway && isOnNetworkOf(state.gateway.id, facts, state),
        ),
    }),
  },
  {
    invariant: 8,
    what: 'listings are ignored, only events count',
    from: 90,
    module: 'facts/containers',
    exports: ({ containers }) =>
      withReducer<Everything>(
        { containers },
        (reduce) => (state: Everything, event: Event, before: Everything) =>
          event.type === 'containersListed' && state.containers.isListed
            ? to<Everything>(state)
            : reduce(state, event, before),
      ),
  },
  {
    invariant: 9,
    what: 'the parked name of an orphan does not contain its name',
    module: 'model/parked',
    exports: () => ({ parkedName: (name: string) => `lost-${name}` }),
  },
];

/** The first seed that notices the patch, with the histories played on the patched monitor. */
function firstToNotice({ module, exports, invariant, from = 8 }: Patch): number | undefined {
  let noticedBy: number | undefined;
  jest.isolateModules(() => {
    const path = `../../../src/${module}.ts`;
    jest.doMock(path, () => {
      const real = jest.requireActual<Record<string, never>>(path);
      return { ...real, ...exports(real) };
    });
    const { examineSeed } = jest.requireActual<{ examineSeed: typeof Examine }>('./examine.ts');
    for (let seed = from; noticedBy === undefined && seed < from + MOST_SEEDS; seed += 1)
      if (examineSeed(seed, HOURS, invariant === 8).violations.some((one) => one.invariant === invariant))
        noticedBy = seed;
    jest.dontMock(path);
  });
  return noticedBy;
}

describe('random histories detect a monitor that breaks invariant', () => {
  it.each(PATCHES)(
    '$invariant: $what',
    (patch) => {
      expect(firstToNotice(patch)).toBeDefined();
    },
    600_000,
  );
});
