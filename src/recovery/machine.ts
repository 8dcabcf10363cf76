import type { Phase, Recovery } from '../model/recovery-phase.ts';

/**
 * What moves a recovery on. The files beside this one tell which event is which signal in which phase, and what else
 * follows from it. `docs/machines.md` has the diagram.
 */
export type Signal =
  | 'vpnRestartBegun'
  | 'gatewayRestartBegun'
  /** The monitor starts a gateway that went down and has not come back by itself. */
  | 'gatewayStartBegun'
  /** The restart under way, of the VPN or of the gateway, has succeeded. */
  | 'restartDone'
  | 'restartFailed'
  /** The restart was no longer needed, so it has changed nothing. */
  | 'restartSkipped'
  /** The gateway was paused during the restart of its VPN: whether that worked shows once it is resumed. */
  | 'restartUncertain'
  /** A check has passed that counts in this phase. */
  | 'checkPassed'
  /** The phase has lasted as long as it may. */
  | 'timeOver'
  /** The gateway is ready, in a run that began after the recovery did. */
  | 'gatewayReady'
  /** The gateway was ready, and is not any more. */
  | 'gatewayNotReady'
  /** The gateway does not run any more. */
  | 'gatewayDown'
  /** Its operator has stopped the gateway. */
  | 'gatewayStopped'
  /** Somebody else has restarted or replaced the gateway. */
  | 'gatewayStartedAnew'
  /** The gateway was paused, and runs again. */
  | 'gatewayResumed'
  /** A list of all containers that was asked for in this phase has come. */
  | 'listed'
  /** Every dependent that needs it has had a first try. */
  | 'allTried';

/** When a signal comes, and how long the next phase may take; in milliseconds. */
export interface Moment {
  readonly at: number;
  /** When the recovery that the signal begins counts as begun; one under way keeps its own beginning. */
  readonly begunAt: number;
  readonly healthyWaitMs: number;
  readonly verificationMs: number;
}

/** Longer than a listing may take: a second request replaces the one under way. */
const LISTING_MS = 15_000;
const NONE: Recovery = { value: 'none' };

/** The phase that follows. The same object: the signal does nothing in this phase. */
export function next(phase: Recovery, signal: Signal, moment: Moment): Recovery {
  switch (phase.value) {
    case 'none':
      return fromNone(phase, signal, moment);
    case 'restartingVpn':
      return fromRestartingVpn(phase, signal, moment);
    case 'verifyingVpn':
      return fromVerifyingVpn(phase, signal, moment);
    case 'restarting':
      return fromRestarting(phase, signal, moment);
    case 'awaitingReady':
      return fromAwaitingReady(phase, signal, moment);
    case 'verifying':
      return fromVerifying(phase, signal, moment);
    case 'listing':
      return fromListing(phase, signal, moment);
    case 'repairing':
      return fromRepairing(phase, signal, moment);
  }
}

function fromNone(phase: Phase<'none'>, signal: Signal, moment: Moment): Recovery {
  switch (signal) {
    case 'vpnRestartBegun':
      return { value: 'restartingVpn', begunAt: moment.begunAt };
    case 'gatewayRestartBegun':
      return { value: 'restarting', begunAt: moment.begunAt };
    case 'gatewayStartBegun':
      return { ...awaitingReady(moment, moment), starts: 1 };
    default:
      return phase;
  }
}

function fromRestartingVpn(phase: Phase<'restartingVpn'>, signal: Signal, moment: Moment): Recovery {
  switch (signal) {
    case 'restartDone':
    case 'restartUncertain':
      return verifyingVpn(phase, moment);
    case 'restartFailed':
      return { ...verifyingVpn(phase, moment), until: undefined };
    case 'restartSkipped':
    case 'gatewayDown':
    case 'gatewayStartedAnew':
      return NONE;
    default:
      return phase;
  }
}

function fromVerifyingVpn(phase: Phase<'verifyingVpn'>, signal: Signal, moment: Moment): Recovery {
  switch (signal) {
    case 'gatewayResumed':
      return verifyingVpn(phase, moment);
    case 'timeOver':
      return { ...phase, until: undefined };
    case 'gatewayRestartBegun':
      return { value: 'restarting', begunAt: phase.begunAt };
    case 'checkPassed':
    case 'gatewayDown':
    case 'gatewayStartedAnew':
      return NONE;
    default:
      return phase;
  }
}

function fromRestarting(phase: Phase<'restarting'>, signal: Signal, moment: Moment): Recovery {
  switch (signal) {
    case 'restartDone':
    case 'restartFailed':
      return awaitingReady(phase, moment);
    case 'restartSkipped':
      return NONE;
    default:
      return phase;
  }
}

function fromAwaitingReady(phase: Phase<'awaitingReady'>, signal: Signal, moment: Moment): Recovery {
  switch (signal) {
    case 'gatewayStartBegun':
      return { ...phase, starts: phase.starts + 1 };
    case 'timeOver':
      return { ...phase, until: undefined };
    case 'gatewayReady':
      return { value: 'verifying', begunAt: phase.begunAt, until: moment.at + moment.verificationMs };
    case 'vpnRestartBegun':
      return { value: 'restartingVpn', begunAt: phase.begunAt };
    case 'gatewayRestartBegun':
      return { value: 'restarting', begunAt: phase.begunAt };
    case 'checkPassed':
    case 'gatewayStopped':
      return NONE;
    default:
      return phase;
  }
}

function fromVerifying(phase: Phase<'verifying'>, signal: Signal, moment: Moment): Recovery {
  switch (signal) {
    case 'checkPassed':
      return listing(phase, moment, true);
    case 'timeOver':
      return listing(phase, moment, false);
    case 'gatewayNotReady':
      return awaitingReady(phase, moment);
    default:
      return phase;
  }
}

function fromListing(phase: Phase<'listing'>, signal: Signal, moment: Moment): Recovery {
  switch (signal) {
    case 'timeOver':
      return { ...phase, askAgainAt: moment.at + LISTING_MS };
    case 'listed':
      return { value: 'repairing', begunAt: phase.begunAt, isVerified: phase.isVerified };
    case 'gatewayNotReady':
      return awaitingReady(phase, moment);
    default:
      return phase;
  }
}

function fromRepairing(phase: Phase<'repairing'>, signal: Signal, moment: Moment): Recovery {
  switch (signal) {
    case 'allTried':
      return NONE;
    case 'gatewayNotReady':
      return awaitingReady(phase, moment);
    default:
      return phase;
  }
}

type Beginning = Pick<Moment, 'begunAt'>;

const verifyingVpn = ({ begunAt }: Beginning, { at, verificationMs }: Moment): Phase<'verifyingVpn'> => ({
  value: 'verifyingVpn',
  begunAt,
  since: at,
  until: at + verificationMs,
});

const awaitingReady = ({ begunAt }: Beginning, { at, healthyWaitMs }: Moment): Phase<'awaitingReady'> => ({
  value: 'awaitingReady',
  begunAt,
  until: at + healthyWaitMs,
  starts: 0,
});

const listing = ({ begunAt }: Beginning, { at }: Moment, isVerified: boolean): Phase<'listing'> => ({
  value: 'listing',
  begunAt,
  isVerified,
  askedAt: at,
  askAgainAt: at + LISTING_MS,
});
