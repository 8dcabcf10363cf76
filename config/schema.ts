import type { FormatLimits, FormatName } from './formats.ts';

/** One environment variable, in convict's terms. */
export interface Variable extends FormatLimits {
  /** What it means, as the tables of docs/configuration.md and, its first sentence alone, README.md say it. */
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
      'Name of the Gluetun container. Its compose service name works too, and so do at least 12 digits of its id; upper and ' +
      'lower case are the same. An entry must fit exactly one container. Several entries, separated by commas (16 at ' +
      'most), are each watched with their own dependents.',
    format: 'gateways',
    default: ['gluetun'],
    env: 'GLUETUN_CONTAINER',
  },
  DEPENDENT_CONTAINERS: {
    doc:
      "Which containers are dependents. `auto`: every container on the gateway's network. A list, separated by commas, " +
      'replaces that; each entry is a name, a service or an id, as above. With several gateways the list belongs to the ' +
      'first one, and the others stay on `auto`.',
    format: 'dependents',
    default: 'auto',
    env: 'DEPENDENT_CONTAINERS',
  },
  EXCLUDE_CONTAINERS: {
    doc:
      'Containers that are never touched, separated by commas. An entry excludes every container that it fits by name, ' +
      'compose service or id. Exclusion wins over every other list, with a warning. The label ' +
      '`org.gluetun-monitor.exclude=true` on a container does the same.',
    format: 'container-list',
    default: [],
    env: 'EXCLUDE_CONTAINERS',
  },
  SITES: {
    doc:
      'URLs to probe through the tunnel, separated by commas. They are added to those of the sites file. With no sites ' +
      'file and no `SITES`: `https://www.google.com`, `https://cloudflare.com` and `https://1.1.1.1`.',
    format: 'site-list',
    default: '',
    env: 'SITES',
  },
  CONFIG_FILE: {
    doc:
      'The sites file: one URL a line, `#` starts a comment. It is read again when it changes. Mount its folder, not the ' +
      'file.',
    format: 'path',
    default: '/config/sites.conf',
    env: 'CONFIG_FILE',
  },
  CHECK_INTERVAL: {
    doc: 'Seconds from the start of one check to the start of the next.',
    format: 'seconds',
    minimum: 1,
    maximum: DAY_SECONDS,
    default: 30,
    env: 'CHECK_INTERVAL',
  },
  TIMEOUT: {
    doc: 'Seconds that a site has to answer, in all. Sites are probed side by side, so this bounds the check, too.',
    format: 'seconds',
    minimum: 1,
    maximum: 600,
    default: 10,
    env: 'TIMEOUT',
  },
  FAIL_THRESHOLD: {
    doc:
      'Consecutive failures after which a site counts as down. With 2, about 13 seconds of silence are enough if a check ' +
      'falls into them. If your line drops out for longer now and then, set 3, or a `WITNESS`.',
    format: 'whole-number',
    minimum: 1,
    maximum: 1000,
    default: 2,
    env: 'FAIL_THRESHOLD',
  },
  SITE_QUORUM: {
    doc:
      "How many of a gateway's critical sites must be down for a recovery. `any` (one), `majority` (more than half), " +
      '`all`, or a whole number from 1; a number greater than that of these sites counts as `all`.',
    format: 'site-quorum',
    default: 'any',
    env: 'SITE_QUORUM',
  },
  RETRY_INTERVAL: {
    doc:
      'Seconds between checks once a site has failed or while the gateway is unhealthy. If unset, never more than ' +
      '`CHECK_INTERVAL`.',
    format: 'seconds',
    minimum: 1,
    maximum: DAY_SECONDS,
    default: 10,
    env: 'RETRY_INTERVAL',
  },
  HEALTHY_WAIT_TIMEOUT: {
    doc: 'Seconds that the gateway has to become ready after a start.',
    format: 'seconds',
    minimum: 1,
    maximum: DAY_SECONDS,
    default: 120,
    env: 'HEALTHY_WAIT_TIMEOUT',
  },
  RECOVERY_STRATEGY: {
    doc:
      'How a broken tunnel is recovered: by a restart of the gateway, or by a reconnect of its VPN first, which leaves the ' +
      'applications running. With `restart` the dependents are restarted after the gateway. With `vpn-first` the VPN is ' +
      "reconnected through Gluetun's control server, and the gateway is restarted only if that does not help.",
    format: 'choice',
    choices: ['restart', 'vpn-first'],
    default: 'restart',
    env: 'RECOVERY_STRATEGY',
  },
  VPN_RESTART_DEPENDENTS: {
    doc:
      'Dependents that are restarted after a reconnect of the VPN, too, separated by commas; all others keep running. ' +
      "For an application that holds on to the tunnel's address, such as a torrent client bound to `tun0` that stays " +
      'offline until it is restarted. The label `org.gluetun-monitor.restart-on-reconnect=true` does the same. Only with ' +
      '`RECOVERY_STRATEGY=vpn-first`.',
    format: 'container-list',
    default: [],
    env: 'VPN_RESTART_DEPENDENTS',
  },
  SELF_HEAL_GRACE: {
    doc: 'Seconds that an unhealthy gateway gets to heal itself before a recovery, from the first sign of an outage.',
    format: 'seconds',
    minimum: 0,
    maximum: 3600,
    default: 0,
    env: 'SELF_HEAL_GRACE',
  },
  RECOVERY_BACKOFF: {
    doc:
      'Seconds from the end of a recovery, whether it helped or not, to the next one. Doubles each time. If unset, never ' +
      'more than `RECOVERY_BACKOFF_MAX`.',
    format: 'seconds',
    minimum: 10,
    maximum: DAY_SECONDS,
    default: 60,
    env: 'RECOVERY_BACKOFF',
  },
  RECOVERY_BACKOFF_MAX: {
    doc:
      'Seconds up to which that pause grows. Never less than `RECOVERY_BACKOFF`: a smaller value is raised to it, with a ' +
      'warning.',
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
    doc: 'Whether dependents that were left behind on a removed gateway are re-created. `false`: they are only reported.',
    format: 'yes-no',
    default: true,
    env: 'AUTO_RECREATE',
  },
  WITNESS: {
    doc:
      'An address outside the tunnel, such as `tcp://1.1.1.1:443`: while that does not answer either, your own line is ' +
      'down, and no recovery starts. `tcp://host:port`, or an `http://` or `https://` URL, on the internet, that the ' +
      'monitor reaches without the tunnel. Not your router: it answers even when the line is down.',
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
    doc: 'What a log line looks like.',
    format: 'choice',
    choices: ['text', 'json'],
    default: 'text',
    env: 'LOG_FORMAT',
  },
  LOG_FILE: {
    doc: 'The log file, besides the console. If it is unwritable or full: console only, with a warning. `/dev/null`: no file.',
    format: 'path',
    default: '/logs/gluetun-monitor.log',
    env: 'LOG_FILE',
  },
  LOG_MAX_BYTES: {
    doc: 'Size in bytes at which the log file is rotated.',
    format: 'whole-number',
    minimum: 65_536,
    maximum: 10 * 1024 ** 3,
    default: 10_485_760,
    env: 'LOG_MAX_BYTES',
  },
  LOG_BACKUP_COUNT: {
    doc: 'How many rotated log files are kept. 0: the file is emptied instead.',
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
    doc: "Address of Gluetun's control server, as seen inside the gateway.",
    format: 'web-address',
    default: 'http://127.0.0.1:8000',
    env: 'GLUETUN_API_URL',
  },
  GLUETUN_API_KEY: {
    doc: "API key of Gluetun's control server.",
    format: 'secret',
    default: '',
    env: 'GLUETUN_API_KEY',
    sensitive: true,
  },
  STATE_FILE: {
    doc:
      'What must survive a restart of the monitor: former ids of the gateway, known dependents, how each one that does ' +
      'not run ended, the backoff, and which sites block the exit. Best effort. `/dev/null`: none.',
    format: 'path',
    default: '/logs/state.json',
    env: 'STATE_FILE',
  },
  DOCKER_HOST: {
    doc: 'Address of the Docker Engine, as for the Docker CLI. `ssh://` is refused.',
    format: 'docker-host',
    default: 'unix:///var/run/docker.sock',
    env: 'DOCKER_HOST',
  },
  DOCKER_TLS_VERIFY: {
    doc: 'Any text turns TLS on, and the engine must prove who it is. Even `0` does, as for the Docker CLI.',
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

/** The schema as a list, for whoever goes through all of it. */
export const variables: readonly Variable[] = Object.values<Variable>(schema);
