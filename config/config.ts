/** What the user chose, checked and in one piece. Durations keep the unit of their variable: whole seconds. */
export interface Config {
  /** `GLUETUN_CONTAINER`: a container name, a compose service name, or an id. */
  readonly gateway: string;
  /** `DEPENDENT_CONTAINERS`: every container on the gateway's network, or just these names. */
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
  readonly retryIntervalSeconds: number;
  readonly healthyWaitTimeoutSeconds: number;
  readonly restartConcurrency: number;
  /** `AUTO_RECREATE`: whether dependents of a removed gateway are created anew on its successor. */
  readonly autoRecreate: boolean;
  readonly log: LogConfig;
  /** `GLUETUN_API_URL`: Gluetun's control server as seen inside the gateway, without a trailing slash. */
  readonly controlServerUrl: string;
  /** `GLUETUN_API_KEY`, a secret; undefined when unset. */
  readonly controlServerKey: string | undefined;
  /** `STATE_FILE`: path of what must outlive the monitor; `/dev/null` for none. */
  readonly stateFile: string;
  readonly docker: DockerConnection;
}

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
  /** An advisory site is probed and logged but never starts a recovery. */
  readonly role: 'critical' | 'advisory';
}
