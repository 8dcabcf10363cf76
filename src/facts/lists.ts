import { isAmong, isSameName } from '../../config/container-names.ts';
import { isIdPrefix } from '../../streams/container-id.ts';
import type { Event } from '../../streams/events.ts';
import { restartedOnReconnect } from '../model/dependents-of.ts';
import { isNamedBy, whyExcluded, whyGatewayExcluded } from '../model/excluded.ts';
import { nearest } from '../model/nearest.ts';
import type { Notice } from '../notices/notice.ts';
import { gatewayTarget, nameOf } from '../model/selectors.ts';
import type { Everything } from '../model/state.ts';
import { type Transition, to } from '../model/transition.ts';
import { viewsOf } from '../model/watches.ts';

/** What the user's lists mean here, where that may be something else than they are taken to mean: said once. */
export function lists(state: Everything, _event: Event, before: Everything): Transition<Everything> {
  const notices = [
    ...(isFirstListing(state, before) ? [...sayUnfitExclusions(state), ...sayExcludedIds(state)] : []),
    ...sayExcludedGateways(state, before),
    ...(areShown(state) && !areShown(before) ? sayUnfitRestarts(state) : []),
  ];
  return to(state, { notices });
}

const isFirstListing = ({ containers }: Everything, before: Everything): boolean =>
  containers.isListed && !before.containers.isListed;

/** Of every gateway it is known who hangs on it. */
const areShown = ({ watches }: Everything): boolean =>
  watches.every(({ dependents }) => dependents.members !== undefined);

/** Nothing is kept from being touched by such an entry: better to hear of it before something is. */
function sayUnfitExclusions({ containers, watches }: Everything): readonly Notice[] {
  const all = Object.values(containers.byId);
  return (watches[0]?.settings.exclude ?? [])
    .filter((word) => !all.some((facts) => isNamedBy(word, facts)))
    .map((word) => ({ kind: 'exclusionUnfit', entry: word, nearest: nearest(word, all) }));
}

/** Created anew, by whomever, it has another id, and nothing tells that it is meant. */
const sayExcludedIds = ({ containers, watches }: Everything): readonly Notice[] =>
  (watches[0]?.settings.exclude ?? []).flatMap((word) =>
    Object.values(containers.byId)
      .filter(({ id, name }) => isIdPrefix(word.toLowerCase(), id) && !isSameName(word, name))
      .map(({ name }): Notice => ({ kind: 'exclusionById', entry: word, name })),
  );

/** By its service, its id or its label: one that is listed by the same word was told of at the start. */
const sayExcludedGateways = (state: Everything, before: Everything): readonly Notice[] =>
  viewsOf(state).flatMap((view, index): Notice[] => {
    const target = gatewayTarget(view.gateway);
    const known = before.watches[index] && gatewayTarget(before.watches[index].gateway);
    const exclusion = target?.id === known?.id ? undefined : whyGatewayExcluded(view);
    const isTold = isAmong(view.settings.exclude, state.gateways[index] ?? '');
    return exclusion === undefined || isTold
      ? []
      : [{ kind: 'gatewayExcluded', name: nameOf(view), gateway: view.settings.gateway, exclusion }];
  });

/** Who is on no gateway's network is not restarted with it; nor is, for all that is known, who is not there. */
function sayUnfitRestarts(state: Everything): readonly Notice[] {
  const views = viewsOf(state);
  const { vpnRestartDependents, exclude, recoveryStrategy } = views[0]?.settings ?? {};
  if (vpnRestartDependents === undefined || recoveryStrategy !== 'vpn-first') return [];
  const all = Object.values(state.containers.byId);
  const chosen = views.flatMap((view) => restartedOnReconnect(view));
  return vpnRestartDependents.flatMap((word): Notice[] => {
    const found = all.filter((facts) => isNamedBy(word, facts));
    if (found.length === 0) return [{ kind: 'reconnectListUnfit', entry: word, nearest: nearest(word, all) }];
    if (found.some((facts) => chosen.includes(facts)) || isAmong(exclude ?? [], word)) return [];
    const exclusion = found
      .map((facts) => whyExcluded(facts, exclude ?? []))
      .find((one) => one !== undefined);
    return [{ kind: 'reconnectListUnsuitable', entry: word, exclusion, gateways: views.map(nameOf) }];
  });
}
