import { waitAfter } from './backoff.ts';
import { whyGatewayExcluded } from '../model/excluded.ts';
import type { Evidence, Hold, NoticeOf } from '../notices/notice.ts';
import { criticalSites, quorumIn, sitesDown } from '../checks/quorum.ts';
import { nameOf } from '../model/selectors.ts';
import type { State } from '../model/state.ts';

/** Whether a recovery should begin, and the notice that says why, with the figures. */
export type Decision =
  | { readonly act: true; readonly notice: NoticeOf<'recoveryDecided'> }
  | { readonly act: false; readonly notice: NoticeOf<'recoveryHeldBack'> };

/**
 * What the failures of the sites call for; undefined: no critical site is down. The caller makes sure that the gateway
 * can be judged at all (`failuresCount`).
 */
export function decide(state: State, at: number): Decision | undefined {
  if (sitesDown(state).length === 0) return undefined;
  const evidence = evidenceIn(state);
  const hold = holdOf(state, at);
  return hold === undefined
    ? { act: true, notice: { kind: 'recoveryDecided', ...evidence, ...attemptIn(state) } }
    : { act: false, notice: { kind: 'recoveryHeldBack', ...evidence, ...hold } };
}

/** What speaks against a recovery: the first that applies. */
function holdOf(state: State, at: number): Hold | undefined {
  const {
    backoff,
    shared: { witness },
  } = state;
  if (sitesDown(state).length < quorumIn(state)) return { because: 'quorum' };
  const exclusion = whyGatewayExcluded(state);
  if (exclusion !== undefined) return { because: 'excluded', name: nameOf(state), exclusion };
  if (isWitnessAwaited(state)) return { because: 'awaitingWitness' };
  if (witness.value === 'silent') return { because: 'line' };
  const graceEnds = graceEndsAt(state);
  if (graceEnds > at) return { because: 'grace', leftMs: graceEnds - at };
  if (backoff.notBefore > at)
    return { because: 'backoff', recoveries: backoff.attempts, leftMs: backoff.notBefore - at };
  return undefined;
}

/** The latest answer of the witness is from before the outage. */
const isWitnessAwaited = ({ outageSince = 0, shared: { witness } }: State): boolean =>
  witness.value === 'untried' || (witness.value === 'answering' && witness.answeredAt < outageSince);

/** When the time for Gluetun to heal itself is over, counted from the first sign of the outage; 0: it has none. */
export const graceEndsAt = ({ outageSince, settings: { selfHealGraceMs } }: State): number =>
  outageSince === undefined || selfHealGraceMs === 0 ? 0 : outageSince + selfHealGraceMs;

const evidenceIn = (state: State): Evidence => ({
  sitesDown: sitesDown(state).length,
  sitesCritical: criticalSites(state).length,
  siteQuorum: state.settings.siteQuorum,
  sitesNeeded: quorumIn(state),
});

const attemptIn = ({ backoff: { attempts }, settings, shared: { witness } }: State) => ({
  isLineUp: witness.value === 'answering' ? true : undefined,
  attempt: attempts + 1,
  waitMs: waitAfter(attempts + 1, settings),
});
