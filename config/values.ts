import type { Config } from './config.ts';

/** What convict holds once every format has accepted its value. */
export interface Values {
  GLUETUN_CONTAINER: readonly string[];
  DEPENDENT_CONTAINERS: 'auto' | readonly string[];
  EXCLUDE_CONTAINERS: readonly string[];
  SITES: string;
  CONFIG_FILE: string;
  CHECK_INTERVAL: number;
  TIMEOUT: number;
  FAIL_THRESHOLD: number;
  SITE_QUORUM: Config['siteQuorum'];
  RETRY_INTERVAL: number;
  HEALTHY_WAIT_TIMEOUT: number;
  RECOVERY_STRATEGY: Config['recoveryStrategy'];
  VPN_RESTART_DEPENDENTS: readonly string[];
  SELF_HEAL_GRACE: number;
  RECOVERY_BACKOFF: number;
  RECOVERY_BACKOFF_MAX: number;
  RESTART_CONCURRENCY: number;
  AUTO_RECREATE: boolean;
  WITNESS: string;
  DRY_RUN: boolean;
  LOG_LEVEL: 'error' | 'warn' | 'info' | 'debug';
  LOG_FORMAT: 'text' | 'json';
  LOG_FILE: string;
  LOG_MAX_BYTES: number;
  LOG_BACKUP_COUNT: number;
  TZ: string;
  GLUETUN_API_URL: string;
  GLUETUN_API_KEY: string;
  STATE_FILE: string;
  DOCKER_HOST: string;
  DOCKER_TLS_VERIFY: string;
  DOCKER_CERT_PATH: string;
}
