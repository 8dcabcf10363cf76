export type RequestKind = 'reconnect' | 'recover' | 'pause' | 'resume';

/** Why something that the operator asks for cannot be done. */
export type RefusalReason =
  | 'shuttingDown'
  | 'paused'
  | 'notPaused'
  | 'unknownGateway'
  | 'whichGateway'
  | 'engineLost'
  | 'gatewayAbsent'
  | 'gatewayDown'
  | 'gatewayPaused'
  | 'gatewayStarting'
  | 'gatewayStopping'
  | 'gatewayStartedAnew'
  | 'excluded'
  | 'recoveryUnderWay'
  | 'reconnectUnderWay'
  | 'alreadyAsked';

/** What the operator asks of the running monitor, and what comes of it. */
export interface OperatorNotices {
  /** `forMs`: how long the pause lasts. `isWaiting`: something else is under way, and comes first. */
  readonly operatorRequestAccepted: {
    readonly request: RequestKind;
    readonly name: string;
    readonly forMs?: number;
    readonly isWaiting?: true;
  };
  /** `name`: absent if it named no gateway. `candidates`: names that may have been meant. */
  readonly operatorRequestRefused: {
    readonly request: RequestKind;
    readonly name?: string;
    readonly because: RefusalReason;
    readonly candidates?: readonly string[];
  };
  /** It was accepted, had not begun, and is not done any more. */
  readonly operatorRequestLapsed: {
    readonly request: RequestKind;
    readonly name: string;
    readonly because: RefusalReason;
  };
  readonly recoveryRequested: {
    readonly name: string;
    readonly attempt: number;
    /** The shortest wait from its end to the next one. */
    readonly waitMs: number;
  };
  readonly reconnectBegun: { readonly name: string };
  /** `restarted`: the dependents that are restarted after it. */
  readonly reconnectCompleted: {
    readonly name: string;
    readonly tookMs: number;
    readonly restarted: readonly string[];
  };
  readonly reconnectFailed: { readonly name: string; readonly reason: string };
  readonly pauseOver: { readonly name: string };
  /** It was paused before this monitor started. */
  readonly stillPaused: { readonly name: string; readonly leftMs: number };
}
