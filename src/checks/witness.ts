import type { SharedConcern } from '../model/concern.ts';
import type { Event } from '../../streams/events.ts';
import { finishedCheck } from './finished-check.ts';
import type { Everything } from '../model/state.ts';
import type { Notice } from '../notices/notice.ts';
import { type Transition, to } from '../model/transition.ts';
import { viewsOf } from '../model/watches.ts';
import { type Witness, isLineDown } from '../model/witness.ts';

const CALM_PACE_MS = 60_000;
/** The line may go down during an outage too, so a recovery must not rest on an older answer. */
const OUTAGE_PACE_MS = 5_000;
/** While the line is down: the sites are checked as soon as it is back. */
const SILENT_PACE_MS = 1_000;

type Probed = Extract<Event, { type: 'witnessProbed' }>;
type Configured = Exclude<Witness, { value: 'none' }>;

/** Concludes from the witness's answers and silence whether the line is up. */
export const witness: SharedConcern<'facts'> = { stage: 'facts', reduce };

function reduce(state: Everything, event: Event): Transition<Everything> {
  const { witness: known } = state;
  if (event.type !== 'witnessProbed' || known.value === 'none' || known.awaited !== event.requestId)
    return to(state);
  return event.answers ? answered(state, known, event) : failed(state, known, event);
}

const withWitness = (state: Everything, changed: Witness): Everything => ({ ...state, witness: changed });

function answered(state: Everything, known: Configured, { at }: Probed): Transition<Everything> {
  const next: Witness = {
    value: 'answering',
    answeredAt: at,
    nextProbeAt: at + (isOutage(state) ? OUTAGE_PACE_MS : CALM_PACE_MS),
    awaited: undefined,
  };
  const isBack = known.value === 'silent' && isLineDown(known);
  const notices: readonly Notice[] = [
    ...(isBack ? [{ kind: 'lineUp' as const, lastedMs: at - known.since }] : []),
    ...(known.value === 'ignored' ? [{ kind: 'witnessHeeded' as const }] : []),
  ];
  return to(withWitness(state, next), { notices });
}

/** One miss may be a lost packet: no recovery begins on it, but only a second one is reported. */
function failed(
  state: Everything,
  known: Configured,
  { at, requestId, reason = 'no answer' }: Probed,
): Transition<Everything> {
  const probing = { nextProbeAt: at + SILENT_PACE_MS, awaited: undefined };
  switch (known.value) {
    case 'untried':
      return ignore(state, at, { reason });
    case 'ignored':
      return to(withWitness(state, { ...known, nextProbeAt: at + CALM_PACE_MS, awaited: undefined }));
    case 'answering':
      return to(
        withWitness(state, {
          value: 'silent',
          since: at,
          misses: 1,
          reason,
          doubtedFrom: undefined,
          ...probing,
        }),
      );
    case 'silent':
      if (known.doubtedFrom !== undefined && requestId >= known.doubtedFrom) return ignore(state, at, {});
      return to(withWitness(state, { ...known, misses: known.misses + 1, ...probing }), {
        notices: isLineDown(known) ? [] : [{ kind: 'lineDown', reason }],
      });
  }
}

const ignore = (state: Everything, at: number, why: { readonly reason?: string }): Transition<Everything> =>
  to(withWitness(state, { value: 'ignored', nextProbeAt: at + CALM_PACE_MS, awaited: undefined }), {
    notices: [{ kind: 'witnessIgnored', ...why }],
  });

/**
 * Probes the witness: rarely while all is well, at the first sign of an outage, and often during one. Runs after the
 * gateways' concerns.
 */
export const witnessSchedule: SharedConcern<'schedule'> = {
  stage: 'schedule',
  reduce: ask,
  dueAt: (state) => [witnessDueAt(state)],
};

function ask(state: Everything, event: Event, before: Everything): Transition<Everything> {
  const { witness: known } = state;
  if (known.value === 'none') return to(state);
  const current = withDoubt(known, state.nextId, hasCheckPassed(event, before));
  const isDue = known.nextProbeAt <= event.at || beginsOutage(state, before);
  if (!isDue || known.awaited !== undefined || state.isShuttingDown)
    return to(current === known ? state : withWitness(state, current));
  const requestId = state.nextId;
  return to(
    {
      ...withWitness(state, { ...current, awaited: requestId }),
      nextId: requestId + 1,
    },
    { requests: [{ kind: 'probeWitness', requestId }] },
  );
}

const withDoubt = (known: Configured, nextId: number, passed: boolean): Configured =>
  passed && known.value === 'silent' && known.doubtedFrom === undefined
    ? { ...known, doubtedFrom: nextId }
    : known;

const isOutage = ({ watches }: Everything): boolean =>
  watches.some(({ outageSince }) => outageSince !== undefined);

const hasCheckPassed = (event: Event, before: Everything): boolean =>
  viewsOf(before).some((view) => finishedCheck(event, view)?.passing === true);

const beginsOutage = (state: Everything, before: Everything): boolean =>
  state.watches.some(
    ({ outageSince }, index) => outageSince !== undefined && before.watches[index]?.outageSince === undefined,
  );

const witnessDueAt = ({ witness: known, isShuttingDown }: Everything): number | undefined =>
  known.value === 'none' || known.awaited !== undefined || isShuttingDown ? undefined : known.nextProbeAt;
