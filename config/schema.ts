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
    doc:
      'The gateways: each a container name, else a compose service name, in upper or lower case, or at least 12 ' +
      'digits of an id, that fits one container only; several, separated by commas, are watched each with its own dependents ' +
      '(16 at most).',
    format: 'gateways',
    default: ['gluetun'],
    env: 'GLUETUN_CONTAINER',
  },
  DEPENDENT_CONTAINERS: {
    doc:
      "`auto`: every container on the gateway's network; or a comma-separated list in its place, each entry by " +
      "name, service or id as above. With several gateways the list is the first one's, and the others are on `auto`.",
    format: 'dependents',
    default: 'auto',
    env: 'DEPENDENT_CONTAINERS',
  },
  EXCLUDE_CONTAINERS: {
    doc:
      'Containers never touched, separated by commas: all that an entry fits by name, compose service or id. Wins ' +
      'over every other list, with a warning; so does the label `org.gluetun-monitor.exclude=true` on a container.',
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
    format: 'seconds',
    minimum: 1,
    maximum: DAY_SECONDS,
    default: 30,
    env: 'CHECK_INTERVAL',
  },
  TIMEOUT: {
    doc: 'Seconds a site has to answer, all told. Sites are probed side by side, so it bounds the check too.',
    format: 'seconds',
    minimum: 1,
    maximum: 600,
    default: 10,
    env: 'TIMEOUT',
  },
  FAIL_THRESHOLD: {
    doc:
      'Consecutive failures of a site before it counts as down. With 2, some 13 seconds of silence that meet a check ' +
      'suffice: a line that is cut for longer now and then wants 3, or a `WITNESS`.',
    format: 'whole-number',
    minimum: 1,
    maximum: 1000,
    default: 2,
    env: 'FAIL_THRESHOLD',
  },
  SITE_QUORUM: {
    doc:
      "How many of a gateway's critical sites must be down for a recovery: `any` (one), `majority` (more than " +
      'half), `all`, or a whole number from 1; a number greater than there are such sites counts as `all`.',
    format: 'site-quorum',
    default: 'any',
    env: 'SITE_QUORUM',
  },
  RETRY_INTERVAL: {
    doc:
      'Seconds between checks once a site has failed or while the gateway is unhealthy. Unset, it never ' +
      'exceeds `CHECK_INTERVAL`.',
    format: 'seconds',
    minimum: 1,
    maximum: DAY_SECONDS,
    default: 10,
    env: 'RETRY_INTERVAL',
  },
  HEALTHY_WAIT_TIMEOUT: {
    doc: 'Seconds for the gateway to become ready after a start.',
    format: 'seconds',
    minimum: 1,
    maximum: DAY_SECONDS,
    default: 120,
    env: 'HEALTHY_WAIT_TIMEOUT',
  },
  RECOVERY_STRATEGY: {
    doc:
      'How a broken tunnel is recovered: the gateway is restarted, and its dependents with it; or its VPN is ' +
      "first reconnected through Gluetun's control server, which spares the dependents, and the gateway " +
      'restarted where that does not help.',
    format: 'choice',
    choices: ['restart', 'vpn-first'],
    default: 'restart',
    env: 'RECOVERY_STRATEGY',
  },
  VPN_RESTART_DEPENDENTS: {
    doc:
      'Dependents restarted also after a reconnect of the VPN, which spares all others, separated by commas. ' +
      "For an application that holds on to the tunnel's address: a torrent client bound to `tun0`, say, that " +
      'stays offline until it is restarted. Or label it `org.gluetun-monitor.restart-on-reconnect=true`. Only with ' +
      '`RECOVERY_STRATEGY=vpn-first`.',
    format: 'container-list',
    default: [],
    env: 'VPN_RESTART_DEPENDENTS',
  },
  SELF_HEAL_GRACE: {
    doc: "Seconds, from an outage's first sign, that an unhealthy gateway gets to heal itself before a recovery.",
    format: 'seconds',
    minimum: 0,
    maximum: 3600,
    default: 0,
    env: 'SELF_HEAL_GRACE',
  },
  RECOVERY_BACKOFF: {
    doc:
      'Seconds from the end of a recovery, helpful or not, to the next one; doubles each time. Unset, it never ' +
      'exceeds `RECOVERY_BACKOFF_MAX`.',
    format: 'seconds',
    minimum: 10,
    maximum: DAY_SECONDS,
    default: 60,
    env: 'RECOVERY_BACKOFF',
  },
  RECOVERY_BACKOFF_MAX: {
    doc:
      'Seconds that this pause grows to. Never less than `RECOVERY_BACKOFF`: a smaller one is raised to it, ' +
      'with a warning.',
    format: 'seconds',
    minimum: 10,
    maximum: DAY_SECONDS,
    default: 1800,
    env: 'RECOVERY_BACKOFF_MAX',
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
  WITNESS: {
    doc:
      'Something on the internet that the monitor reaches without the tunnel: an `http://` or `https://` URL, or ' +
      '`tcp://host:port` such as `tcp://1.1.1.1:443`. While it fails too, your own line is down, and no recovery ' +
      'starts. Not your router: that answers even then.',
    format: 'witness',
    default: '',
    env: 'WITNESS',
  },
  DRY_RUN: {
    doc: 'Watch, decide and log, but change nothing.',
    format: 'yes-no',
    default: false,
    env: 'DRY_RUN',
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
      "What must survive a restart of the monitor: the gateway's former ids, known dependents, how each ended that does " +
      'not run, the backoff, which sites block the exit. Best effort. `/dev/null`: none.',
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
