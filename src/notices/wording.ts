import { EXCLUDE_LABEL } from '../../streams/labels.ts';
import { FAULTS, UNBUFFERED } from './condition-wording.ts';
import { FORBIDDEN } from './forbidden-calls.ts';
import { duration, spell } from './duration.ts';
import type { Exclusion } from '../model/excluded.ts';
import type { LeftToOwner } from '../model/why-not-recreated.ts';
import type { Level, Line } from './log-line.ts';
import type { Evidence, Hold, Notice, NoticeKind, NoticeOf, Unfit } from './notice.ts';
import type { RefusalReason, RequestKind } from './operator-notices.ts';

/**
 * The readers it is meant for. `attention`: whoever has to do something about it. `recovery`: whoever wants to know
 * how the tunnel is. `activity`: whoever wants to know what is done and what changes. `debug`: whoever looks for a
 * fault.
 */
type Audience = 'attention' | 'recovery' | 'activity' | 'debug';

interface Wording<K extends NoticeKind> {
  readonly audience: Audience;
  /** A notice that repeats gets a lower level from the second time on. */
  readonly level: Level | ((notice: NoticeOf<K>) => Level);
  readonly sentence: (notice: NoticeOf<K>) => string;
}

const say = <N>(
  audience: Audience,
  level: Level | ((notice: N) => Level),
  sentence: (notice: N) => string,
) => ({ audience, level, sentence });

/** The only English in the running monitor. A kind without words does not compile. */
export const WORDINGS: { readonly [K in NoticeKind]: Wording<K> } = {
  monitorStarted: say('activity', 'info', () => 'Gluetun Monitor starting...'),
  configWarned: say('attention', 'warn', ({ text }) => text),
  configRead: say(
    'debug',
    'info',
    ({ checkIntervalMs, timeoutMs, failThreshold }) =>
      `Config: CHECK_INTERVAL=${seconds(checkIntervalMs)}, TIMEOUT=${seconds(timeoutMs)}, FAIL_THRESHOLD=${String(failThreshold)}`,
  ),
  rootKept: say(
    'attention',
    'warn',
    ({ uid, gid, obstacle, path = '', reason }) =>
      `Goes on as root, not as the user ${String(uid)}:${String(gid)}: ${WHY_ROOT[obstacle](path, reason)}; PUID=0 would keep root without a warning`,
  ),
  dryRunBegun: say('activity', 'info', () => 'Everything is decided and logged, and nothing changed'),
  shutdownRequested: say('activity', 'info', () => 'Received shutdown signal, exiting...'),
  recreationUnfinished: say(
    'attention',
    'warn',
    ({ name, parkedAs }) =>
      `${name} is still being re-created: it waits as ${parkedAs} until a monitor finishes it`,
  ),
  monitorFailed: say('attention', 'error', ({ error }) => `This is a bug: ${error}`),
  monitorFailedOn: say('debug', 'error', ({ event }) => `It happened on the event ${event}`),
  monitorFailedIn: say(
    'debug',
    'error',
    ({ part, parts, state }) => `in the state (${String(part)} of ${String(parts)}) ${state}`,
  ),

  stateLost: say('attention', 'warn', ({ path, reason, setAsideAs, setAsideFailure }) => {
    const fate =
      setAsideFailure !== undefined
        ? `, and will be overwritten, for it cannot be set aside as ${path}.corrupt (${setAsideFailure})`
        : setAsideAs === undefined
          ? ''
          : `; it is now ${setAsideAs}`;
    return `State file ${path} ${reason}${fate}: ${STATE_LOST}`;
  }),
  stateNotWritten: say(
    'attention',
    'warn',
    ({ path, reason }) =>
      `State cannot be kept in ${path}: ${reason}; it is known only until the monitor ends`,
  ),
  stateWritten: say('activity', 'info', ({ path }) => `State is kept in ${path} again`),
  logFileNotWritten: say(
    'attention',
    'warn',
    ({ path, reason }) => `Log file ${path} cannot be written (${reason}): logging to the console only`,
  ),
  logFileWritten: say(
    'activity',
    'warn',
    ({ path, lostLines }) =>
      `Log file ${path} is written again; ${lostLines === 0 ? 'no line is missing there' : `${String(lostLines)} lines went to the console only`}`,
  ),
  historyNotWritten: say(
    'attention',
    'warn',
    ({ path, reason }) =>
      `History cannot be kept in ${path}: ${reason}; what happens meanwhile waits, as far as there is room`,
  ),
  historyWritten: say(
    'activity',
    'info',
    ({ path, lostLines }) =>
      `History is kept in ${path} again; ${lostLines === 0 ? 'nothing is missing there' : `${String(lostLines)} lines are missing there`}`,
  ),
  historyLinesSetAside: say(
    'attention',
    'warn',
    ({ path, lines, setAsideAs }) =>
      `${lines === 1 ? 'One line' : `${String(lines)} lines`} of ${path} could not be read and went to ${setAsideAs}; the rest is kept`,
  ),
  consoleLinesLost: say(
    'activity',
    'warn',
    ({ lostLines }) => `Nobody read the console for a while: ${String(lostLines)} lines are missing here`,
  ),
  edgeFailed: say(
    'attention',
    'warn',
    ({ edge, reason }) => `The ${edge} fails (${reason}); everything else goes on`,
  ),
  edgeRecovered: say(
    'activity',
    'info',
    ({ edge, lostSteps }) =>
      `The ${edge} works again${lostSteps === 0 ? '' : `; it has missed ${String(lostSteps)} events`}`,
  ),
  pageServed: say(
    'debug',
    'info',
    ({ address, asksForToken }) =>
      `The page is served at ${address}${asksForToken ? '' : ', without a token (HTTP_TOKEN)'}`,
  ),
  requestAnswered: say(
    'debug',
    'debug',
    ({ method, path, address, status }) => `${method} ${path} from ${address}: ${String(status)}`,
  ),

  conditionBegan: say('debug', 'debug', ({ sentence }) => `Began: ${sentence}`),
  conditionEnded: say(
    'debug',
    'debug',
    ({ sentence, lastedMs }) => `Over after ${duration(lastedMs)}: ${sentence}`,
  ),

  sitesRead: say(
    'debug',
    'info',
    ({ sites, isBuiltIn }) =>
      `Sites${isBuiltIn ? ' (built in; neither CONFIG_FILE nor SITES names any)' : ''}: ${list(sites)}`,
  ),
  sitesReloaded: say('activity', 'info', ({ sites }) => `Sites reloaded: ${list(sites)}`),
  sitesNotUsed: say(
    'attention',
    'warn',
    ({ reason }) => `The sites file has changed but is not used: ${reason}; going on with the last good list`,
  ),
  sitesMissing: say(
    'attention',
    'error',
    ({ reason }) =>
      `No sites to check: ${reason}. Put one URL a line into CONFIG_FILE, or set SITES to URLs separated by commas.`,
  ),
  siteRefused: say('attention', 'warn', ({ where, text, reason }) =>
    text === '' ? `Sites, ${where}: ${reason}` : `Sites, ${where}: "${text}" is left out: ${reason}`,
  ),
  siteProbed: say('debug', 'debug', ({ site, verdict, reason, httpStatus, latencyMs }) => {
    const status = httpStatus === undefined ? '' : `, HTTP ${String(httpStatus)}`;
    const latency = latencyMs === undefined ? '' : `, ${String(Math.round(latencyMs))} ms`;
    return `Site ${site}: ${verdict} (${reason}${status}${latency})`;
  }),
  siteFailed: say(
    'debug',
    'debug',
    ({ site, failures, threshold, reason }) =>
      `Site ${site} failed (${String(failures)} of ${String(threshold)}) - ${reason}`,
  ),
  siteDown: say(
    'recovery',
    'warn',
    ({ site, failures, reason }) =>
      `Site ${site} failed ${String(failures)} consecutive times - THRESHOLD REACHED - ${reason}`,
  ),
  siteUp: say('recovery', 'info', ({ site }) => `Site ${site} can be reached again`),
  siteExcused: say(
    'debug',
    'debug',
    ({ site, reason }) => `Site ${site} failed, and has never passed while others do - ${reason}`,
  ),
  siteNeverPassed: say(
    'attention',
    'warn',
    ({ site, reason }) =>
      `Site ${site} has never passed (${reason}), while others do: check its URL; it starts no recovery as long as another critical site passes`,
  ),
  siteFirstPassed: say(
    'activity',
    'info',
    ({ site }) => `Site ${site} passes for the first time, and counts from now on`,
  ),
  siteReinstated: say(
    'recovery',
    'info',
    ({ site }) => `Site ${site} can be reached again, and counts as critical again`,
  ),
  sitesDemoted: say(
    'attention',
    'warn',
    ({ sites, recoveries }) =>
      `${list(sites)} did not come back in ${String(recoveries)} recoveries, though other sites pass: blocked at this exit, or down; held as advisory until it passes once. If that goes on, give it role=advisory, or set SITE_QUORUM=majority`,
  ),
  sitesStillDemoted: say(
    'recovery',
    'info',
    ({ sites }) => `Still held as advisory until it passes once: ${list(sites)}`,
  ),
  dnsFailed: say(
    'recovery',
    'warn',
    ({ name }) => `Only DNS fails in ${name}: sites by address pass, and those by name cannot be resolved`,
  ),
  dnsRecovered: say('recovery', 'info', ({ name }) => `DNS works in ${name} again`),
  probesFailed: say(
    'attention',
    'warn',
    ({ name, reason }) =>
      `Sites cannot be probed through ${name}: ${reason}; nothing is concluded from that, and nothing restarted`,
  ),
  probesRecovered: say('recovery', 'info', ({ name }) => `Sites can be probed through ${name} again`),

  engineLost: say(
    'attention',
    'warn',
    ({ reason, wasConnected }) =>
      `${wasConnected ? 'Lost the Docker engine' : 'The Docker engine does not answer'}: ${reason}; nothing is done until it answers`,
  ),
  engineBack: say(
    'activity',
    'info',
    ({ lastedMs }) => `The Docker engine answers again after ${duration(lastedMs)}`,
  ),
  engineHadCrashed: say(
    'activity',
    'warn',
    ({ names }) =>
      `The Docker engine had crashed; when it started again it stopped what still ran: ${list(names)}`,
  ),
  listingFailed: say(
    'attention',
    'warn',
    ({ reason }) => `Listing the containers failed: ${reason}; trying again`,
  ),
  engineUnheard: say(
    'attention',
    'warn',
    () =>
      `The engine's messages do not arrive: twice in a row only a listing showed that a container had started; the containers are listed every 10s instead, and nothing tells a crash from a stop by hand. ${UNBUFFERED}`,
  ),
  engineHeard: say('activity', 'info', () => "The engine's messages arrive again"),
  podmanRecognised: say(
    'activity',
    'info',
    ({ version }) => `The engine is ${version === '' ? 'Podman' : `Podman ${version}`}: ${ON_PODMAN}`,
  ),
  callForbidden: say(
    'attention',
    ({ call, isLossKnown = false }) => {
      if (isLossKnown) return 'debug';
      return FORBIDDEN[call].severity === 'info' ? 'info' : 'warn';
    },
    ({ call, request, reason }) =>
      `The engine, or a proxy in front of it, forbids ${request} (${reason}): ${FORBIDDEN[call].consequence}. ${FORBIDDEN[call].remedy}`,
  ),
  callAllowed: say('activity', 'info', ({ request }) => `${request} is allowed again`),
  listingRecovered: say('activity', 'info', () => 'The containers can be listed again'),
  lineDown: say(
    'recovery',
    'warn',
    ({ reason }) =>
      `The line itself seems down: the witness does not answer (${reason}); no recovery starts until it does`,
  ),
  lineUp: say(
    'recovery',
    'info',
    ({ lastedMs }) =>
      `The line is up again after ${duration(lastedMs)}, says the witness; checking the sites now`,
  ),
  witnessIgnored: say('attention', 'warn', ({ reason }) =>
    reason === undefined
      ? 'The witness does not answer though the sites can be reached through the tunnel; it is ignored until it does'
      : `The witness has not answered (${reason}); it is ignored until it does`,
  ),
  witnessHeeded: say('activity', 'info', () => 'The witness answers, and counts from now on'),

  exclusionUnfit: say(
    'attention',
    'warn',
    (unfit) => `EXCLUDE_CONTAINERS: ${unfit.entry} fits no container${didYouMean(unfit)}`,
  ),
  exclusionById: say(
    'attention',
    'warn',
    ({ entry, name }) =>
      `EXCLUDE_CONTAINERS: ${entry.slice(0, 12)} is the id of ${name}, which changes when it is created anew: name it instead`,
  ),
  gatewayExcluded: say(
    'attention',
    'warn',
    ({ name, exclusion }) => `${name} ${EXCLUDED[exclusion]}: it is watched, but never restarted`,
  ),
  reconnectListUnfit: say(
    'attention',
    'warn',
    (unfit) => `VPN_RESTART_DEPENDENTS: ${unfit.entry} fits no container${didYouMean(unfit)}`,
  ),
  reconnectListUnsuitable: say(
    'attention',
    'warn',
    ({ entry, exclusion, gateways }) =>
      `VPN_RESTART_DEPENDENTS: ${entry} ${exclusion === undefined ? `is no dependent of ${list(gateways)}` : EXCLUDED[exclusion]}: it is not restarted`,
  ),
  dependentListUnfit: say(
    'attention',
    'warn',
    ({ unfit }) =>
      `Listed in DEPENDENT_CONTAINERS but not found: ${list(unfit.map((one) => one.entry + didYouMean(one)))}; going on without`,
  ),
  dependentListExcluded: say(
    'attention',
    'warn',
    ({ name, exclusion }) =>
      `${name} is in DEPENDENT_CONTAINERS and ${EXCLUDED[exclusion]}: exclusion wins, it is never touched`,
  ),
  dependentListAmbiguous: say(
    'attention',
    'warn',
    ({ entry, candidates }) =>
      `DEPENDENT_CONTAINERS: ${entry} could be any of ${list(candidates)}; none of them is touched: name one`,
  ),
  monitorOnGatewayNetwork: say(
    'attention',
    'warn',
    ({ name }) => `This monitor is on the network of ${name} and goes down with it: ${OWN_NETWORK}`,
  ),
  otherMonitorOnGatewayNetwork: say(
    'attention',
    'warn',
    ({ name, gatewayName }) =>
      `${name}, a monitor, is on the network of ${gatewayName} and goes down with it: give it a network of its own`,
  ),
  witnessBehindGateway: say(
    'attention',
    'error',
    ({ name }) =>
      `WITNESS is not asked, because that would be through the tunnel of ${name} itself: ${OWN_NETWORK}`,
  ),
  engineBehindGateway: say(
    'attention',
    'error',
    ({ name }) =>
      `DOCKER_HOST leads through ${name}: when its network goes, the engine is out of reach: ${OWN_NETWORK}`,
  ),

  gatewayFound: say('activity', 'info', ({ name }) => `Monitoring container: ${name}`),
  gatewayRenamed: say(
    'attention',
    'warn',
    ({ was, name }) =>
      `${was} is called ${name} now; it is still watched. Set GLUETUN_CONTAINER to its new name`,
  ),
  gatewayNotFound: say('attention', 'warn', ({ name, candidates }) => {
    const advice =
      candidates.length === 0
        ? ''
        : `; it could be ${list(candidates)}: set GLUETUN_CONTAINER to the right name`;
    return `Container ${name} not found${advice}; waiting for it`;
  }),
  gatewayAmbiguous: say(
    'attention',
    'warn',
    ({ name, candidates }) =>
      `Container ${name} could be any of ${list(candidates)}: set GLUETUN_CONTAINER to the name of one; waiting until it is clear`,
  ),
  gatewayGone: say('attention', 'warn', ({ name }) => `${name} is gone; waiting until there is one again`),
  gatewayPaused: say('attention', 'warn', ({ name }) => `${name} is paused; standing by until it is resumed`),
  gatewayResumed: say('activity', 'info', ({ name }) => `${name} is resumed`),
  gatewayStarted: say('activity', 'info', ({ name }) => `${name} started; waiting until it is ready`),
  gatewayDown: say('attention', 'warn', (down) =>
    down.isCutShort
      ? `${down.name} has been down since a restart by the monitor was cut short; ${outlook(down)}`
      : `${down.name} ${howDown(down)}; ${outlook(down)}`,
  ),
  gatewayLooping: say(
    'attention',
    'warn',
    ({ name, exits }) =>
      `${name} keeps restarting: it has ended ${String(exits)} times before it was ready; its starts and ends are not logged until it is`,
  ),
  gatewayReady: say(
    'activity',
    'info',
    ({ name, tookMs, proof }) => `${name} is healthy after ${duration(tookMs)}${PROOFS[proof]}`,
  ),
  gatewayTakenForReady: say(
    'attention',
    'warn',
    ({ name }) => `${name} counts as ready: it has no health check and cannot be probed`,
  ),
  gatewayUnhealthy: say(
    'recovery',
    'warn',
    ({ name }) => `${name} is unhealthy, says Docker; checking the sites now`,
  ),
  gatewayHealthy: say('recovery', 'info', ({ name }) => `${name} is healthy again, says Docker`),
  selfHealingBegun: say(
    'recovery',
    ({ isKnown }) => (isKnown ? 'debug' : 'info'),
    ({ name }) => `${name} restarts its VPN itself; checking the sites now`,
  ),
  alarmAnswered: say('recovery', 'info', ({ name, alarm }) =>
    alarm === 'unhealthy'
      ? `The sites can be reached, though Docker calls ${name} unhealthy: nothing to restart`
      : 'The sites can be reached: nothing to restart',
  ),
  dockerAgreed: say(
    'recovery',
    'warn',
    ({ name }) =>
      `Docker calls ${name} unhealthy, and no critical site passes: each failure in this check counts twice`,
  ),
  gatewayTrouble: say('recovery', 'warn', ({ text }) => `Gluetun says: ${text}`),
  gatewayLogUnreadable: say(
    'attention',
    'warn',
    ({ name, reason }) =>
      `The log of ${name} cannot be read: ${reason}; until it can, the monitor may learn late or never that the tunnel is up, why it fails, and its public address. Use the logging driver json-file, local or journald; a socket proxy has to allow GET /containers/{id}/logs`,
  ),
  gatewayLogReadable: say('activity', 'info', ({ name }) => `The log of ${name} can be read again`),
  gatewayLogFellSilent: say(
    'activity',
    ({ times }) => (times === 1 ? 'warn' : 'debug'),
    ({ name, silentMs }) =>
      `The log of ${name} had fallen silent for ${String(Math.round(silentMs / 1000))}s, though lines were written (was it rotated?); it is followed anew`,
  ),
  endpoint: say(
    'recovery',
    'endpoint',
    ({ status, ip, country, city, server, reason }) =>
      `Status: ${status} | IP: ${known(ip)} | Country: ${known(country)} | City: ${known(city)} | VPN Server: ${known(server)} | Reason: ${reason}`,
  ),
  endpointNotRead: say('debug', 'debug', ({ reason }) => `Endpoint: ${reason}`),

  outageEnded: say('recovery', 'info', ({ name, lastedMs, trouble, ...why }) => {
    const said = trouble === undefined ? '' : `. Gluetun said: ${trouble}`;
    return `The tunnel of ${name} works again after ${duration(lastedMs)}: ${whatFailed(why)}${said}`;
  }),
  sitesFailed: say('recovery', 'warn', ({ sites }) => `Failed sites (exceeded threshold): ${list(sites)}`),
  recoveryDecided: say('recovery', 'warn', ({ isLineUp, attempt, waitMs, ...evidence }) => {
    const line = isLineUp ? 'the line is up, says the witness; ' : '';
    return `Why: ${figures(evidence)}; ${line}recovery ${String(attempt)} since all was well, the next one not before ${duration(waitMs)} after its end`;
  }),
  recoveryBegun: say('recovery', 'warn', () => 'Health check failed, initiating recovery...'),
  recoveryHeldBack: say('attention', 'warn', (held) => `No recovery: ${figures(held)}; ${whyHeld(held)}`),
  gatewayRestartBegun: say('recovery', 'info', ({ name }) => `Restarting ${name} to force new endpoint...`),
  gatewayNotRestarted: say('recovery', 'info', ({ name, reason }) => `${name} is not restarted: ${reason}`),
  gatewayRestartFailed: say(
    'attention',
    'error',
    ({ name, reason }) => `Restarting ${name} failed: ${reason}`,
  ),
  gatewayStartBegun: say('recovery', 'warn', ({ name }) => `${name} has not come back; starting it`),
  gatewayStartFailed: say(
    'attention',
    'error',
    ({ name, reason }) => `Starting ${name} failed: ${reason}; trying again`,
  ),
  gatewayNotReady: say('attention', 'error', ({ name, waitedMs, isInRecovery, trouble }) => {
    const because = trouble === undefined ? '' : `. Gluetun says: ${trouble}`;
    return `${name} did not become ready within ${duration(waitedMs)}${isInRecovery ? '; its dependents are restarted as soon as it is' : ''}${because}`;
  }),
  vpnRestartBegun: say(
    'recovery',
    'info',
    ({ name }) => `Restarting the VPN inside ${name} to force new endpoint...`,
  ),
  vpnNotRestarted: say(
    'recovery',
    'info',
    ({ name, reason }) => `The VPN inside ${name} is not restarted: ${reason}`,
  ),
  vpnRestartFailed: say(
    'recovery',
    'warn',
    ({ name, reason }) => `The VPN cannot be restarted inside ${name}: ${reason}`,
  ),
  vpnRestartUncertain: say(
    'recovery',
    'info',
    ({ name, reason }) =>
      `Whether the VPN inside ${name} was restarted will show when the container is resumed: ${reason}`,
  ),
  noPassSinceVpnRestart: say(
    'recovery',
    'warn',
    ({ name }) => `No check has passed since the VPN was restarted inside ${name}`,
  ),
  noPassSinceRestart: say(
    'recovery',
    'warn',
    ({ sites }) => `No check has passed since the restart${sites.length === 0 ? '' : `: ${list(sites)}`}`,
  ),
  recoveryAbandoned: say('recovery', 'info', ({ name, because }) =>
    because === 'tunnelWorks'
      ? 'The tunnel works again without a restart'
      : `The recovery ends: ${name} ${ABANDONED[because]}`,
  ),
  recoveryCompleted: say('recovery', 'info', ({ tookMs, by, restarted = [] }) => {
    const rest = restarted.length === 0 ? '' : ` but ${list(restarted)}`;
    const how = by === 'vpn' ? `: the VPN was restarted, dependents untouched${rest}` : '';
    return `Recovery complete (took ${duration(tookMs)})${how}`;
  }),
  recoveryIncomplete: say('attention', 'error', ({ tookMs, isVerified, notRestarted, orphans }) => {
    const faults = [
      ...(isVerified ? [] : ['no check has passed yet']),
      ...(notRestarted.length === 0 ? [] : [`not restarted: ${list(notRestarted)}`]),
      ...(orphans.length === 0 ? [] : [`to be re-created by hand: ${list(orphans)}`]),
    ];
    return `Recovery ended after ${duration(tookMs)}, but ${faults.join('; ')}`;
  }),
  operatorRequestAccepted: say(
    'activity',
    'info',
    ({ request, name, forMs, isWaiting }) =>
      `The operator has asked to ${asked(request, name)}${forMs === undefined ? '' : `, for ${spell(forMs)}`}${isWaiting ? '; what is under way comes first' : ''}`,
  ),
  operatorRequestRefused: say(
    'activity',
    'info',
    ({ request, name = '', because, candidates = [] }) =>
      `The operator has asked to ${asked(request, name)}, which is refused: ${REFUSALS[because]}${candidates.length === 0 ? '' : ` (${list(candidates)})`}`,
  ),
  operatorRequestLapsed: say(
    'activity',
    'warn',
    ({ request, name, because }) =>
      `The operator has asked to ${asked(request, name)}, which is not done any more: ${REFUSALS[because]}`,
  ),
  recoveryRequested: say(
    'recovery',
    'warn',
    ({ name, attempt, waitMs }) =>
      `The recovery of ${name} begins, as the operator has asked: recovery ${String(attempt)} since all was well, the next one not before ${duration(waitMs)} after its end`,
  ),
  reconnectBegun: say(
    'activity',
    'info',
    ({ name }) => `Reconnecting the VPN of ${name}, as the operator has asked...`,
  ),
  reconnectCompleted: say(
    'activity',
    'info',
    ({ name, tookMs, restarted }) =>
      `The VPN of ${name} is reconnected, and a check has passed (took ${duration(tookMs)})${restarted.length === 0 ? '' : `; restarted after it: ${list(restarted)}`}`,
  ),
  reconnectFailed: say(
    'attention',
    'warn',
    ({ name, reason }) => `The reconnect of the VPN of ${name} has not worked: ${reason}`,
  ),
  pauseOver: say('activity', 'info', ({ name }) => `The pause is over: ${name} is looked after again`),
  stillPaused: say(
    'activity',
    'info',
    ({ name, leftMs }) =>
      `The operator has paused the monitor: ${name} is watched and left alone, for another ${spell(leftMs)}`,
  ),
  dependentDiscoveryBegun: say(
    'activity',
    'info',
    () => 'Discovering and restarting dependent containers...',
  ),
  dependentsDiscovered: say(
    'activity',
    'info',
    ({ names }) => `Discovered dependent containers: ${compact(names)}`,
  ),
  dependentsToFollow: say('activity', 'info', ({ names }) => `Then its dependents: ${list(names)}`),
  dependentsRestarted: say('activity', 'info', () => 'Dependent container restart complete'),

  dependentsFound: say(
    'activity',
    'info',
    ({ isAuto, names }) =>
      `Dependent containers (${isAuto ? 'auto-discovery' : 'configured'}): ${compact(names)}`,
  ),
  dependentsNotRunning: say('activity', 'info', ({ names }) => `Not running, and left alone: ${list(names)}`),
  dependentsCutOff: say(
    'activity',
    ({ isInRecovery }) => (isInRecovery ? 'debug' : 'info'),
    ({ attachment, names }) => `Dependent containers ${CUT_OFF[attachment]}: ${list(names)}`,
  ),
  orphansNotRecreated: say(
    'attention',
    'warn',
    ({ names, because }) =>
      `${NOT_RECREATED[because]}: ${list(names)} must be re-created by hand. ${RECREATE_BY_HAND}`,
  ),
  orphansUnclaimed: say(
    'attention',
    'warn',
    ({ names, gatewayName }) =>
      `Joined to a container that no longer exists, and nothing tells whether that was ${gatewayName}: ${list(names)}; left alone. ${RECREATE_BY_HAND}`,
  ),
  orphanOfFormerGateway: say(
    'attention',
    'warn',
    ({ name, formerGateway, gatewayName }) =>
      `${name} is joined to ${formerGateway}, which was ${gatewayName} before; left alone. ${RECREATE_BY_HAND}`,
  ),
  dependentAdded: say('activity', 'info', ({ name }) => `Dependent container added: ${name}`),
  dependentRemoved: say('activity', 'info', ({ name }) => `Dependent container removed: ${name}`),
  dependentRenamed: say(
    'activity',
    'info',
    ({ was, name }) => `Dependent container renamed: ${was} to ${name}`,
  ),
  dependentStarted: say('activity', 'info', ({ name }) => `Dependent container started: ${name}`),
  dependentStopped: say('activity', 'info', ({ name }) => `Dependent container stopped: ${name}`),
  dependentPaused: say('activity', 'info', ({ name }) => `Dependent container paused: ${name}`),
  dependentResumed: say('activity', 'info', ({ name }) => `Dependent container resumed: ${name}`),
  dependentOutOfMemory: say('attention', 'warn', ({ name }) => `Dependent container out of memory: ${name}`),
  dependentLooping: say(
    'attention',
    'warn',
    ({ name, exits, calmMs }) =>
      `Dependent container keeps restarting: ${name} has ended ${String(exits)} times by itself; its starts and stops are not logged until it has been quiet for ${duration(calmMs)}`,
  ),
  dependentCalm: say(
    'activity',
    'info',
    ({ name, calmMs }) =>
      `Dependent container has stopped restarting: ${name} has run for ${duration(calmMs)}`,
  ),
  dependentNeverStarted: say(
    'activity',
    ({ attempt }) => (attempt === 1 ? 'info' : 'debug'),
    ({ name }) => `Dependent container was never started, because its gateway was unhealthy: ${name}`,
  ),
  dependentRepairBegun: say(
    'activity',
    ({ attempt }) => (attempt === 1 ? 'info' : 'debug'),
    ({ name, repair }) => `${REPAIRS[repair].doing} ${name}...`,
  ),
  dependentParked: say('debug', 'debug', ({ name, parkedAs }) => `${name} waits as ${parkedAs}`),
  dependentRepaired: say(
    'activity',
    'info',
    ({ name, repair }) => `${name} ${REPAIRS[repair].done} successfully`,
  ),
  dependentExited: say(
    'activity',
    'info',
    ({ name, repair, exitCode }) =>
      `${name} was ${REPAIRS[repair].done} and has ended by itself (exit code ${String(exitCode)})`,
  ),
  dependentLeftAlone: say('activity', 'info', ({ name, repair, reason }) =>
    repair === 'resume' ? `${name}: ${reason}` : `${name} is left alone: ${reason}`,
  ),
  dependentGone: say('activity', 'info', ({ name }) => `${name} is gone; nothing to restart`),
  dependentRepairFailed: say(
    'attention',
    ({ attempt }) => (attempt === 1 ? 'error' : 'debug'),
    ({ name, repair, reason, fault, retryInMs }) => {
      const why = fault === undefined ? (reason ?? '') : FAULTS[fault](REPAIRS[repair].done);
      return `${REPAIRS[repair].doing} ${name} failed: ${why}; trying again in ${duration(retryInMs)}`;
    },
  ),
  recreationRefused: say(
    'attention',
    ({ attempt }) => (attempt === 1 ? 'error' : 'debug'),
    ({ name, reason, cutOffWithIt }) => {
      const others = cutOffWithIt.length === 0 ? '' : `; cut off with it until then: ${list(cutOffWithIt)}`;
      return `${name} cannot be re-created: ${reason}${others}`;
    },
  ),
  dependentHeldUpByPause: say(
    'activity',
    'info',
    ({ name }) => `${name} is paused; it is restarted when it is resumed`,
  ),
  dependentHeldUpByOwner: say(
    'activity',
    'info',
    ({ name, owner }) => `${name} waits for ${owner}, whose network it shares`,
  ),
  dependentRecovered: say('activity', 'info', ({ name }) => `${name} needs no restart any more`),
  dependentsAllFresh: say(
    'activity',
    'info',
    ({ name }) => `All dependent containers are on the network of ${name}`,
  ),
};

const ON_PODMAN =
  'each container is inspected with each listing; a container that ends with exit code 0, 137 or 143 counts as stopped by hand; no dependent is created anew (docs/podman.md)';

/** Why the user's configuration keeps the monitor from touching a container. Follows the container's name. */
export const EXCLUDED: Readonly<Record<Exclusion, string>> = {
  listed: 'is in EXCLUDE_CONTAINERS',
  labelled: `is excluded by its label ${EXCLUDE_LABEL}`,
};

/** Why the image stays root. Follows the user that it was to become. */
const WHY_ROOT: Readonly<Record<NoticeOf<'rootKept'>['obstacle'], (path: string, reason: string) => string>> =
  {
    capabilities: (_, reason) =>
      `it may not change to that user (${reason}), which takes the capabilities SETUID and SETGID, and often CHOWN`,
    socket: (path, reason) => `that user could not open ${path} (${reason})`,
    sitesFile: (path, reason) => `that user could not read ${path} (${reason})`,
    ownFiles: (path, reason) =>
      `${path} cannot be handed over to that user (${reason}), which takes the capability CHOWN`,
  };

const STATE_LOST =
  'nothing is remembered, so orphans left by a gateway re-created meanwhile can be told only by ' +
  "compose's labels, or by a name they were parked under, and who was stopped by hand is not known";
const OWN_NETWORK = 'give the monitor a network of its own';
const RECREATE_BY_HAND = 'With compose: docker compose up -d --force-recreate, and the services’ names';

const NOT_RECREATED: Readonly<Record<LeftToOwner, string>> = {
  byHand: 'AUTO_RECREATE is off',
  podman: 'Nothing is created anew on Podman',
  forbidden: 'A proxy in front of the engine forbids a part of what a re-creation needs',
};

const PROOFS = {
  health: '',
  log: ': its log shows the tunnel and a check passed',
  check: ': a check passed, and it has no health check',
  overdue: ': a check passed, though Docker does not call it healthy',
};

const CUT_OFF = {
  stale: 'cut off from its network',
  orphaned: 'joined to a container that no longer exists',
  failedToJoin: 'not started, because their gateway was not there',
};

const REPAIRS = {
  restart: { doing: 'Restarting', done: 'restarted' },
  recreate: { doing: 'Re-creating', done: 're-created' },
  resume: { doing: 'Finishing the re-creation of', done: 're-created' },
};

const ABANDONED = { stopped: 'was stopped', down: 'does not run any more', startedAnew: 'has started anew' };

type Down = NoticeOf<'gatewayDown'>;

function howDown({ cause, exitCode, isAgain, restarts, startError }: Down): string {
  const code = exitCode === undefined ? '' : ` (exit code ${String(exitCode)})`;
  const again = isAgain ? ', again before it was ready' : '';
  switch (cause) {
    case 'operator':
      return `was stopped${code}${again}`;
    case 'crash':
      return `died${code}${again}`;
    case 'restarting':
      return `is being restarted by its restart policy${code}${again}`;
    case 'givenUp': {
      const after = restarts === undefined ? '' : ` after ${String(restarts)} restarts`;
      return `has failed, and its restart policy has given up${after}${code}`;
    }
    case 'ourRestart':
    case 'created':
    case 'found':
      return `${startError === undefined ? 'is not running' : notStarted(startError)}${code}${again}`;
  }
}

const notStarted = (error: string): string =>
  error === '' ? 'was created, but not started' : `could not be started: ${error}`;

/** What happens next. Nothing is logged while the gateway has time to come back by itself. */
function outlook({ cause, exclusion, startInMs, attempt }: Down): string {
  if (cause === 'ourRestart') return 'it is started if it does not come back';
  if (exclusion !== undefined) return `it ${EXCLUDED[exclusion]}: standing by until it starts`;
  if (startInMs === undefined) return 'standing by until it starts';
  return attempt === undefined
    ? `it is started unless it comes back within ${duration(startInMs)}`
    : `unless it comes back it is started in ${duration(startInMs)} (backoff, attempt ${String(attempt)})`;
}

const figures = ({ sitesDown, sitesCritical, siteQuorum, sitesNeeded }: Evidence): string =>
  `${String(sitesDown)} of ${String(sitesCritical)} critical sites down, and SITE_QUORUM=${String(siteQuorum)} asks for ${String(sitesNeeded)}`;

function whyHeld(held: Hold): string {
  switch (held.because) {
    case 'quorum':
      return 'so the tunnel counts as working';
    case 'excluded':
      return `${held.name} ${EXCLUDED[held.exclusion]}`;
    case 'awaitingWitness':
      return 'the witness is being asked';
    case 'line':
      return 'the line itself is down: the witness does not answer either';
    case 'grace':
      return `Gluetun has ${duration(held.leftMs)} left to heal itself (SELF_HEAL_GRACE)`;
    case 'backoff': {
      const times = held.recoveries === 1 ? '1 recovery' : `${String(held.recoveries)} recoveries`;
      return `after ${times} the next is due in ${duration(held.leftMs)}`;
    }
  }
}

function whatFailed({
  cause,
  sites,
  reason,
}: Pick<NoticeOf<'outageEnded'>, 'cause' | 'sites' | 'reason'>): string {
  switch (cause) {
    case 'line':
      return 'the line itself was down';
    case 'dns':
      return 'only DNS had failed';
    case 'gateway':
      return 'its container had ended';
    case 'sites': {
      const why = reason === undefined ? '' : ` (${reason})`;
      return sites.length === 0 ? 'no check had passed' : `${list(sites)} had failed${why}`;
    }
  }
}

function asked(request: RequestKind, name: string): string {
  const whom = name === '' ? '' : ` ${name}`;
  switch (request) {
    case 'reconnect':
      return `reconnect the VPN${name === '' ? '' : ` of ${name}`}`;
    case 'recover':
      return `recover${whom}`;
    case 'pause':
    case 'resume':
      return `${request} the monitor${name === '' ? '' : ` for ${name}`}`;
  }
}

const REFUSALS: Readonly<Record<RefusalReason, string>> = {
  shuttingDown: 'the monitor is about to end',
  paused: 'the monitor is paused (gluetun-monitor resume ends that)',
  notPaused: 'it is not paused',
  unknownGateway: 'no such gateway is watched; --gateway takes one of',
  whichGateway: 'several gateways are watched; name one by --gateway',
  engineLost: 'the Docker engine is out of reach',
  gatewayAbsent: 'there is no such container',
  gatewayDown: 'it does not run',
  gatewayPaused: 'it is paused in Docker (docker unpause resumes it)',
  gatewayStarting: 'it has just been started, and is not ready yet',
  gatewayStopping: 'it is being stopped',
  gatewayStartedAnew: 'it has started anew since',
  excluded: 'it is excluded, and never touched',
  recoveryUnderWay: 'a recovery is under way',
  reconnectUnderWay: 'its VPN is being reconnected',
  alreadyAsked: 'that has been asked for already, and waits for what is under way',
};

const seconds = (ms: number): string => `${String(ms / 1000)}s`;
const list = (names: readonly string[]): string => names.join(', ');
/** As the shell script wrote it, for tools that read its lines. */
const compact = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(','));
const known = (part: string | undefined): string => part ?? 'unknown';

const didYouMean = ({ nearest }: Unfit): string =>
  nearest.length === 0 ? '' : ` (nearest: ${list(nearest)})`;

/** A notice as a line of the log, which names its gateway if several are watched. */
export function lineOf(notice: Notice, ofSeveral = false): Line {
  const { level, sentence } = WORDINGS[notice.kind] as Wording<NoticeKind>;
  const { kind, ...fields } = notice;
  const whose = ofSeveral && notice.gateway !== undefined ? `${notice.gateway}: ` : '';
  return {
    level: typeof level === 'function' ? level(notice) : level,
    message: `${whose}${notice.dryRun ? '[DRY-RUN] ' : ''}${sentence(notice)}`,
    fields: { kind, ...fields },
  };
}
