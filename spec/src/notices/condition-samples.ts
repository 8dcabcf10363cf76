import type { ConditionKind, Finding } from '../../../src/notices/condition.ts';

const gateway = 'gluetun';
const subject = 'gluetun';
const reason = 'Forbidden';

/** Of each kind one condition, with every field that it can have. */
export const CONDITION_SAMPLES: {
  readonly [K in ConditionKind]: Extract<Finding, { readonly kind: K }>;
} = {
  engineLost: { kind: 'engineLost', subject: '', reason },
  listingFailed: { kind: 'listingFailed', subject: '', reason },
  engineUnheard: { kind: 'engineUnheard', subject: '' },
  callForbidden: {
    kind: 'callForbidden',
    subject: 'POST /containers/{id}/start',
    id: 'start',
    call: 'start',
    reason: 'it is forbidden (HTTP 403)',
  },
  lineDown: { kind: 'lineDown', subject: '', reason },
  witnessIgnored: { kind: 'witnessIgnored', subject: '' },
  logFileNotWritten: { kind: 'logFileNotWritten', subject: '/logs/gluetun-monitor.log', reason: 'ENOSPC' },
  historyNotWritten: { kind: 'historyNotWritten', subject: '/logs/history.jsonl', reason: 'ENOSPC' },
  stateNotWritten: { kind: 'stateNotWritten', subject: '/logs/state.json', reason: 'ENOSPC' },
  edgeFailed: { kind: 'edgeFailed', subject: 'log', id: 'log', reason: 'it has not kept up' },
  addressNotServed: {
    kind: 'addressNotServed',
    subject: '0.0.0.0:8080',
    id: '0.0.0.0:8080',
    reason: 'something else listens there',
  },
  gatewayAbsent: { kind: 'gatewayAbsent', gateway, subject },
  gatewayDown: { kind: 'gatewayDown', gateway, subject, cause: 'operator' },
  gatewayPaused: { kind: 'gatewayPaused', gateway, subject },
  gatewayNotReady: { kind: 'gatewayNotReady', gateway, subject },
  gatewayLooping: { kind: 'gatewayLooping', gateway, subject, exits: 3 },
  gatewayExcluded: { kind: 'gatewayExcluded', gateway, subject },
  gatewayLogUnreadable: { kind: 'gatewayLogUnreadable', gateway, subject, reason },
  controlServerUnusable: { kind: 'controlServerUnusable', gateway, subject, reason },
  monitorOnGatewayNetwork: { kind: 'monitorOnGatewayNetwork', gateway, subject },
  paused: { kind: 'paused', gateway, subject, until: 1 },
  probesFailed: { kind: 'probesFailed', gateway, subject, reason },
  siteDown: { kind: 'siteDown', gateway, subject: 'https://a', id: 'https://a/', isCritical: true },
  siteDemoted: { kind: 'siteDemoted', gateway, subject: 'https://a', id: 'https://a/' },
  siteNeverPassed: { kind: 'siteNeverPassed', gateway, subject: 'https://a', id: 'https://a/' },
  dnsFailed: { kind: 'dnsFailed', gateway, subject },
  recoveryHeldBack: { kind: 'recoveryHeldBack', gateway, subject, because: 'backoff', until: 1 },
  dependentCutOff: {
    kind: 'dependentCutOff',
    gateway,
    subject: 'app',
    id: '0123456789ab',
    attachment: 'stale',
    because: 'failing',
    reason: 'no space left on device',
    fault: 'notOnLiveNetwork',
    owner: 'web',
  },
  dependentLooping: { kind: 'dependentLooping', gateway, subject: 'app', id: '0123456789ab' },
  orphanUnclaimed: {
    kind: 'orphanUnclaimed',
    gateway,
    subject: 'app',
    id: '0123456789ab',
    formerGateway: 'gluetun-old',
  },
};
