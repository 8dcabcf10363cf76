import { isAmong } from '../../config/container-names.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import { fitting } from '../../streams/fits.ts';
import type { Target } from '../commands.ts';
import type { Line } from '../log-line.ts';
import { NEEDS_REPAIR, attachmentOf } from '../attachment.ts';
import { isYetToStart } from '../left-unstarted.ts';
import { type Stranded, dependentsOf, listedAs, monitorsOn, parkedOf, strandedIn } from '../dependents-of.ts';
import { isExcluded, whyExcluded } from '../excluded.ts';
import { didYouMean } from '../nearest.ts';
import { gatewayTarget } from '../selectors.ts';
import type { Attachment, Shown, State } from '../state.ts';
import { type Transition, debug, info, to, warn } from '../transition.ts';
import { comingsAndGoings } from './comings-and-goings.ts';

/** Who hangs on the gateway, and how: both are derived; here is said what becomes of it, from the live message. */
export function dependents(state: State, event: Event, before: State): Transition {
  const target = gatewayTarget(state.gateway);
  if (target === undefined) return to(state);
  if (!hasChanged(state, before)) return to(state);
  const { shown } = state.dependents;
  const now = shownNow(state, shown ?? {});
  const stranded = strandedIn(state);
  const heard = comingsAndGoings(state, event, before);
  const lines = [
    ...(shown === undefined
      ? firstSight(state, now, target)
      : sayChanges(state, heard.lines, { shown, now })),
    ...sayAmbiguous(state, before),
    ...sayStranded(stranded, state, target),
  ];
  const next = { shown: now, stranded: stranded.map(({ facts }) => facts.id), ends: heard.ends };
  return to(isSame(state.dependents, next) ? state : { ...state, dependents: next }, { lines });
}

/** Of all that an attachment follows from. */
const hasChanged = (state: State, before: State): boolean =>
  state.containers.byId !== before.containers.byId ||
  state.gateway !== before.gateway ||
  state.endings !== before.endings;

type ShownById = Readonly<Record<string, Shown>>;

/** Between two runs nothing is known, which is no change. */
const shownNow = (state: State, shown: ShownById): ShownById =>
  Object.fromEntries(
    dependentsOf(state).map((facts): [string, Shown] => {
      const attachment = attachmentOf(state, facts);
      const last = attachment === 'unknown' ? shown[facts.id]?.attachment : undefined;
      return [facts.id, { name: facts.name, attachment: last ?? attachment }];
    }),
  );

const isSame = (a: State['dependents'], b: State['dependents']): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

function firstSight(state: State, now: ShownById, gateway: Target): readonly Line[] {
  const all = Object.values(now);
  const names = all.map(({ name }) => name);
  const how = state.settings.dependents === 'auto' ? 'auto-discovery' : 'configured';
  const beingMade = parkedOf(state).map(({ name }) => name);
  const stopped = all
    .filter(({ attachment, name }) => attachment === 'stopped' && !beingMade.includes(name))
    .map(({ name }) => name);
  return [
    info(`Dependent containers (${how}): ${names.length === 0 ? 'none' : names.join(',')}`),
    ...sayMissing(state),
    ...sayMonitors(state, gateway),
    ...(stopped.length === 0 ? [] : [info(`Not running, and left alone: ${stopped.join(', ')}`)]),
    ...sayAttachments(state, {}, now),
  ];
}

function sayChanges(
  state: State,
  steps: readonly Line[],
  { shown, now }: { readonly shown: ShownById; readonly now: ShownById },
): readonly Line[] {
  return [...sayMembership(state, shown, now), ...steps, ...sayAttachments(state, shown, now)];
}

const NEWS: Readonly<Partial<Record<Attachment, string>>> = {
  stale: 'cut off from its network',
  orphaned: 'joined to a container that is no more',
  failedToJoin: 'not started, for their gateway was not there',
};

/** Many at once, as a rule: a line for each kind. What our own act brings about is said by the act. */
function sayAttachments(state: State, shown: ShownById, now: ShownById): readonly Line[] {
  const say = state.recovery.value === 'none' ? info : debug;
  const inWave = state.repairs.wave?.dependents.map(({ id }) => id) ?? [];
  const news = Object.entries(now).filter(
    ([id, { attachment }]) => shown[id]?.attachment !== attachment && !inWave.includes(id),
  );
  const lines = NEEDS_REPAIR.flatMap((kind) => {
    const names = news
      .filter(([id, { attachment }]) => attachment === kind && !isYetToStart(state.containers.byId[id]))
      .map(([, { name }]) => name);
    return names.length === 0 ? [] : [say(`Dependent containers ${NEWS[kind] ?? kind}: ${names.join(', ')}`)];
  });
  const orphans = news.filter(([, { attachment }]) => attachment === 'orphaned').map(([, { name }]) => name);
  return orphans.length === 0 || state.settings.autoRecreate
    ? [...lines, ...sayUnheardEnds(state, shown, news)]
    : [
        ...lines,
        ...sayUnheardEnds(state, shown, news),
        warn(`AUTO_RECREATE is off: ${orphans.join(', ')} must be created anew by hand. ${REMEDY}`),
      ];
}

/** Of an end that no message told of, only a look at the container tells: it may stay down. */
function sayUnheardEnds(
  { containers: { byId }, endings }: State,
  shown: ShownById,
  news: readonly (readonly [id: string, Shown])[],
): readonly Line[] {
  const isUnheard = (id: string): boolean =>
    id in shown && endings[id] === undefined && byId[id]?.runState !== 'created';
  return news
    .filter(([id, { attachment }]) => attachment === 'stopped' && isUnheard(id))
    .map(([, { name }]) => info(`Dependent container stopped: ${name}`));
}

const REMEDY = 'With compose: docker compose up -d --force-recreate, and the services’ names';

function sayStranded(now: readonly Stranded[], state: State, { name }: Target): readonly Line[] {
  const news = now.filter(({ facts }) => !state.dependents.stranded.includes(facts.id));
  const lost = news.filter(({ formerGateway }) => formerGateway === undefined).map(({ facts }) => facts.name);
  return [
    ...(lost.length === 0
      ? []
      : [
          warn(
            `Joined to a container that is no more, and nothing tells whether that was ${name}: ${lost.join(', ')}; left alone. ${REMEDY}`,
          ),
        ]),
    ...news.flatMap(({ facts, formerGateway }) =>
      formerGateway === undefined
        ? []
        : [
            warn(
              `${facts.name} is joined to ${formerGateway}, which was ${name} before; left alone. ${REMEDY}`,
            ),
          ],
    ),
  ];
}

/** Whoever is excluded by the same word was told of at the start. */
function sayMissing(state: State): readonly Line[] {
  const { dependents: listed, exclude } = state.settings;
  if (listed === 'auto') return [];
  const all = Object.values(state.containers.byId);
  const unfit = listed.filter((word) => listedAs(word, state).length === 0);
  const excluded = unfit.filter((word) => fitting(word, all).some((facts) => isExcluded(facts, exclude)));
  const missing = unfit.filter((word) => !excluded.includes(word) && !isAmong(exclude, word));
  return [
    ...excluded
      .filter((word) => !isAmong(exclude, word))
      .flatMap((word) => fitting(word, all))
      .map((facts) =>
        warn(
          `${facts.name} is in DEPENDENT_CONTAINERS and ${whyExcluded(facts, exclude) ?? ''}: exclusion wins, it is never touched`,
        ),
      ),
    ...(missing.length === 0
      ? []
      : [
          warn(
            `Listed in DEPENDENT_CONTAINERS but not found: ${missing.map((word) => word + didYouMean(word, all)).join(', ')}; going on without`,
          ),
        ]),
  ];
}

/** Entries that could mean one or another, where they could not before. */
function sayAmbiguous(state: State, before: State): readonly Line[] {
  const { dependents: listed } = state.settings;
  if (listed === 'auto') return [];
  const isSeveral = (word: string, of: State): boolean => listedAs(word, of).length > 1;
  return listed
    .filter((word) => isSeveral(word, state))
    .filter((word) => state.dependents.shown === undefined || !isSeveral(word, before))
    .map((word) =>
      warn(
        `DEPENDENT_CONTAINERS: ${word} could be any of ${namesOf(listedAs(word, state))}; none of them is touched: name one`,
      ),
    );
}

const namesOf = (all: readonly ContainerFacts[]): string =>
  all
    .map(({ name }) => name)
    .sort()
    .join(', ');

/** Nothing here tells which monitor we are: a container on the gateway's network has the gateway's hostname. */
const sayMonitors = (state: State, gateway: Target): readonly Line[] =>
  monitorsOn(gateway.id, state).map((name) =>
    warn(
      `${name}, a monitor, is on the network of ${gateway.name} and goes down with it: give it a network of its own`,
    ),
  );

/** One that is created anew is the same to its owner: that is said by the command's progress. */
function sayMembership({ repairs }: State, before: ShownById, now: ShownById): readonly Line[] {
  const inWave = repairs.wave?.dependents.map(({ name }) => name) ?? [];
  const missingIn = (others: ShownById, some: ShownById): readonly Shown[] =>
    Object.entries(some)
      .filter(([id, { name }]) => !(id in others) && !inWave.includes(name))
      .map(([, shown]) => shown);
  const renamed = Object.entries(now).flatMap(([id, { name }]) => {
    const was = before[id]?.name ?? name;
    return was === name ? [] : [info(`Dependent container renamed: ${was} to ${name}`)];
  });
  return [
    ...missingIn(now, before).map(({ name }) => info(`Dependent container removed: ${name}`)),
    ...renamed,
    ...missingIn(before, now).map(({ name }) => info(`Dependent container added: ${name}`)),
  ];
}
