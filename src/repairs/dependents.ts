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

/** Who hangs on the gateway, and how: both are derived; here is said what becomes of it, from the live message. */
export const dependents: GatewayConcern<'network'> = { stage: 'network', reduce };

function reduce(state: State, event: Event, before: State): Transition {
  const target = gatewayTarget(state.gateway);
  if (target === undefined) return to(state);
  if (!hasChanged(state, before) && !isOfMember(state, event)) return to(state);
  const { members: was } = state.dependents;
  const now = membersOf(state, was ?? {}, event.at);
  const unclaimed = unclaimedIn(state);
  const heard = comingsAndGoings(state, event, before);
  const notices = [
    ...(was === undefined ? firstSight(state, now, target) : sayChanges(state, heard.notices, { was, now })),
    ...sayAmbiguous(state, before),
    ...sayUnclaimed(unclaimed, state, target),
  ];
  const next = { members: now, unclaimed, ends: heard.ends };
  return to(isSame(state.dependents, next) ? state : { ...state, dependents: next }, { notices });
}

/** Of all that an attachment follows from. */
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

/** Many at once, as a rule: a notice for each kind. What our own act brings about is said by the act. */
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
  const isLeftToOwner = orphans.length > 0 && !state.settings.autoRecreate;
  return [
    ...cutOff,
    ...sayUnheardEnds(state, was, news),
    ...(isLeftToOwner ? [{ kind: 'orphansNotRecreated' as const, names: orphans }] : []),
  ];
}

/** Of an end that no message told of, only a look at the container tells: it may stay down. */
function sayUnheardEnds(
  {
    shared: {
      containers: { byId },
      exits,
    },
  }: State,
  was: Members,
  news: readonly (readonly [id: string, Member])[],
): readonly Notice[] {
  const isUnheard = (id: string): boolean =>
    id in was && exits[id] === undefined && byId[id]?.runState !== 'created';
  return news
    .filter(([id, { attachment }]) => attachment === 'stopped' && isUnheard(id))
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

/** Whoever is excluded by the same word was told of at the start. */
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

/** Entries that could mean one or another, where they could not before. */
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

/** Nothing here tells which monitor we are: a container on the gateway's network has the gateway's hostname. */
const sayMonitors = (state: State, gateway: Target): readonly Notice[] =>
  monitorsOn(gateway.id, state).map((name) => ({
    kind: 'otherMonitorOnGatewayNetwork',
    name,
    gatewayName: gateway.name,
  }));

/** One that is created anew is the same to its owner: that is said by the command's progress. */
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
