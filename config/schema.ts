import type { FormatName, Limits } from './formats.ts';

/** One environment variable, in convict's terms. */
export interface Entry extends Limits {
  readonly env: string;
  /** What it means, for the README's table. */
  readonly doc: string;
  readonly format: FormatName;
  /** As a person would write it; its format reads it as if it had been given. Empty: unset. */
  readonly default: string;
  /** Never shown; also read from the file that `<NAME>_FILE` names. */
  readonly sensitive?: true;
  /** Decisions depend on it: it is in `Decisive`, and so in the `Settings` of the reducers. */
  readonly decides?: true;
}

/** The state of the reducers is dumped into the log if one of them fails: no secret may get there. */
type Single = Entry & ({ readonly decides?: never } | { readonly sensitive?: never });

export type Group = Readonly<Record<string, Entry & { readonly decides?: never }>>;

const DAY_SECONDS = 86_400;

/**
 * Every variable, in the order of the README's table; others are not read. `Config` is derived from this table: the key
 * of an entry is its name there, and its format gives its type. A group becomes an object.
 */
export const schema = {
  gateways: {
    env: 'GLUETUN_CONTAINER',
    doc:
      'The gateways: each a container name, else a compose service name, in upper or lower case, or at least 12 ' +
      'digits of an id, that fits one container only; several, separated by commas, are watched each with its own dependents ' +
      '(16 at most).',
    format: 'gateways',
    default: 'gluetun',
  },
  dependents: {
    env: 'DEPENDENT_CONTAINERS',
    doc:
      "`auto`: every container on the gateway's network; or a comma-separated list in its place, each entry by " +
      "name, service or id as above. With several gateways the list is the first one's, and the others are on `auto`.",
    format: 'dependents',
    default: 'auto',
    decides: true,
  },
  exclude: {
    env: 'EXCLUDE_CONTAINERS',
    doc:
      'Containers never touched, separated by commas: all that an entry fits by name, compose service or id. Wins ' +
      'over every other list, with a warning; so does the label `org.gluetun-monitor.exclude=true` on a container.',
    format: 'container-list',
    default: '',
    decides: true,
  },
  inlineSites: {
    env: 'SITES',
    doc:
      'URLs to probe through the tunnel, separated by commas, joined with those of the file. Neither given: ' +
      '`https://www.google.com`, `https://cloudflare.com` and `https://1.1.1.1`.',
    format: 'site-list',
    default: '',
  },
  sitesFile: {
    env: 'CONFIG_FILE',
    doc: 'The sites file: one URL a line, `#` comments. Read again when it changes. Mount its folder, not the file.',
    format: 'path',
    default: '/config/sites.conf',
  },
  checkIntervalMs: {
    env: 'CHECK_INTERVAL',
    doc: "Seconds from one check's start to the next's.",
    format: 'duration',
    limits: [1, DAY_SECONDS],
    default: '30',
    decides: true,
  },
  timeoutSeconds: {
    env: 'TIMEOUT',
    doc: 'Seconds a site has to answer, all told. Sites are probed side by side, so it bounds the check too.',
    format: 'seconds',
    limits: [1, 600],
    default: '10',
  },
  failThreshold: {
    env: 'FAIL_THRESHOLD',
    doc:
      'Consecutive failures of a site before it counts as down. With 2, some 13 seconds of silence that meet a check ' +
      'suffice: a line that is cut for longer now and then wants 3, or a `WITNESS`.',
    format: 'whole-number',
    limits: [1, 1000],
    default: '2',
    decides: true,
  },
  siteQuorum: {
    env: 'SITE_QUORUM',
    doc:
      "How many of a gateway's critical sites must be down for a recovery: `any` (one), `majority` (more than " +
      'half), `all`, or a whole number from 1; a number greater than there are such sites counts as `all`.',
    format: 'site-quorum',
    default: 'any',
    decides: true,
  },
  retryIntervalMs: {
    env: 'RETRY_INTERVAL',
    doc:
      'Seconds between checks once a site has failed or while the gateway is unhealthy. Unset, it never ' +
      'exceeds `CHECK_INTERVAL`.',
    format: 'duration',
    limits: [1, DAY_SECONDS],
    default: '10',
    decides: true,
  },
  healthyWaitMs: {
    env: 'HEALTHY_WAIT_TIMEOUT',
    doc: 'Seconds for the gateway to become ready after a start.',
    format: 'duration',
    limits: [1, DAY_SECONDS],
    default: '120',
    decides: true,
  },
  recoveryStrategy: {
    env: 'RECOVERY_STRATEGY',
    doc:
      'How a broken tunnel is recovered: the gateway is restarted, and its dependents with it; or its VPN is ' +
      "first reconnected through Gluetun's control server, which spares the dependents, and the gateway " +
      'restarted where that does not help.',
    format: 'choice',
    choices: ['restart', 'vpn-first'],
    default: 'restart',
    decides: true,
  },
  vpnRestartDependents: {
    env: 'VPN_RESTART_DEPENDENTS',
    doc:
      'Dependents restarted also after a reconnect of the VPN, which spares all others, separated by commas. ' +
      "For an application that holds on to the tunnel's address: a torrent client bound to `tun0`, say, that " +
      'stays offline until it is restarted. Or label it `org.gluetun-monitor.restart-on-reconnect=true`. Only with ' +
      '`RECOVERY_STRATEGY=vpn-first`.',
    format: 'container-list',
    default: '',
    decides: true,
  },
  selfHealGraceMs: {
    env: 'SELF_HEAL_GRACE',
    doc: "Seconds, from an outage's first sign, that an unhealthy gateway gets to heal itself before a recovery.",
    format: 'duration',
    limits: [0, 3600],
    default: '0',
    decides: true,
  },
  backoffMs: {
    env: 'RECOVERY_BACKOFF',
    doc:
      'Seconds from the end of a recovery, helpful or not, to the next one; doubles each time. Unset, it never ' +
      'exceeds `RECOVERY_BACKOFF_MAX`.',
    format: 'duration',
    limits: [10, DAY_SECONDS],
    default: '60',
    decides: true,
  },
  backoffMaxMs: {
    env: 'RECOVERY_BACKOFF_MAX',
    doc:
      'Seconds that this pause grows to. Never less than `RECOVERY_BACKOFF`: a smaller one is raised to it, ' +
      'with a warning.',
    format: 'duration',
    limits: [10, DAY_SECONDS],
    default: '1800',
    decides: true,
  },
  restartConcurrency: {
    env: 'RESTART_CONCURRENCY',
    doc: 'How many dependents are restarted at once.',
    format: 'whole-number',
    limits: [1, 100],
    default: '5',
    decides: true,
  },
  autoRecreate: {
    env: 'AUTO_RECREATE',
    doc: 'Re-create dependents that were left behind on a removed gateway. `false`: only report them.',
    format: 'yes-no',
    default: 'true',
    decides: true,
  },
  witness: {
    env: 'WITNESS',
    doc:
      'Something on the internet that the monitor reaches without the tunnel: an `http://` or `https://` URL, or ' +
      '`tcp://host:port` such as `tcp://1.1.1.1:443`. While it fails too, your own line is down, and no recovery ' +
      'starts. Not your router: that answers even then.',
    format: 'witness',
    default: '',
  },
  dryRun: {
    env: 'DRY_RUN',
    doc: 'Watch, decide and log, but change nothing.',
    format: 'yes-no',
    default: 'false',
    decides: true,
  },
  log: {
    level: {
      env: 'LOG_LEVEL',
      doc: 'How much is logged.',
      format: 'choice',
      choices: ['error', 'warn', 'info', 'debug'],
      default: 'info',
    },
    format: {
      env: 'LOG_FORMAT',
      doc: 'How a line looks.',
      format: 'choice',
      choices: ['text', 'json'],
      default: 'text',
    },
    file: {
      env: 'LOG_FILE',
      doc: 'The log file, besides the console. Unwritable or full: console only, with a warning. `/dev/null`: none.',
      format: 'path',
      default: '/logs/gluetun-monitor.log',
    },
    maxBytes: {
      env: 'LOG_MAX_BYTES',
      doc: 'Size at which the log file is rotated.',
      format: 'whole-number',
      limits: [65_536, 10 * 1024 ** 3],
      default: '10485760',
    },
    backupCount: {
      env: 'LOG_BACKUP_COUNT',
      doc: 'How many rotated log files are kept; 0: the file is emptied instead.',
      format: 'whole-number',
      limits: [0, 100],
      default: '5',
    },
    timeZone: {
      env: 'TZ',
      doc: 'Time zone of the timestamps.',
      format: 'time-zone',
      default: 'UTC',
    },
  },
  controlServer: {
    url: {
      env: 'GLUETUN_API_URL',
      doc: "Gluetun's control server, as seen inside the gateway.",
      format: 'web-address',
      default: 'http://127.0.0.1:8000',
    },
    key: {
      env: 'GLUETUN_API_KEY',
      doc: "The control server's API key.",
      format: 'secret',
      default: '',
      sensitive: true,
    },
  },
  stateFile: {
    env: 'STATE_FILE',
    doc:
      "What must survive a restart of the monitor: the gateway's former ids, known dependents, how each ended that does " +
      'not run, the backoff, which sites block the exit. Best effort. `/dev/null`: none.',
    format: 'path',
    default: '/logs/state.json',
  },
  docker: {
    host: {
      env: 'DOCKER_HOST',
      doc: 'Where the engine answers, as for the Docker CLI; `ssh://` is refused.',
      format: 'docker-host',
      default: 'unix:///var/run/docker.sock',
    },
    tlsVerify: {
      env: 'DOCKER_TLS_VERIFY',
      doc: 'Anything at all: TLS, and the engine must prove who it is. As for the Docker CLI, `0` turns it on too.',
      format: 'flag',
      default: '',
    },
    certPath: {
      env: 'DOCKER_CERT_PATH',
      doc: 'Folder with `ca.pem`, `cert.pem` and `key.pem`.',
      format: 'path',
      default: '~/.docker',
    },
  },
} as const satisfies Readonly<Record<string, Single | Group>>;
