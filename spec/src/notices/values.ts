import { CALLS } from '../../../streams/engine-calls.ts';
import type { RepairKind, Verdict } from '../../../streams/events.ts';
import type { CutOff } from '../../../src/model/attachment.ts';
import type { DownCause } from '../../../src/model/down-cause.ts';
import type { LeftToOwner } from '../../../src/model/why-not-recreated.ts';
import type { Exclusion } from '../../../src/model/excluded.ts';
import type { Severity, Unrepaired } from '../../../src/notices/condition.ts';
import type { RefusalReason } from '../../../src/notices/operator-notices.ts';
import type { NoticeOf } from '../../../src/notices/notice.ts';
import type { Alarm, HoldReason, OutageCause, RepairFault } from '../../../src/model/state.ts';

/** The words of a union, none of them left out. */
const words = <T extends string>(all: Readonly<Record<T, true>>): readonly string[] => Object.keys(all);

/** What a field can say, if that is one word of a few. */
export const VALUES: Readonly<Record<string, readonly string[]>> = {
  alarm: words<Alarm>({ unhealthy: true, selfHealing: true }),
  attachment: words<CutOff>({ stale: true, orphaned: true, failedToJoin: true }),
  'because (recoveryAbandoned)': words<NoticeOf<'recoveryAbandoned'>['because']>({
    tunnelWorks: true,
    stopped: true,
    down: true,
    startedAnew: true,
  }),
  'because (recoveryHeldBack)': words<HoldReason>({
    quorum: true,
    excluded: true,
    line: true,
    awaitingWitness: true,
    grace: true,
    backoff: true,
  }),
  'because (dependentCutOff)': words<Unrepaired>({
    dryRun: true,
    byHand: true,
    podman: true,
    forbidden: true,
    refused: true,
    failing: true,
    paused: true,
    monitorPaused: true,
    awaitsOwner: true,
  }),
  'because (operatorRequestRefused)': words<RefusalReason>({
    shuttingDown: true,
    paused: true,
    notPaused: true,
    unknownGateway: true,
    whichGateway: true,
    engineLost: true,
    gatewayAbsent: true,
    gatewayDown: true,
    gatewayPaused: true,
    gatewayStarting: true,
    gatewayStopping: true,
    gatewayStartedAnew: true,
    excluded: true,
    recoveryUnderWay: true,
    reconnectUnderWay: true,
    alreadyAsked: true,
  }),
  'because (orphansNotRecreated)': words<LeftToOwner>({ byHand: true, podman: true, forbidden: true }),
  by: words<NoticeOf<'recoveryCompleted'>['by']>({ gateway: true, vpn: true }),
  call: Object.keys(CALLS),
  cause: words<DownCause>({
    ourRestart: true,
    operator: true,
    crash: true,
    restarting: true,
    givenUp: true,
    created: true,
    found: true,
  }),
  'cause (outageEnded)': words<OutageCause>({ line: true, dns: true, gateway: true, sites: true }),
  exclusion: words<Exclusion>({ listed: true, labelled: true }),
  fault: words<RepairFault>({ notInspected: true, notOnLiveNetwork: true, noAnswer: true }),
  obstacle: words<NoticeOf<'rootKept'>['obstacle']>({
    capabilities: true,
    socket: true,
    sitesFile: true,
    ownFiles: true,
  }),
  proof: words<NoticeOf<'gatewayReady'>['proof']>({ health: true, log: true, check: true, overdue: true }),
  repair: words<RepairKind>({ restart: true, recreate: true, resume: true }),
  severity: words<Severity>({ critical: true, warning: true, info: true }),
  status: words<NoticeOf<'endpoint'>['status']>({ STARTUP: true, FAILING: true, NEW: true, CHANGED: true }),
  verdict: words<Verdict>({ pass: true, fail: true, unknown: true }),
};
