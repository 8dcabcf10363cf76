import type { FormatLimits, FormatName } from './formats.ts';

/** One environment variable, in convict's terms. */
export interface Variable extends FormatLimits {
  /** What it means, as the README's table says it. */
  readonly doc: string;
  readonly format: FormatName;
  /** An empty string: unset, and that is fine. */
  readonly default: string | number | boolean | readonly string[];
  readonly env: string;
  /** Never shown; also read from the file that `<NAME>_FILE` names. */
  readonly sensitive?: boolean;
}

const DAY_SECONDS = 86_400;

/** Every variable there is: what is not here is not read. Its key is its name. */
export const schema = {
  GLUETUN_CONTAINER: {
    doc: 'The gateway: a container name, a compose service name that fits one container only, or an id.',
    format: 'container',
    default: 'gluetun',
    env: 'GLUETUN_CONTAINER',
  },
  DEPENDENT_CONTAINERS: {
    doc: "`auto`: every container on the gateway's network; or a comma-separated list in its place.",
    format: 'dependents',
    default: 'auto',
    env: 'DEPENDENT_CONTAINERS',
  },
  EXCLUDE_CONTAINERS: {
    doc: 'Containers never touched, separated by commas. Wins over the two above, with a warning.',
    format: 'container-list',
    default: [],
    env: 'EXCLUDE_CONTAINERS',
  },
  SITES: {
    doc:
      'URLs to probe through the tunnel, separated by commas, joined with those of the file. Neither given: ' +
      '`https://www.google.com`, `https://cloudflare.com` and `https://1.1.1.1`.',
    format: 'site-list',
    default: '',
    env: 'SITES',
  },
  CONFIG_FILE: {
    doc: 'The sites file: one URL a line, `#` comments. Read again when it changes. Mount its folder, not the file.',
    format: 'path',
    default: '/config/sites.conf',
    env: 'CONFIG_FILE',
  },
  CHECK_INTERVAL: {
    doc: "Seconds from one check's start to the next's.",
    format: 'whole-number',
    minimum: 1,
    maximum: DAY_SECONDS,
    default: 30,
    env: 'CHECK_INTERVAL',
  },
  TIMEOUT: {
    doc: 'Seconds a site has to answer, all told. Sites are probed side by side, so it bounds the check too.',
    format: 'whole-number',
    minimum: 1,
    maximum: 600,
    default: 10,
    env: 'TIMEOUT',
  },
  FAIL_THRESHOLD: {
    doc: 'Consecutive failures of a site before it counts as down.',
    format: 'whole-number',
    minimum: 1,
    maximum: 1000,
    default: 2,
    env: 'FAIL_THRESHOLD',
  },
  RETRY_INTERVAL: {
    doc:
      'Seconds between checks once a site has failed or while the gateway is unhealthy. Unset, it never ' +
      'exceeds `CHECK_INTERVAL`.',
    format: 'whole-number',
    minimum: 1,
    maximum: DAY_SECONDS,
    default: 10,
    env: 'RETRY_INTERVAL',
  },
  HEALTHY_WAIT_TIMEOUT: {
    doc: 'Seconds for the gateway to become ready after a start.',
    format: 'whole-number',
    minimum: 1,
    maximum: DAY_SECONDS,
    default: 120,
    env: 'HEALTHY_WAIT_TIMEOUT',
  },
  RESTART_CONCURRENCY: {
    doc: 'How many dependents are restarted at once.',
    format: 'whole-number',
    minimum: 1,
    maximum: 100,
    default: 5,
    env: 'RESTART_CONCURRENCY',
  },
  AUTO_RECREATE: {
    doc: 'Re-create dependents that were left behind on a removed gateway. `false`: only report them.',
    format: 'yes-no',
    default: true,
    env: 'AUTO_RECREATE',
  },
  LOG_LEVEL: {
    doc: 'How much is logged.',
    format: 'choice',
    choices: ['error', 'warn', 'info', 'debug'],
    default: 'info',
    env: 'LOG_LEVEL',
  },
  LOG_FORMAT: {
    doc: 'How a line looks.',
    format: 'choice',
    choices: ['text', 'json'],
    default: 'text',
    env: 'LOG_FORMAT',
  },
  LOG_FILE: {
    doc: 'The log file, besides the console. Unwritable or full: console only, with a warning. `/dev/null`: none.',
    format: 'path',
    default: '/logs/gluetun-monitor.log',
    env: 'LOG_FILE',
  },
  LOG_MAX_BYTES: {
    doc: 'Size at which the log file is rotated.',
    format: 'whole-number',
    minimum: 65_536,
    maximum: 10 * 1024 ** 3,
    default: 10_485_760,
    env: 'LOG_MAX_BYTES',
  },
  LOG_BACKUP_COUNT: {
    doc: 'How many rotated log files are kept; 0: the file is emptied instead.',
    format: 'whole-number',
    minimum: 0,
    maximum: 100,
    default: 5,
    env: 'LOG_BACKUP_COUNT',
  },
  TZ: {
    doc: 'Time zone of the timestamps.',
    format: 'time-zone',
    default: 'UTC',
    env: 'TZ',
  },
  GLUETUN_API_URL: {
    doc: "Gluetun's control server, as seen inside the gateway.",
    format: 'web-address',
    default: 'http://127.0.0.1:8000',
    env: 'GLUETUN_API_URL',
  },
  GLUETUN_API_KEY: {
    doc: "The control server's API key.",
    format: 'secret',
    default: '',
    env: 'GLUETUN_API_KEY',
    sensitive: true,
  },
  STATE_FILE: {
    doc:
      "What must survive a restart of the monitor: the gateway's former ids, known dependents, who was stopped by " +
      'hand. Best effort. `/dev/null`: none.',
    format: 'path',
    default: '/logs/state.json',
    env: 'STATE_FILE',
  },
  DOCKER_HOST: {
    doc: 'Where the engine answers, as for the Docker CLI; `ssh://` is refused.',
    format: 'docker-host',
    default: 'unix:///var/run/docker.sock',
    env: 'DOCKER_HOST',
  },
  DOCKER_TLS_VERIFY: {
    doc: 'Anything at all: TLS, and the engine must prove who it is. As for the Docker CLI, `0` turns it on too.',
    format: 'flag',
    default: '',
    env: 'DOCKER_TLS_VERIFY',
  },
  DOCKER_CERT_PATH: {
    doc: 'Folder with `ca.pem`, `cert.pem` and `key.pem`.',
    format: 'path',
    default: '~/.docker',
    env: 'DOCKER_CERT_PATH',
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof schema;

/** The schema as a list, for whoever goes through all of it. */
export const variables: readonly Variable[] = Object.values<Variable>(schema);

/** What convict holds once every format has accepted its value. */
export interface Values {
  GLUETUN_CONTAINER: string;
  DEPENDENT_CONTAINERS: 'auto' | readonly string[];
  EXCLUDE_CONTAINERS: readonly string[];
  SITES: string;
  CONFIG_FILE: string;
  CHECK_INTERVAL: number;
  TIMEOUT: number;
  FAIL_THRESHOLD: number;
  RETRY_INTERVAL: number;
  HEALTHY_WAIT_TIMEOUT: number;
  RESTART_CONCURRENCY: number;
  AUTO_RECREATE: boolean;
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
