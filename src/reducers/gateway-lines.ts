import type { ContainerFacts, Event } from '../../streams/events.ts';
import type { Target } from '../commands.ts';
import { isLeftHalfRestarted } from '../attachment.ts';
import { whyGatewayExcluded } from '../excluded.ts';
import { ambiguous, gatewayCandidates } from '../find-gateway.ts';
import type { Line } from '../log-line.ts';
import { gatewayTarget, isBeingRestarted, isEndedByItself, runningStart } from '../selectors.ts';
import type { Gateway, State } from '../state.ts';
import { duration, info, warn } from '../transition.ts';
import { COMES_BACK_MS, startDueAt } from './left-behind.ts';

/** What is said of a change in the gateway's life. */
export function sayChange({ gateway: before }: State, after: State, event: Event): readonly Line[] {
  const { gateway: now, recovery } = after;
  if (now.value === 'absent') return [warn(absence(after, before))];
  if (now.value === 'unseen') return [];
  const found = sayWhich(gatewayTarget(before), now, after);
  if (isBeingRestarted(after)) return found;
  if (recovery.value === 'awaitingReady' && now.value === 'starting') return found;
  return [...found, ...sayStep(before, now, { event, after })];
}

/** One that was given another name is followed as long as nobody else has taken its own. */
function sayWhich(before: Target | undefined, now: Target, { settings }: State): readonly Line[] {
  if (before?.name === now.name) return [];
  if (before?.id !== now.id || now.name === settings.gateway)
    return [info(`Monitoring container: ${now.name}`)];
  return [
    warn(
      `${before.name} is called ${now.name} now; it is still watched. Set GLUETUN_CONTAINER to its new name`,
    ),
  ];
}

function sayStep(
  before: Gateway,
  now: Exclude<Gateway, { value: 'unseen' | 'absent' }>,
  { event, after }: { readonly event: Event; readonly after: State },
): readonly Line[] {
  if (now.value === 'down') return sayDown(before, now, { event, after });
  if (now.value === before.value && now.value !== 'starting') return [];
  switch (now.value) {
    case 'paused':
      return [warn(`${now.name} is paused; standing by until it is resumed`)];
    case 'ready':
    case 'starting':
      if (before.value === 'paused' && before.start.seenAt === now.start.seenAt)
        return [info(`${now.name} is resumed`)];
      return isNewStart(before, now) && now.start.rounds < 2
        ? [info(`${now.name} started; waiting until it is ready`)]
        : [];
  }
}

interface Saying {
  readonly event: Event;
  readonly after: State;
}

/**
 * Each time that it goes down, but for the rounds of a loop; and where it turns out that it is down for another reason
 * than was said, for it may stay so.
 */
function sayDown(before: Gateway, now: Down, { event, after }: Saying): readonly Line[] {
  const known = before.value === 'down' ? before : undefined;
  if (known?.cause === now.cause || now.cause === 'created') return [];
  const isToStay = now.cause === 'operator' || now.cause === 'found' || now.cause === 'givenUp';
  if (known === undefined && now.rounds > 1 && !isToStay) return now.rounds === 2 ? [warn(loop(now))] : [];
  if (known !== undefined && !isToStay && !isNewsOfACrash(now, { event, after })) return [];
  // Within a recovery it is started again and again: that is told of the first time, and by how the recovery goes.
  if (now.cause === 'givenUp' && after.recovery.value !== 'none') return [];
  return [warn(describeDown(now, event, after))];
}

/** Where it is started before long, that is said then. */
const isNewsOfACrash = (now: Down, { event, after }: Saying): boolean =>
  now.cause === 'crash' &&
  after.recovery.value === 'none' &&
  (startDueAt(after) ?? Infinity) > event.at + COMES_BACK_MS;

const loop = ({ name, rounds }: Down): string =>
  `${name} keeps restarting: it has ended ${String(rounds + 1)} times before it was ready; its starts and ends are not told until it is`;

/** What is done about it, or what is waited for. */
function outlook({ cause, since }: Down, state: State): string {
  const { backoff } = state;
  if (cause === 'ourRestart') return 'it is started if it does not come back';
  if (!isEndedByItself(cause)) return 'standing by until it starts';
  const excluded = whyGatewayExcluded(state);
  if (excluded !== undefined) return `it ${excluded}: standing by until it starts`;
  const waitMs = backoff.notBefore - since;
  return waitMs > COMES_BACK_MS
    ? `unless it comes back it is started in ${duration(waitMs)} (backoff, attempt ${String(backoff.attempts + 1)})`
    : `it is started unless it comes back within ${duration(COMES_BACK_MS)}`;
}

type Down = Extract<Gateway, { value: 'down' }>;

function describeDown(down: Down, event: Event, state: State): string {
  const { name, cause, rounds } = down;
  const code =
    event.type === 'containerDied' && event.exitCode !== undefined
      ? ` (exit code ${String(event.exitCode)})`
      : '';
  const facts = state.containers.byId[down.id];
  const how = {
    operator: 'was stopped',
    crash: 'died',
    restarting: 'is being restarted by its restart policy',
    givenUp: `has failed, and its restart policy has given up${retriesOf(facts)}`,
    ourRestart: 'is not running',
    created: 'is not running',
    found: isUnstarted(facts) ? notStarted(facts) : 'is not running',
  };
  const again = rounds > 0 && cause !== 'givenUp' ? ', again before it was ready' : '';
  if (cause === 'crash' && facts !== undefined && isLeftHalfRestarted(state, facts))
    return `${name} is down since a restart by the monitor was cut short; ${outlook(down, state)}`;
  return `${name} ${how[cause]}${code}${again}; ${outlook(down, state)}`;
}

const retriesOf = (facts: ContainerFacts | undefined): string =>
  facts?.details === undefined
    ? ''
    : ` after ${String(facts.details.restartCount)} restarts (exit code ${String(facts.details.exitCode)})`;

/** It has never run, or could not be started again. */
const isUnstarted = (facts: ContainerFacts | undefined): facts is ContainerFacts =>
  facts?.runState === 'created' || (facts?.details?.error ?? '') !== '';

/** A start that failed leaves its reason. */
const notStarted = ({ details }: ContainerFacts): string =>
  details === undefined || details.error === ''
    ? 'was created, but not started'
    : `could not be started: ${details.error}`;

/** Not at first sight: a gateway found running has not just started. */
const isNewStart = (before: Gateway, { start }: Running): boolean =>
  before.value !== 'unseen' && before.value !== 'absent' && runningStart(before)?.seenAt !== start.seenAt;

type Running = Extract<Gateway, { value: 'starting' | 'ready' }>;

/** One that was there until now needs no advice on its name. */
function absence({ settings, containers }: State, before: Gateway): string {
  const known = gatewayTarget(before);
  if (known !== undefined) return `${known.name} is gone; waiting until there is one again`;

  const several = ambiguous(containers, settings.gateway);
  if (several.length > 0)
    return `Container ${settings.gateway} could be any of ${several.join(', ')}: set GLUETUN_CONTAINER to the name of one; waiting until it is clear`;

  const candidates = gatewayCandidates(containers, settings.gateway);
  const advice =
    candidates.length === 0
      ? ''
      : `; it could be ${candidates.join(', ')}: set GLUETUN_CONTAINER to the right name`;
  return `Container ${settings.gateway} not found${advice}; waiting for it`;
}
