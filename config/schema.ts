import type { FormatName, Limits } from './formats.ts';

/** One environment variable, in convict's terms. */
export interface Entry extends Limits {
  readonly env: string;
  /** What it means, for the table in docs/configuration.md. README.md shows its first sentence. */
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

/** The number above it means "no user" to the kernel. */
const LARGEST_ID = 4_294_967_294;

/**
 * Every variable, in the order of the table in docs/configuration.md; others are not read. `Config` is derived from this table: the key
 * of an entry is its name there, and its format gives its type. A group becomes an object.
 */
export const schema = {
  gateways: {
    env: 'GLUETUN_CONTAINER',
    doc:
      'Name of the Gluetun container. Its compose service name works too, and so do at least 12 digits of its id; upper and ' +
      'lower case are the same. An entry must fit exactly one container. Several entries, separated by commas (16 at ' +
      'most), are each watched with their own dependents.',
    format: 'gateways',
    default: 'gluetun',
  },
  dependents: {
    env: 'DEPENDENT_CONTAINERS',
    doc:
      "Which containers are dependents. `auto`: every container on the gateway's network. A list, separated by commas, " +
      'replaces that; each entry is a name, a service or an id, as above. With several gateways the list belongs to the ' +
      'first one, and the others stay on `auto`.',
    format: 'dependents',
    default: 'auto',
    decides: true,
  },
  exclude: {
    env: 'EXCLUDE_CONTAINERS',
    doc:
      'Containers that are never touched, separated by commas. An entry excludes every container that it fits by name, ' +
      'compose service or id. Exclusion wins over every other list, with a warning. The label ' +
      '`org.gluetun-monitor.exclude=true` on a container does the same.',
    format: 'container-list',
    default: '',
    decides: true,
  },
  inlineSites: {
    env: 'SITES',
    doc:
      'URLs to probe through the tunnel, separated by commas. They are added to those of the sites file. With no sites ' +
      'file and no `SITES`: `https://www.google.com`, `https://cloudflare.com` and `https://1.1.1.1`.',
    format: 'site-list',
    default: '',
  },
  sitesFile: {
    env: 'CONFIG_FILE',
    doc:
      'The sites file: one URL a line, `#` starts a comment. It is read again when it changes. Mount its folder, not the ' +
      'file.',
    format: 'path',
    default: '/config/sites.conf',
  },
  checkIntervalMs: {
    env: 'CHECK_INTERVAL',
    doc: 'Seconds from the start of one check to the start of the next.',
    format: 'duration',
    limits: [1, DAY_SECONDS],
    default: '30',
    decides: true,
  },
  timeoutSeconds: {
    env: 'TIMEOUT',
    doc: 'Seconds that a site has to answer, in all. Sites are probed side by side, so this bounds the check, too.',
    format: 'seconds',
    limits: [1, 600],
    default: '10',
  },
  failThreshold: {
    env: 'FAIL_THRESHOLD',
    doc:
      'Consecutive failures after which a site counts as down. With 2, about 13 seconds of silence are enough if a check ' +
      'falls into them. If your line drops out for longer now and then, set 3, or a `WITNESS`.',
    format: 'whole-number',
    limits: [1, 1000],
    default: '2',
    decides: true,
  },
  siteQuorum: {
    env: 'SITE_QUORUM',
    doc:
      "How many of a gateway's critical sites must be down for a recovery. `any` (one), `majority` (more than half), " +
      '`all`, or a whole number from 1; a number greater than that of these sites counts as `all`.',
    format: 'site-quorum',
    default: 'any',
    decides: true,
  },
  retryIntervalMs: {
    env: 'RETRY_INTERVAL',
    doc:
      'Seconds between checks once a site has failed or while the gateway is unhealthy. If unset, never more than ' +
      '`CHECK_INTERVAL`.',
    format: 'duration',
    limits: [1, DAY_SECONDS],
    default: '10',
    decides: true,
  },
  healthyWaitMs: {
    env: 'HEALTHY_WAIT_TIMEOUT',
    doc: 'Seconds that the gateway has to become ready after a start.',
    format: 'duration',
    limits: [1, DAY_SECONDS],
    default: '120',
    decides: true,
  },
  recoveryStrategy: {
    env: 'RECOVERY_STRATEGY',
    doc:
      'How a broken tunnel is recovered: by a restart of the gateway, or by a reconnect of its VPN first, which leaves the ' +
      'applications running. With `restart` the dependents are restarted after the gateway. With `vpn-first` the VPN is ' +
      "reconnected through Gluetun's control server, and the gateway is restarted only if that does not help.",
    format: 'choice',
    choices: ['restart', 'vpn-first'],
    default: 'restart',
    decides: true,
  },
  vpnRestartDependents: {
    env: 'VPN_RESTART_DEPENDENTS',
    doc:
      'Dependents that are restarted after a reconnect of the VPN, too, separated by commas; all others keep running. ' +
      "For an application that holds on to the tunnel's address, such as a torrent client bound to `tun0` that stays " +
      'offline until it is restarted. The label `org.gluetun-monitor.restart-on-reconnect=true` does the same. Only with ' +
      '`RECOVERY_STRATEGY=vpn-first`.',
    format: 'container-list',
    default: '',
    decides: true,
  },
  selfHealGraceMs: {
    env: 'SELF_HEAL_GRACE',
    doc: 'Seconds that an unhealthy gateway gets to heal itself before a recovery, from the first sign of an outage.',
    format: 'duration',
    limits: [0, 3600],
    default: '0',
    decides: true,
  },
  backoffMs: {
    env: 'RECOVERY_BACKOFF',
    doc:
      'Seconds from the end of a recovery, whether it helped or not, to the next one. Doubles each time. If unset, never ' +
      'more than `RECOVERY_BACKOFF_MAX`.',
    format: 'duration',
    limits: [10, DAY_SECONDS],
    default: '60',
    decides: true,
  },
  backoffMaxMs: {
    env: 'RECOVERY_BACKOFF_MAX',
    doc:
      'Seconds up to which that pause grows. Never less than `RECOVERY_BACKOFF`: a smaller value is raised to it, with a ' +
      'warning.',
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
    doc: 'Whether dependents that were left behind on a removed gateway are re-created. `false`: they are only reported.',
    format: 'yes-no',
    default: 'true',
    decides: true,
  },
  witness: {
    env: 'WITNESS',
    doc:
      'An address outside the tunnel, such as `tcp://1.1.1.1:443`: while that does not answer either, your own line is ' +
      'down, and no recovery starts. `tcp://host:port`, or an `http://` or `https://` URL, on the internet, that the ' +
      'monitor reaches without the tunnel. Not your router: it answers even when the line is down.',
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
      doc: 'What a log line looks like.',
      format: 'choice',
      choices: ['text', 'json'],
      default: 'text',
    },
    file: {
      env: 'LOG_FILE',
      doc: 'The log file, besides the console. If it is unwritable or full: console only, with a warning. `/dev/null`: no file.',
      format: 'path',
      default: '/logs/gluetun-monitor.log',
    },
    maxBytes: {
      env: 'LOG_MAX_BYTES',
      doc: 'Size in bytes at which the log file is rotated.',
      format: 'whole-number',
      limits: [65_536, 10 * 1024 ** 3],
      default: '10485760',
    },
    backupCount: {
      env: 'LOG_BACKUP_COUNT',
      doc: 'How many rotated log files are kept. 0: the file is emptied instead.',
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
  http: {
    addresses: {
      env: 'HTTP_ADDRESS',
      doc:
        'Where the page and the API listen: `host:port`, such as `0.0.0.0:8080` or `[::]:8080`; `:8080` is every address. ' +
        'Several are separated by commas. Unset: there is no page.',
      format: 'listen-addresses',
      default: '',
    },
    token: {
      env: 'HTTP_TOKEN',
      doc: 'Whoever wants to see the page or ask the API has to know it; only `/livez` answers everybody. Unset: all do.',
      format: 'secret',
      default: '',
      sensitive: true,
    },
    hosts: {
      env: 'HTTP_HOSTS',
      doc:
        'Names by which a reverse proxy calls the monitor, separated by commas. Addresses, `localhost` and names without a dot ' +
        'are always right.',
      format: 'host-names',
      default: '',
    },
  },
  controlServer: {
    url: {
      env: 'GLUETUN_API_URL',
      doc: "Address of Gluetun's control server, as seen inside the gateway.",
      format: 'web-address',
      default: 'http://127.0.0.1:8000',
    },
    key: {
      env: 'GLUETUN_API_KEY',
      doc: "API key of Gluetun's control server.",
      format: 'secret',
      default: '',
      sensitive: true,
    },
  },
  history: {
    file: {
      env: 'HISTORY_FILE',
      doc:
        'Where it is kept what happened, one JSON object a line, 16 MiB at most. `statistics.jsonl` beside it holds ' +
        'counts for each hour and site, 32 MiB at most. `/dev/null`: neither is kept.',
      format: 'path',
      default: '/logs/history.jsonl',
    },
    days: {
      env: 'HISTORY_DAYS',
      doc: 'Days that history and statistics are kept.',
      format: 'whole-number',
      limits: [1, 3650],
      default: '90',
    },
  },
  stateFile: {
    env: 'STATE_FILE',
    doc:
      'What must survive a restart of the monitor: former ids of the gateway, known dependents, how each one that does ' +
      'not run ended, the backoff, and which sites block the exit. Best effort. `/dev/null`: none.',
    format: 'path',
    default: '/logs/state.json',
  },
  user: {
    uid: {
      env: 'PUID',
      doc:
        'Number of the user that the image becomes once it has read its configuration and secrets, which it does as root. ' +
        '`0`: it stays root. It means nothing outside the image, or if the container has a `user:`.',
      format: 'whole-number',
      limits: [0, LARGEST_ID],
      default: '1000',
    },
    gid: {
      env: 'PGID',
      doc: "Number of that user's group. The group of the Docker socket is added to it.",
      format: 'whole-number',
      limits: [0, LARGEST_ID],
      default: '1000',
    },
  },
  docker: {
    host: {
      env: 'DOCKER_HOST',
      doc: 'Address of the Docker Engine, as for the Docker CLI. `ssh://` is refused.',
      format: 'docker-host',
      default: 'unix:///var/run/docker.sock',
    },
    tlsVerify: {
      env: 'DOCKER_TLS_VERIFY',
      doc: 'Any text turns TLS on, and the engine must prove who it is. Even `0` does, as for the Docker CLI.',
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
