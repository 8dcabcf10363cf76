/** What the user chose, checked and in one piece. Durations keep the unit of their variable: whole seconds. */
export interface Config {
  /** `GLUETUN_CONTAINER`: container names, compose service names, or ids; at least one, each once. */
  readonly gateways: readonly string[];
  /**
   * `DEPENDENT_CONTAINERS`: every container on a gateway's network, or just these names. A list is the first
   * gateway's; the others discover theirs.
   */
  readonly dependents: 'auto' | readonly string[];
  /** `EXCLUDE_CONTAINERS`: names never touched. */
  readonly exclude: readonly string[];
  /** `SITES`: the entries as given, one string; empty when unset. */
  readonly inlineSites: string;
  /** `CONFIG_FILE`: path of the sites file. */
  readonly sitesFile: string;
  readonly checkIntervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly failThreshold: number;
  /** `SITE_QUORUM`: how many of a gateway's critical sites must be down; a number may exceed how many there are. */
  readonly siteQuorum: SiteQuorum;
  readonly retryIntervalSeconds: number;
  readonly healthyWaitTimeoutSeconds: number;
  /** `RECOVERY_STRATEGY`: whether a reconnect of the VPN is tried before the container is restarted. */
  readonly recoveryStrategy: RecoveryStrategy;
  /** `VPN_RESTART_DEPENDENTS`: names of dependents restarted after a reconnect of the VPN alone. */
  readonly vpnRestartDependents: readonly string[];
  /** `SELF_HEAL_GRACE`: from an outage's first sign; 0 for none. */
  readonly selfHealGraceSeconds: number;
  /** `RECOVERY_BACKOFF`: from a recovery's end to the next one's start, doubled each time. */
  readonly recoveryBackoffSeconds: number;
  /** `RECOVERY_BACKOFF_MAX`: never less than `recoveryBackoffSeconds`. */
  readonly recoveryBackoffMaxSeconds: number;
  readonly restartConcurrency: number;
  /** `AUTO_RECREATE`: whether dependents of a removed gateway are created anew on its successor. */
  readonly autoRecreate: boolean;
  /** `WITNESS`; undefined when unset. */
  readonly witness: Witness | undefined;
  /** `DRY_RUN`: whether everything is decided and logged, and nothing changed. */
  readonly dryRun: boolean;
  readonly log: LogConfig;
  /** `GLUETUN_API_URL`: Gluetun's control server as seen inside the gateway, without a trailing slash. */
  readonly controlServerUrl: string;
  /** `GLUETUN_API_KEY`, a secret; undefined when unset. */
  readonly controlServerKey: string | undefined;
  /** `STATE_FILE`: path of what must outlive the monitor; `/dev/null` for none. */
  readonly stateFile: string;
  readonly docker: DockerConnection;
}

export type SiteQuorum = 'any' | 'majority' | 'all' | number;

export type RecoveryStrategy = 'restart' | 'vpn-first';

/** What is reached beside the tunnel, to tell a dead tunnel from a dead line. */
export type Witness =
  | {
      readonly kind: 'http';
      /** Normalised by the WHATWG URL parser. */
      readonly url: string;
    }
  | {
      readonly kind: 'tcp';
      /** As `node:net` takes it: an IPv6 address without its brackets. */
      readonly host: string;
      readonly port: number;
    };

export type LogLevel = 'error' | 'warn' | 'info' | 'debug';

export interface LogConfig {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
  /** Path of the log file. */
  readonly file: string;
  readonly maxBytes: number;
  /** How many rotated files are kept beside the current one. */
  readonly backupCount: number;
  /** IANA name of the time zone of the timestamps. */
  readonly timeZone: string;
}

/** Where the engine answers. TLS material is the content of the files, already read. */
export type DockerConnection =
  | { readonly kind: 'socket'; readonly path: string }
  | {
      readonly kind: 'tcp';
      readonly host: string;
      readonly port: number;
      readonly tls: DockerTls | undefined;
    };

export interface DockerTls {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** `DOCKER_TLS_VERIFY`: whether the engine's certificate must be signed by `ca`. */
  readonly verify: boolean;
}

/** One URL probed through the tunnel. */
export interface Site {
  /** As the user wrote it: what the log shows. */
  readonly name: string;
  /** Normalised by the WHATWG URL parser: what `wget` is given. */
  readonly url: string;
  /** Seconds the whole probe may take: the site's own `timeout=`, else `TIMEOUT`. */
  readonly timeoutSeconds: number;
  /** `fails=`: HTTP statuses that are a failure at this site, such as `403` or `5xx`; absent: none. */
  readonly fails?: readonly string[];
  /** An advisory site is probed and logged but never starts a recovery. */
  readonly role: 'critical' | 'advisory';
  /** `gateway=`: the one gateway it is probed through, in the words of `Config.gateways`; undefined: each one. */
  readonly gateway: string | undefined;
}
