import type { Act } from './commands.ts';
import { downCause, isEndedByItself } from './down-cause.ts';
import { isBeingEnded, nameOf } from './selectors.ts';
import type { Everything, State, Watch } from './state.ts';
import { isRepairTime } from './reducers/repairs.ts';
import { viewsOf } from './watches.ts';

/**
 * Asked when an act's turn has come, for it may have waited minutes for another one: why it is not wanted any more;
 * undefined: it is. How its container is by then the executor looks at; what it was decided for only the state tells.
 */
export function whyDropped(state: Everything, act: Act): string | undefined {
  const view = viewsOf(state).find((one) => awaitedBy(one).includes(act.id));
  return view === undefined ? 'what it was for is over' : reasonIn(view, act.kind);
}

/** The acts whose ends are waited for. */
const awaitedBy = ({ recovery, repairs: { wave } }: Watch): readonly (number | undefined)[] => [
  'commandId' in recovery ? recovery.commandId : undefined,
  recovery.value === 'awaitingReady' ? recovery.starts.commandId : undefined,
  wave?.commandId,
];

function reasonIn(view: State, kind: Act['kind']): string | undefined {
  switch (kind) {
    case 'restartGateway':
    case 'restartVpn':
      if (isBeingEnded(view)) return 'somebody is stopping it';
      return view.outageSince === undefined ? 'a check has passed meanwhile' : undefined;
    case 'startGateway':
      return isLeftDown(view) ? undefined : 'it has started, or was stopped, meanwhile';
    case 'repairDependents':
      return isRepairTime(view) ? undefined : `${nameOf(view)} is not ready for them by now`;
  }
}

const isLeftDown = (state: State): boolean =>
  downCause(state) === 'ourRestart' || isEndedByItself(downCause(state));
