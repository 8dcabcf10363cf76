/** What the page is sent, besides the status. Only types: the page imports them, and knows nothing else of the server. */

/** Something that happened, as it is told in the log, with the fields of its notice. */
export interface HistoryEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly kind: string;
  readonly level: string;
  readonly message: string;
  readonly gateway?: string;
}

/** `/history`. */
export interface HistoryAnswer {
  readonly since: string;
  /** The oldest first. */
  readonly entries: readonly object[];
}

/** `/recent`: what the page plots. Times are milliseconds since the epoch. Gateways are in the order of the status. */
export interface Recent {
  /** Nothing is known of the time before. */
  readonly since: number;
  readonly gateways: readonly RecentOfGateway[];
}

export interface RecentOfGateway {
  readonly name: string;
  /** Since when the tunnel was what; the oldest first. */
  readonly tunnel: readonly (readonly [since: number, tunnel: string])[];
  /** When each check began; the oldest first. */
  readonly checks: readonly number[];
  /** For each of these checks; `null`: it did not answer, or was not probed. */
  readonly latencies: Readonly<Record<string, readonly (number | null)[]>>;
}

/** The event `beat` of `/events`: nothing has changed. */
export interface Beat {
  readonly time: string;
}

/** Reads what happened. */
export interface HistoryReader {
  /** The latest `most` entries since `sinceMs`, by the wall clock; the oldest first. */
  readonly entries: (sinceMs: number, most: number) => Promise<readonly object[]>;
}
