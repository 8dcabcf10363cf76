/** The containers of the story. The world chooses their names, as the usual ones may be taken on a borrowed engine. */
export interface Cast {
  readonly gateway: string;
  /** On the gateway's network; removed during the story. */
  readonly leaver: string;
  /** On the gateway's network; another container joins through it. */
  readonly host: string;
  /** On the gateway's network through `host`. */
  readonly guest: string;
  /** On the gateway's network; added during the story. */
  readonly newcomer: string;
}

/** A request of the monitor to the engine. */
export interface Call {
  readonly method: string;
  /** Without the API version and the query. */
  readonly path: string;
}

/** An event of a container. */
export interface Message {
  /** As the engine writes it: `start`, `health_status: unhealthy`. */
  readonly action: string;
  readonly id: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The setting of the story: an engine with a stack, and its real state. */
export interface World {
  /** The kind of engine, for the first line. */
  readonly about: string;
  readonly cast: Cast;
  /** For the monitor's files; removed with the world. */
  readonly folder: string;
  /** The address of the engine for the monitor. */
  readonly dockerHost: string;
  /** The sites to probe, in the format of `SITES`. */
  readonly sites: string;
  readonly calls: readonly Call[];
  /** Since the creation of the stack. */
  readonly messages: readonly Message[];

  /**
   * Starts the engine and on it the gateway with its three dependents, and waits until the gateway is healthy.
   *
   * @throws if the signal is aborted: at the next point where everything can still be undone
   */
  open(signal: AbortSignal): Promise<void>;
  /** Leaves nothing behind, even after an incomplete `open`. */
  close(): Promise<void>;

  /** No site answers, and the gateway's health check fails, until the gateway is restarted. */
  breakTunnel(): Promise<void>;
  /** Creates an application on the gateway's network and starts it. */
  addDependent(name: string): Promise<void>;
  removeDependent(name: string): Promise<void>;

  /** Whether it is on the current network of the gateway, and not on one that died with a previous run. */
  isOnLiveNetwork(name: string): Promise<boolean>;
  /** The public IP address according to the gateway itself. */
  exitIp(): Promise<string | undefined>;
}
