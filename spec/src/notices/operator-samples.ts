import type { NoticeOf } from '../../../src/notices/notice.ts';
import type { OperatorNotices } from '../../../src/notices/operator-notices.ts';

const gateway = 'gluetun';
const name = 'gluetun';

export const OPERATOR_SAMPLES: { readonly [K in keyof OperatorNotices]: NoticeOf<K> } = {
  operatorRequestAccepted: {
    kind: 'operatorRequestAccepted',
    gateway,
    request: 'pause',
    name,
    forMs: 1_800_000,
  },
  operatorRequestRefused: {
    kind: 'operatorRequestRefused',
    gateway,
    request: 'recover',
    name,
    because: 'recoveryUnderWay',
  },
  operatorRequestLapsed: {
    kind: 'operatorRequestLapsed',
    gateway,
    request: 'reconnect',
    name,
    because: 'gatewayStartedAnew',
  },
  recoveryRequested: { kind: 'recoveryRequested', gateway, name, attempt: 1, waitMs: 60_000 },
  reconnectBegun: { kind: 'reconnectBegun', gateway, name },
  reconnectCompleted: { kind: 'reconnectCompleted', gateway, name, tookMs: 6_000, restarted: ['app'] },
  reconnectFailed: {
    kind: 'reconnectFailed',
    gateway,
    name,
    reason: 'the control server cannot be reached: is it on, and GLUETUN_API_URL right?',
  },
  pauseOver: { kind: 'pauseOver', gateway, name },
  stillPaused: { kind: 'stillPaused', gateway, name, leftMs: 900_000 },
};
