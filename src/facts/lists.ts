import type { SharedConcern } from '../model/concern.ts';
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

/** Warns once about entries of the user's lists that may not mean what the user intended. */
export const lists: SharedConcern<'record'> = { stage: 'record', reduce };

function reduce(state: Everything, _event: Event, before: Everything): Transition<Everything> {
  const notices = [
    ...(isFirstListing(state, before) ? [...sayUnfitExclusions(state), ...sayExcludedIds(state)] : []),
    ...sayExcludedGateways(state, before),
    ...(areDependentsKnown(state) && !areDependentsKnown(before) ? sayUnfitRestarts(state) : []),
  ];
  return to(state, { notices });
}

const isFirstListing = ({ containers }: Everything, before: Everything): boolean =>
  containers.isListed && !before.containers.isListed;

/** Whether the dependents of every gateway are known. */
const areDependentsKnown = ({ watches }: Everything): boolean =>
  watches.every(({ dependents }) => dependents.members !== undefined);

/** An entry that matches nothing protects nothing. The user should know before anything is touched. */
function sayUnfitExclusions({ containers, watches }: Everything): readonly Notice[] {
  const all = Object.values(containers.byId);
  return (watches[0]?.settings.exclude ?? [])
    .filter((word) => !all.some((facts) => isNamedBy(word, facts)))
    .map((word) => ({ kind: 'exclusionUnfit', entry: word, nearest: nearest(word, all) }));
}

/** An exclusion by id is lost once the container is re-created by anybody, as it then has another id. */
const sayExcludedIds = ({ containers, watches }: Everything): readonly Notice[] =>
  (watches[0]?.settings.exclude ?? []).flatMap((word) =>
    Object.values(containers.byId)
      .filter(({ id, name }) => isIdPrefix(word.toLowerCase(), id) && !isSameName(word, name))
      .map(({ name }): Notice => ({ kind: 'exclusionById', entry: word, name })),
  );

/** Gateways excluded by service, id or label. One listed by the very same word was already reported at the start. */
const sayExcludedGateways = (state: Everything, before: Everything): readonly Notice[] =>
  viewsOf(state).flatMap((view, index): Notice[] => {
    const target = gatewayTarget(view.gateway);
    const known = before.watches[index] && gatewayTarget(before.watches[index].gateway);
    const exclusion = target?.id === known?.id ? undefined : whyGatewayExcluded(view);
    const isReported = isAmong(view.settings.exclude, state.gateways[index] ?? '');
    return exclusion === undefined || isReported
      ? []
      : [{ kind: 'gatewayExcluded', name: nameOf(view), gateway: view.settings.gateway, exclusion }];
  });

/** A listed container that does not exist or is on no gateway's network will not be restarted after a reconnect. */
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
