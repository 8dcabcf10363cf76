/** Who plays. The names are the world's: on somebody's engine the usual ones may be taken. */
export interface Cast {
  readonly gateway: string;
  /** On the gateway's network; is removed in the course of the story. */
  readonly leaver: string;
  /** On the gateway's network, which it shares on. */
  readonly host: string;
  /** On the gateway's network through `host`. */
  readonly guest: string;
  /** On the gateway's network; is added in the course of the story. */
  readonly newcomer: string;
}

/** A request that the monitor, and nobody else, made of the engine. */
export interface Call {
  readonly method: string;
  /** Without the API version and the query. */
  readonly path: string;
}

/** What the engine told of a container. */
export interface Message {
  /** As the engine writes it: `start`, `health_status: unhealthy`. */
  readonly action: string;
  readonly id: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Where the story plays: an engine with a stack that things happen to, and the truth about it. */
export interface World {
  /** What kind of engine it is, for the first line. */
  readonly about: string;
  readonly cast: Cast;
  /** For the monitor's files; goes with the world. */
  readonly folder: string;
  /** The engine, as the monitor is to reach it. */
  readonly dockerHost: string;
  /** What it is to probe, as `SITES` takes it. */
  readonly sites: string;
  readonly calls: readonly Call[];
  /** From the creation of the stack on. */
  readonly messages: readonly Message[];

  /**
   * Brings the engine up, and on it the gateway, healthy, with its three dependents.
   *
   * @throws when the signal is given: at the next point where everything can still be undone
   */
  open(signal: AbortSignal): Promise<void>;
  /** Leaves nothing behind, however far `open` has come. */
  close(): Promise<void>;

  /** No site answers any more, and the gateway's health check fails, until the gateway is started anew. */
  breakTunnel(): Promise<void>;
  /** Creates an application on the gateway's network and starts it. */
  addDependent(name: string): Promise<void>;
  removeDependent(name: string): Promise<void>;

  /** Whether it runs in the network the gateway has now, and not in one that died with an earlier start. */
  isOnLiveNetwork(name: string): Promise<boolean>;
  /** The public IP address, as the gateway itself has it. */
  exitIp(): Promise<string | undefined>;
}
