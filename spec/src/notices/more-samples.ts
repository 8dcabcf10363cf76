import type { Notice } from '../../../src/notices/notice.ts';

const gateway = 'gluetun';
const name = 'gluetun';
const evidence = { sitesDown: 2, sitesCritical: 3, siteQuorum: 'any', sitesNeeded: 1 } as const;
const rootKept = { kind: 'rootKept', uid: 1000, gid: 1000 } as const;
const down = { kind: 'gatewayDown', gateway, name, exitCode: undefined, isAgain: false } as const;
const held = { kind: 'recoveryHeldBack', gateway, ...evidence } as const;

/** Where a kind has more fields than those, or more than one level: notices that have them. */
export const MORE_SAMPLES: readonly Notice[] = [
  { ...rootKept, obstacle: 'socket', path: '/var/run/docker.sock', reason: 'EACCES' },
  { ...rootKept, obstacle: 'sitesFile', path: '/config/sites.conf', reason: 'EACCES' },
  { ...rootKept, obstacle: 'ownFiles', path: '/logs', reason: 'EPERM' },
  { kind: 'stateLost', path: '/logs/state.json', reason: 'has no version', setAsideFailure: 'EISDIR' },
  {
    kind: 'callForbidden',
    call: 'create',
    request: 'POST /containers/create',
    reason: 'it is forbidden (HTTP 403)',
    isLossKnown: true,
  },
  { kind: 'historyWritten', path: '/logs/history.jsonl', lostLines: 3 },
  {
    kind: 'historyLinesSetAside',
    path: '/logs/history.jsonl',
    lines: 2,
    setAsideAs: '/logs/history.jsonl.corrupt',
  },
  ...(['line', 'dns', 'gateway', 'sites'] as const).map((cause): Notice => ({
    kind: 'outageEnded',
    gateway,
    name,
    lastedMs: 43_000,
    cause,
    sites: [],
    reason: undefined,
    trouble: undefined,
  })),
  { kind: 'witnessIgnored' },
  { ...down, cause: 'crash', isCutShort: true, exclusion: 'listed' },
  { ...down, cause: 'givenUp', restarts: 3, isAgain: true, startInMs: 10_000 },
  { ...down, cause: 'found', startError: '' },
  { ...down, cause: 'found', startError: 'port is already allocated' },
  { ...down, cause: 'ourRestart' },
  { kind: 'selfHealingBegun', gateway, name, isKnown: true },
  { kind: 'gatewayLogFellSilent', gateway, name, silentMs: 90_000, times: 2 },
  { kind: 'alarmAnswered', gateway, name, alarm: 'selfHealing' },
  { ...held, because: 'quorum' },
  { ...held, because: 'line' },
  { ...held, because: 'awaitingWitness' },
  { ...held, because: 'grace', leftMs: 5_000 },
  { ...held, because: 'excluded', name, exclusion: 'listed' },
  { kind: 'operatorRequestAccepted', gateway, request: 'reconnect', name, isWaiting: true },
  { kind: 'operatorRequestAccepted', gateway, request: 'resume', name },
  {
    kind: 'operatorRequestRefused',
    request: 'recover',
    name: 'gluten',
    because: 'unknownGateway',
    candidates: ['gluetun'],
  },
  { kind: 'operatorRequestRefused', request: 'resume', because: 'notPaused' },
  { kind: 'reconnectCompleted', gateway, name, tookMs: 6_000, restarted: [] },
  { kind: 'gatewayNotReady', gateway, name, waitedMs: 120_000, isInRecovery: false, trouble: undefined },
  { kind: 'recoveryAbandoned', gateway, name, because: 'tunnelWorks' },
  { kind: 'recoveryCompleted', gateway, tookMs: 14_000, by: 'gateway' },
  { kind: 'dependentsCutOff', gateway, attachment: 'orphaned', names: ['app'], isInRecovery: true },
  { kind: 'dependentNeverStarted', gateway, name: 'app', attempt: 2 },
  { kind: 'dependentRepairBegun', gateway, name: 'app', repair: 'resume', attempt: 2 },
  {
    kind: 'dependentRepairFailed',
    gateway,
    name: 'app',
    repair: 'restart',
    reason: undefined,
    fault: 'notOnLiveNetwork',
    retryInMs: 10_000,
    attempt: 2,
  },
  {
    kind: 'recreationRefused',
    gateway,
    name: 'app',
    reason: 'its image is gone',
    cutOffWithIt: [],
    attempt: 2,
  },
];
