import type { EngineCall } from '../../streams/engine-calls.ts';
import type { Severity } from './condition.ts';

interface Forbidden {
  readonly severity: Severity;
  readonly consequence: string;
  readonly remedy: string;
}

const ALLOW_IT = 'Allow it in the rules of the proxy (docker/socket-proxy.md)';
const NO_RECREATION: Forbidden = {
  severity: 'warning',
  consequence:
    'a dependent that hangs on a removed gateway is not created anew, and stays cut off until you do that',
  remedy: `${ALLOW_IT}, or set AUTO_RECREATE=false`,
};

/** What is lost without a call, and what is done instead. */
export const FORBIDDEN: Readonly<Record<EngineCall, Forbidden>> = {
  info: {
    severity: 'info',
    consequence:
      'what the engine itself ended after a crash counts as stopped by hand, and is not started again, and Podman is not recognised',
    remedy: ALLOW_IT,
  },
  openEvents: {
    severity: 'warning',
    consequence:
      'the containers are listed every 10s instead, and nothing tells a crash from a stop by hand, so a gateway that ends is not started again',
    remedy: ALLOW_IT,
  },
  list: {
    severity: 'critical',
    consequence: 'no container is known, so nothing is watched and nothing repaired',
    remedy: ALLOW_IT,
  },
  inspect: {
    severity: 'critical',
    consequence: 'nothing tells when a container was started, so nothing is watched and nothing repaired',
    remedy: ALLOW_IT,
  },
  followLog: {
    severity: 'warning',
    consequence:
      'the public address, why the VPN fails and that it is up are learnt late or never, and dependents wait for the health check',
    remedy: ALLOW_IT,
  },
  exec: {
    severity: 'critical',
    consequence: 'no site can be probed, so a broken tunnel is not noticed; containers are still put back',
    remedy: ALLOW_IT,
  },
  restart: {
    severity: 'critical',
    consequence:
      'neither the gateway nor a dependent can be restarted, so nothing is repaired, except by a re-creation',
    remedy: ALLOW_IT,
  },
  start: {
    severity: 'warning',
    consequence: 'a gateway that has crashed cannot be started again, and no dependent is created anew',
    remedy: ALLOW_IT,
  },
  inspectImage: NO_RECREATION,
  volumes: {
    severity: 'warning',
    consequence:
      'a dependent with a volume that Docker does not name is not created anew, and stays cut off until you do that',
    remedy: `${ALLOW_IT}, or set AUTO_RECREATE=false`,
  },
  changes: NO_RECREATION,
  fileStat: NO_RECREATION,
  stop: NO_RECREATION,
  rename: NO_RECREATION,
  create: NO_RECREATION,
  remove: NO_RECREATION,
};
