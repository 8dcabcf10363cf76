import { isAmong, isSameName } from '../../config/container-names.ts';
import { isIdPrefix } from '../../streams/container-id.ts';
import type { Event } from '../../streams/events.ts';
import { restartedOnReconnect } from '../dependents-of.ts';
import { isNamedBy, whyExcluded, whyGatewayExcluded } from '../excluded.ts';
import type { Line } from '../log-line.ts';
import { didYouMean } from '../nearest.ts';
import { gatewayTarget, nameOf } from '../selectors.ts';
import type { Everything } from '../state.ts';
import { type Transition, to, warn } from '../transition.ts';
import { viewsOf } from '../watches.ts';

/** What the user's lists mean here, where that may be something else than they are taken to mean: said once. */
export function lists(state: Everything, _event: Event, before: Everything): Transition<Everything> {
  const lines = [
    ...(isFirstListing(state, before) ? [...sayUnfitExclusions(state), ...sayExcludedIds(state)] : []),
    ...sayExcludedGateways(state, before),
    ...(areShown(state) && !areShown(before) ? sayUnfitRestarts(state) : []),
  ];
  return to(state, { lines });
}

const isFirstListing = ({ containers }: Everything, before: Everything): boolean =>
  containers.latestListing !== undefined && before.containers.latestListing === undefined;

/** Of every gateway it is known who hangs on it. */
const areShown = ({ watches }: Everything): boolean =>
  watches.every(({ dependents }) => dependents.shown !== undefined);

/** Nothing is kept from being touched by such an entry: better to hear of it before something is. */
function sayUnfitExclusions({ containers, watches }: Everything): readonly Line[] {
  const all = Object.values(containers.byId);
  return (watches[0]?.settings.exclude ?? [])
    .filter((word) => !all.some((facts) => isNamedBy(word, facts)))
    .map((word) => warn(`EXCLUDE_CONTAINERS: ${word} fits no container${didYouMean(word, all)}`));
}

/** Created anew, by whomever, it has another id, and nothing tells that it is meant. */
const sayExcludedIds = ({ containers, watches }: Everything): readonly Line[] =>
  (watches[0]?.settings.exclude ?? []).flatMap((word) =>
    Object.values(containers.byId)
      .filter(({ id, name }) => isIdPrefix(word.toLowerCase(), id) && !isSameName(word, name))
      .map(({ name }) =>
        warn(
          `EXCLUDE_CONTAINERS: ${word.slice(0, 12)} is the id of ${name}, which changes when it is created anew: name it instead`,
        ),
      ),
  );

/** By its service, its id or its label: one that is listed by the same word was told of at the start. */
const sayExcludedGateways = (state: Everything, before: Everything): readonly Line[] =>
  viewsOf(state).flatMap((view, index) => {
    const target = gatewayTarget(view.gateway);
    const known = before.watches[index] && gatewayTarget(before.watches[index].gateway);
    const why = target?.id === known?.id ? undefined : whyGatewayExcluded(view);
    const isTold = isAmong(view.settings.exclude, state.gateways[index] ?? '');
    return why === undefined || isTold
      ? []
      : [warn(`${nameOf(view)} ${why}: it is watched, but never restarted`)];
  });

/** Who is on no gateway's network is not restarted with it; nor is, for all that is known, who is not there. */
function sayUnfitRestarts(state: Everything): readonly Line[] {
  const views = viewsOf(state);
  const { vpnRestartDependents, exclude, recoveryStrategy } = views[0]?.settings ?? {};
  if (vpnRestartDependents === undefined || recoveryStrategy !== 'vpn-first') return [];
  const all = Object.values(state.containers.byId);
  const chosen = views.flatMap((view) => restartedOnReconnect(view));
  return vpnRestartDependents.flatMap((word) => {
    const found = all.filter((facts) => isNamedBy(word, facts));
    if (found.length === 0)
      return [warn(`VPN_RESTART_DEPENDENTS: ${word} fits no container${didYouMean(word, all)}`)];
    if (found.some((facts) => chosen.includes(facts)) || isAmong(exclude ?? [], word)) return [];
    const why = found.map((facts) => whyExcluded(facts, exclude ?? [])).find((one) => one !== undefined);
    const told = why ?? `is no dependent of ${views.map(nameOf).join(', ')}`;
    return [warn(`VPN_RESTART_DEPENDENTS: ${word} ${told}: it is not restarted`)];
  });
}
