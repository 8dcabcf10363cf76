import type { ContainerFacts, Event } from '../../streams/events.ts';
import type { Target } from '../model/act.ts';
import { type DownCause, downCause, isEndedByItself } from '../model/down-cause.ts';
import { whyGatewayExcluded } from '../model/excluded.ts';
import { exitOf } from '../model/exits.ts';
import { ambiguous, gatewayCandidates } from '../model/find-gateway.ts';
import type { Notice, NoticeOf } from '../notices/notice.ts';
import { gatewayTarget, isBeingRestarted, isSameRun } from '../model/selectors.ts';
import type { Gateway, State } from '../model/state.ts';
import { COMES_BACK_MS, startDueAt } from '../recovery/crashed-gateway.ts';

/** What is said of a change in the gateway's life. */
export function sayChange(was: State, after: State, event: Event): readonly Notice[] {
  const { gateway: before } = was;
  const { gateway: now, recovery } = after;
  if (now.value === 'absent') return [absence(after, before)];
  if (now.value === 'unseen') return [];
  const found = sayWhich(gatewayTarget(before), now, after);
  if (isBeingRestarted(after)) return found;
  if (recovery.value === 'awaitingReady' && now.value === 'starting') return found;
  return [...found, ...sayStep(before, now, { event, was, after })];
}

/** One that was given another name is followed as long as nobody else has taken its own. */
function sayWhich(before: Target | undefined, now: Target, { settings }: State): readonly Notice[] {
  if (before?.name === now.name) return [];
  if (before?.id !== now.id || now.name === settings.gateway)
    return [{ kind: 'gatewayFound', name: now.name }];
  return [{ kind: 'gatewayRenamed', was: before.name, name: now.name }];
}

function sayStep(
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
 * Each time that it goes down, except while it ends again and again before it is ready. It is said again if it turns out
 * to be down for another reason, because it may stay down then.
 */
function sayDown(before: Gateway, now: Down, { event, was, after }: Saying): readonly Notice[] {
  const cause = downCause(after);
  const known = before.value === 'down' && before.run === now.run ? downCause(was) : undefined;
  if (cause === undefined || known === cause || cause === 'created') return [];
  // An engine that went away meanwhile may have stopped it: it stays down either way.
  if (known === 'operator' && cause === 'found') return [];
  const isToStay = cause === 'operator' || cause === 'found' || cause === 'givenUp';
  if (known === undefined && now.unreadyRuns > 1 && !isToStay)
    return now.unreadyRuns === 2
      ? [{ kind: 'gatewayLooping', name: now.name, exits: now.unreadyRuns + 1 }]
      : [];
  if (known !== undefined && !isToStay && !isNewsOfACrash({ known, cause }, event, after)) return [];
  // Within a recovery it is started again and again: that is told of the first time, and by how the recovery goes.
  if (cause === 'givenUp' && after.recovery.value !== 'none') return [];
  return [describeDown(now, cause, after)];
}

interface Change {
  readonly known: DownCause;
  readonly cause: DownCause;
}

/** If it is started before long, that is said then; unless it was just said to stay down. */
const isNewsOfACrash = ({ known, cause }: Change, event: Event, after: State): boolean =>
  cause === 'crash' &&
  after.recovery.value === 'none' &&
  (known === 'operator' || known === 'found' || (startDueAt(after) ?? Infinity) > event.at + COMES_BACK_MS);

/** When it is started unless it comes back, or why it is not. */
function outlook(cause: DownCause, since: number, state: State): Partial<NoticeOf<'gatewayDown'>> {
  const { backoff } = state;
  if (!isEndedByItself(cause)) return {};
  const exclusion = whyGatewayExcluded(state);
  if (exclusion !== undefined) return { exclusion };
  const waitMs = backoff.notBefore - since;
  return waitMs > COMES_BACK_MS
    ? { startInMs: waitMs, attempt: backoff.attempts + 1 }
    : { startInMs: COMES_BACK_MS };
}

type Down = Extract<Gateway, { value: 'down' }>;

function describeDown(
  { id, name, since, unreadyRuns }: Down,
  cause: DownCause,
  state: State,
): NoticeOf<'gatewayDown'> {
  const facts = state.containers.byId[id];
  const isGivenUp = cause === 'givenUp';
  const exit = facts && exitOf(state, facts);
  const isHeard = exit !== undefined && exit.by !== 'engine';
  const isCutShort = cause === 'crash' && exit?.by === 'monitor';
  return {
    kind: 'gatewayDown',
    name,
    cause,
    exitCode: (isHeard && cause !== 'found') || isGivenUp ? facts?.details?.exitCode : undefined,
    isAgain: unreadyRuns > 0 && !isGivenUp,
    ...(isGivenUp && facts?.details && { restarts: facts.details.restartCount }),
    ...(cause === 'found' && isUnstarted(facts) && { startError: facts.details?.error ?? '' }),
    ...(isCutShort && { isCutShort }),
    ...outlook(cause, since, state),
  };
}

/** It has never run, or could not be started again, which leaves the reason. */
const isUnstarted = (facts: ContainerFacts | undefined): facts is ContainerFacts =>
  facts?.runState === 'created' || (facts?.details?.error ?? '') !== '';

/** Not at first sight: a gateway found running has not just started. */
const isNewStart = (before: Gateway, now: Running): boolean =>
  before.value !== 'unseen' && before.value !== 'absent' && !isSameRun(before, now);

type Running = Extract<Gateway, { value: 'starting' | 'ready' }>;

/** One that was there until now needs no advice on its name. */
function absence({ settings, containers }: State, before: Gateway): Notice {
  const known = gatewayTarget(before);
  if (known !== undefined) return { kind: 'gatewayGone', name: known.name };
  const name = settings.gateway;
  const several = ambiguous(containers, name);
  return several.length > 0
    ? { kind: 'gatewayAmbiguous', name, candidates: several }
    : { kind: 'gatewayNotFound', name, candidates: gatewayCandidates(containers, name) };
}
