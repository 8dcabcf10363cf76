import type { GatewayConcern } from '../model/concern.ts';
import { isAmong } from '../../config/container-names.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import { fitting } from '../../streams/fits.ts';
import type { Target } from '../model/act.ts';
import { CUT_OFF, attachmentOf } from '../model/attachment.ts';
import { isYetToStart } from '../model/left-unstarted.ts';
import { dependentsOf, listedAs, monitorsOn, parkedOf, unclaimedIn } from '../model/dependents-of.ts';
import { isExcluded, whyExcluded } from '../model/excluded.ts';
import { waveOf } from '../model/in-flight.ts';
import { nearest } from '../model/nearest.ts';
import type { Notice } from '../notices/notice.ts';
import { gatewayTarget } from '../model/selectors.ts';
import type { Member, State, Unclaimed } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import { comingsAndGoings } from './comings-and-goings.ts';
import { whyNotRecreated } from '../model/why-not-recreated.ts';

/** Derives which containers depend on the gateway and how each is attached, and reports what changes. */
export const dependents: GatewayConcern<'network'> = { stage: 'network', reduce };

function reduce(state: State, event: Event, before: State): Transition {
  const target = gatewayTarget(state.gateway);
  if (target === undefined) return to(state);
  if (!hasChanged(state, before) && !isOfMember(state, event)) return to(state);
  const { members: was } = state.dependents;
  const now = membersOf(state, was ?? {}, event.at);
  const unclaimed = unclaimedIn(state);
  const lifecycle = comingsAndGoings(state, event, before);
  const notices = [
    ...(was === undefined
      ? firstSight(state, now, target)
      : sayChanges(state, lifecycle.notices, { was, now })),
    ...sayAmbiguous(state, before),
    ...sayUnclaimed(unclaimed, state, target),
  ];
  const next = { members: now, unclaimed, ends: lifecycle.ends };
  return to(isSame(state.dependents, next) ? state : { ...state, dependents: next }, { notices });
}

/** Whether anything changed that an attachment depends on. */
const hasChanged = (state: State, before: State): boolean =>
  state.shared.containers.byId !== before.shared.containers.byId ||
  state.gateway !== before.gateway ||
  state.shared.exits !== before.shared.exits;

const isOfMember = ({ dependents: { members } }: State, event: Event): boolean =>
  'engineTimeMs' in event && members?.[event.id] !== undefined;

type Members = Readonly<Record<string, Member>>;

const membersOf = (state: State, was: Members, at: number): Members =>
  Object.fromEntries(
    dependentsOf(state).map((facts): [string, Member] => {
      const known = was[facts.id];
      const seen = attachmentOf(state, facts);
      const attachment = seen === 'unknown' ? (known?.attachment ?? seen) : seen;
      const since = attachment === known?.attachment ? known.since : at;
      return [facts.id, { name: facts.name, attachment, since }];
    }),
  );

const isSame = (a: State['dependents'], b: State['dependents']): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function firstSight(state: State, now: Members, gateway: Target): readonly Notice[] {
  const all = Object.values(now);
  const names = all.map(({ name }) => name);
  const isAuto = state.settings.dependents === 'auto';
  const beingMade = parkedOf(state).map(({ name }) => name);
  const stopped = all
    .filter(({ attachment, name }) => attachment === 'stopped' && !beingMade.includes(name))
    .map(({ name }) => name);
  return [
    { kind: 'dependentsFound', isAuto, names },
    ...sayMissing(state),
    ...sayMonitors(state, gateway),
    ...(stopped.length === 0 ? [] : [{ kind: 'dependentsNotRunning' as const, names: stopped }]),
    ...sayAttachments(state, {}, now),
  ];
}

function sayChanges(
  state: State,
  steps: readonly Notice[],
  { was, now }: { readonly was: Members; readonly now: Members },
): readonly Notice[] {
  return [...sayMembership(state, was, now), ...steps, ...sayAttachments(state, was, now)];
}

/**
 * Usually many change at once, so there is one notice for each kind. What our own act causes is reported by the act.
 */
function sayAttachments(state: State, was: Members, now: Members): readonly Notice[] {
  const isInRecovery = state.recovery.value !== 'none';
  const inWave = waveOf(state)?.dependents.map(({ id }) => id) ?? [];
  const news = Object.entries(now).filter(
    ([id, { attachment }]) => was[id]?.attachment !== attachment && !inWave.includes(id),
  );
  const cutOff = CUT_OFF.flatMap((attachment): Notice[] => {
    const names = news
      .filter(([id, own]) => own.attachment === attachment && !isYetToStart(state.shared.containers.byId[id]))
      .map(([, { name }]) => name);
    return names.length === 0 ? [] : [{ kind: 'dependentsCutOff', attachment, names, isInRecovery }];
  });
  const orphans = news.filter(([, { attachment }]) => attachment === 'orphaned').map(([, { name }]) => name);
  const because = orphans.length === 0 ? undefined : whyNotRecreated(state);
  return [
    ...cutOff,
    ...sayUnreportedEnds(state, was, news),
    ...(because === undefined ? [] : [{ kind: 'orphansNotRecreated' as const, names: orphans, because }]),
  ];
}

/** If no message reported an end, only an inspection shows it. The dependent may stay down. */
function sayUnreportedEnds(
  {
    shared: {
      containers: { byId },
      exits,
    },
  }: State,
  was: Members,
  news: readonly (readonly [id: string, Member])[],
): readonly Notice[] {
  const isUnreported = (id: string): boolean =>
    id in was && exits[id] === undefined && byId[id]?.runState !== 'created';
  return news
    .filter(([id, { attachment }]) => attachment === 'stopped' && isUnreported(id))
    .map(([, { name }]) => ({ kind: 'dependentStopped', name }));
}

function sayUnclaimed(
  now: Readonly<Record<string, Unclaimed>>,
  { dependents }: State,
  { name }: Target,
): readonly Notice[] {
  const news = Object.entries(now).flatMap(([id, one]) => (id in dependents.unclaimed ? [] : [one]));
  const lost = news.filter(({ formerGateway }) => formerGateway === undefined).map((one) => one.name);
  return [
    ...(lost.length === 0 ? [] : [{ kind: 'orphansUnclaimed' as const, names: lost, gatewayName: name }]),
    ...news.flatMap(({ name: orphan, formerGateway }): Notice[] =>
      formerGateway === undefined
        ? []
        : [{ kind: 'orphanOfFormerGateway', name: orphan, formerGateway, gatewayName: name }],
    ),
  ];
}

/** Entries that `EXCLUDE_CONTAINERS` contains too were reported at the start. */
function sayMissing(state: State): readonly Notice[] {
  const { dependents: listed, exclude } = state.settings;
  if (listed === 'auto') return [];
  const all = Object.values(state.shared.containers.byId);
  const unfit = listed.filter((word) => listedAs(word, state).length === 0);
  const excluded = unfit.filter((word) => fitting(word, all).some((facts) => isExcluded(facts, exclude)));
  const missing = unfit.filter((word) => !excluded.includes(word) && !isAmong(exclude, word));
  return [
    ...excluded
      .filter((word) => !isAmong(exclude, word))
      .flatMap((word) => fitting(word, all))
      .flatMap((facts): Notice[] => {
        const exclusion = whyExcluded(facts, exclude);
        return exclusion === undefined
          ? []
          : [{ kind: 'dependentListExcluded', name: facts.name, exclusion }];
      }),
    ...(missing.length === 0
      ? []
      : [
          {
            kind: 'dependentListUnfit' as const,
            unfit: missing.map((word) => ({ entry: word, nearest: nearest(word, all) })),
          },
        ]),
  ];
}

/** Entries that could now mean more than one container, and could not before. */
function sayAmbiguous(state: State, before: State): readonly Notice[] {
  const { dependents: listed } = state.settings;
  if (listed === 'auto') return [];
  const isSeveral = (word: string, of: State): boolean => listedAs(word, of).length > 1;
  return listed
    .filter((word) => isSeveral(word, state))
    .filter((word) => state.dependents.members === undefined || !isSeveral(word, before))
    .map((word) => ({
      kind: 'dependentListAmbiguous',
      entry: word,
      candidates: namesOf(listedAs(word, state)),
    }));
}

const namesOf = (all: readonly ContainerFacts[]): readonly string[] => all.map(({ name }) => name).sort();

/** Nothing shows which monitor we are: a container on the gateway's network has the gateway's hostname. */
const sayMonitors = (state: State, gateway: Target): readonly Notice[] =>
  monitorsOn(gateway.id, state).map((name) => ({
    kind: 'otherMonitorOnGatewayNetwork',
    name,
    gatewayName: gateway.name,
  }));

/** A re-created dependent is the same one to its owner. The act's progress reports it. */
function sayMembership(state: State, before: Members, now: Members): readonly Notice[] {
  const inWave = waveOf(state)?.dependents.map(({ name }) => name) ?? [];
  const missingIn = (others: Members, some: Members): readonly Member[] =>
    Object.entries(some)
      .filter(([id, { name }]) => !(id in others) && !inWave.includes(name))
      .map(([, member]) => member);
  const renamed = Object.entries(now).flatMap(([id, { name }]): Notice[] => {
    const was = before[id]?.name ?? name;
    return was === name ? [] : [{ kind: 'dependentRenamed', was, name }];
  });
  return [
    ...missingIn(now, before).map(({ name }): Notice => ({ kind: 'dependentRemoved', name })),
    ...renamed,
    ...missingIn(before, now).map(({ name }): Notice => ({ kind: 'dependentAdded', name })),
  ];
}
