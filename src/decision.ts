import { waitAfter } from './backoff.ts';
import { whyGatewayExcluded } from './excluded.ts';
import { criticalSites, quorumIn, sitesDown } from './quorum.ts';
import { nameOf } from './selectors.ts';
import type { HoldReason, State } from './state.ts';
import { duration } from './transition.ts';

/** Whether a recovery is to begin, and in one line why, with the figures that rests on. */
export type Decision =
  | { readonly act: true; readonly why: string }
  | { readonly act: false; readonly hold: HoldReason; readonly why: string };

/**
 * What the failures of the sites call for; undefined where no critical site is down. That the gateway is in a state
 * to be judged at all is for whoever asks: its checks count (`failuresCount`).
 */
export function decide(state: State, at: number): Decision | undefined {
  const down = sitesDown(state);
  if (down.length === 0) return undefined;
  const evidence = describeEvidence(state);
  const hold = holdOf(state, at);
  if (hold === undefined) return { act: true, why: `${evidence}; ${describeAttempt(state)}` };
  return { act: false, hold: hold.reason, why: `${evidence}; ${hold.why}` };
}

interface Hold {
  readonly reason: HoldReason;
  readonly why: string;
}

/** What speaks against it, the gravest first. */
function holdOf(state: State, at: number): Hold | undefined {
  const { witness, backoff } = state;
  if (sitesDown(state).length < quorumIn(state))
    return { reason: 'quorum', why: 'so the tunnel counts as working' };
  const excluded = whyGatewayExcluded(state);
  if (excluded !== undefined) return { reason: 'excluded', why: `${nameOf(state)} ${excluded}` };
  if (isWitnessAwaited(state)) return { reason: 'awaitingWitness', why: 'the witness is being asked' };
  if (witness.value === 'silent')
    return { reason: 'line', why: 'the line itself is down, for the witness does not answer either' };
  const graceEnds = graceEndsAt(state);
  if (graceEnds > at)
    return {
      reason: 'grace',
      why: `Gluetun has ${duration(graceEnds - at)} left to heal itself (SELF_HEAL_GRACE)`,
    };
  if (backoff.notBefore > at)
    return {
      reason: 'backoff',
      why: `after ${count(backoff.attempts, 'recovery', 'recoveries')} the next is due in ${duration(backoff.notBefore - at)}`,
    };
  return undefined;
}

/** Its latest answer is from before the outage. */
const isWitnessAwaited = ({ witness, outageSince = 0 }: State): boolean =>
  witness.value === 'untried' || (witness.value === 'answering' && witness.answeredAt < outageSince);

/** From the outage's first sign on; 0: there is none. */
export const graceEndsAt = ({ outageSince, settings: { selfHealGraceMs } }: State): number =>
  outageSince === undefined || selfHealGraceMs === 0 ? 0 : outageSince + selfHealGraceMs;

function describeEvidence(state: State): string {
  const [down, all] = [sitesDown(state).length, criticalSites(state).length];
  const { siteQuorum } = state.settings;
  const sites = `${String(down)} of ${String(all)} critical sites down`;
  return `${sites}, and SITE_QUORUM=${String(siteQuorum)} asks for ${String(quorumIn(state))}`;
}

function describeAttempt({ backoff: { attempts }, settings, witness }: State): string {
  const line = witness.value === 'answering' ? 'the line is up, says the witness; ' : '';
  const next = duration(waitAfter(attempts + 1, settings));
  return `${line}recovery ${String(attempts + 1)} since all was well, the next one not before ${next} after its end`;
}

const count = (number: number, one: string, many: string): string =>
  `${String(number)} ${number === 1 ? one : many}`;
