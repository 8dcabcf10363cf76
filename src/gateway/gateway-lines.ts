import type { ContainerFacts, Event } from '../../streams/events.ts';
import type { Target } from '../model/act.ts';
import { type DownCause, downCause, isEndedByItself } from '../model/down-cause.ts';
import { whyGatewayExcluded } from '../model/excluded.ts';
import { exitOf } from '../model/exits.ts';
import { ambiguous, gatewayCandidates } from '../model/find-gateway.ts';
import type { Notice, NoticeOf } from '../notices/notice.ts';
import { gatewayTarget, isBeingRestarted, isSameRun } from '../model/selectors.ts';
import { COMES_BACK_MS, type Gateway, type GatewayIn } from '../model/gateway.ts';
import type { State } from '../model/state.ts';
import { startDueAt } from '../recovery/crashed-gateway.ts';

/** What there is to say when the gateway has changed. */
export function sayChange(was: State, after: State, event: Event): readonly Notice[] {
  const { gateway: before } = was;
  const { gateway: now, recovery } = after;
  if (now.value === 'absent') return [absence(after, before)];
  if (now.value === 'unseen') return [];
  const which = sayWhich(gatewayTarget(before), now, after);
  if (isBeingRestarted(after)) return which;
  if (recovery.value === 'awaitingReady' && now.value === 'starting') return which;
  return [...which, ...sayState(before, now, { event, was, after })];
}

/** A gateway that was renamed is still watched, unless another container has taken its name. */
function sayWhich(before: Target | undefined, now: Target, { settings }: State): readonly Notice[] {
  if (before?.name === now.name) return [];
  if (before?.id !== now.id || now.name === settings.gateway)
    return [{ kind: 'gatewayFound', name: now.name }];
  return [{ kind: 'gatewayRenamed', was: before.name, name: now.name }];
}

function sayState(
  before: Gateway,
  now: Exclude<Gateway, { value: 'unseen' | 'absent' }>,
  saying: Saying,
): readonly Notice[] {
  if (now.value === 'down') return sayDown(before, now, saying);
  if (now.value === before.value && now.value !== 'starting') return [];
  switch (now.value) {
    case 'paused':
      return [{ kind: 'gatewayPaused', name: now.name }];
    case 'ready':
    case 'starting':
      if (before.value === 'paused' && isSameRun(before, now))
        return [{ kind: 'gatewayResumed', name: now.name }];
      return isNewStart(before, now) && now.start.unreadyRuns < 2
        ? [{ kind: 'gatewayStarted', name: now.name }]
        : [];
  }
}

interface Saying {
  readonly event: Event;
  readonly was: State;
  readonly after: State;
}

/**
 * Says each time that the gateway goes down, and why. While it keeps ending before it is ready, that is said once. If it
 * turns out to be down for another reason, that is said too, because then it may stay down.
 */
function sayDown(before: Gateway, now: Down, { event, was, after }: Saying): readonly Notice[] {
  const cause = downCause(after);
  const known = before.value === 'down' && before.run === now.run ? downCause(was) : undefined;
  if (cause === undefined || known === cause || cause === 'created') return [];
  // The engine went away meanwhile and may have stopped it too: it stays down either way.
  if (known === 'operator' && cause === 'found') return [];
  const isToStay = cause === 'operator' || cause === 'found' || cause === 'givenUp';
  if (known === undefined && now.unreadyRuns > 1 && !isToStay)
    return now.unreadyRuns === 2
      ? [{ kind: 'gatewayLooping', name: now.name, exits: now.unreadyRuns + 1 }]
      : [];
  if (known !== undefined && !isToStay && !isCrashWorthSaying({ known, cause }, event, after)) return [];
  // A recovery starts it again and again, and says itself how that goes.
  if (cause === 'givenUp' && after.recovery.value !== 'none') return [];
  return [describeDown(now, cause, after)];
}

interface Change {
  readonly known: DownCause;
  readonly cause: DownCause;
}

/** Not if the gateway is started soon, because that is said then; but always if we have just said that it stays down. */
const isCrashWorthSaying = ({ known, cause }: Change, event: Event, after: State): boolean =>
  cause === 'crash' &&
  after.recovery.value === 'none' &&
  (known === 'operator' || known === 'found' || (startDueAt(after) ?? Infinity) > event.at + COMES_BACK_MS);

/** When the monitor will start the gateway if it does not come back, or why the monitor leaves it alone. */
function planFor(cause: DownCause, since: number, state: State): Partial<NoticeOf<'gatewayDown'>> {
  const { backoff } = state;
  if (!isEndedByItself(cause)) return {};
  const exclusion = whyGatewayExcluded(state);
  if (exclusion !== undefined) return { exclusion };
  const waitMs = backoff.notBefore - since;
  return waitMs > COMES_BACK_MS
    ? { startInMs: waitMs, attempt: backoff.attempts + 1 }
    : { startInMs: COMES_BACK_MS };
}

type Down = GatewayIn<'down'>;

function describeDown(
  { id, name, since, unreadyRuns }: Down,
  cause: DownCause,
  state: State,
): NoticeOf<'gatewayDown'> {
  const facts = state.shared.containers.byId[id];
  const isGivenUp = cause === 'givenUp';
  const exit = facts && exitOf(state.shared, facts);
  const isExitKnown = exit !== undefined && exit.by !== 'engine';
  const isCutShort = cause === 'crash' && exit?.by === 'monitor';
  return {
    kind: 'gatewayDown',
    name,
    cause,
    exitCode: (isExitKnown && cause !== 'found') || isGivenUp ? facts?.details?.exitCode : undefined,
    isAgain: unreadyRuns > 0 && !isGivenUp,
    ...(isGivenUp && facts?.details && { restarts: facts.details.restartCount }),
    ...(cause === 'found' && isUnstarted(facts) && { startError: facts.details?.error ?? '' }),
    ...(isCutShort && { isCutShort }),
    ...planFor(cause, since, state),
  };
}

/** It has never run, or it could not be started: then the engine has kept the error. */
const isUnstarted = (facts: ContainerFacts | undefined): facts is ContainerFacts =>
  facts?.runState === 'created' || (facts?.details?.error ?? '') !== '';

/** A gateway that is running when we first see it need not have just started. */
const isNewStart = (before: Gateway, now: Running): boolean =>
  before.value !== 'unseen' && before.value !== 'absent' && !isSameRun(before, now);

type Running = GatewayIn<'starting' | 'ready'>;

/** If the gateway was there until now, its name is right, and the user needs no advice. */
function absence({ settings, shared: { containers } }: State, before: Gateway): Notice {
  const known = gatewayTarget(before);
  if (known !== undefined) return { kind: 'gatewayGone', name: known.name };
  const name = settings.gateway;
  const several = ambiguous(containers, name);
  return several.length > 0
    ? { kind: 'gatewayAmbiguous', name, candidates: several }
    : { kind: 'gatewayNotFound', name, candidates: gatewayCandidates(containers, name) };
}
