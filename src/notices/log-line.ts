/** One line for the user. `endpoint` is a level of its own, shown whenever `info` is. */
export interface Line {
  readonly level: Level;
  /** A whole sentence: the text format shows nothing else. */
  readonly message: string;
  /** The same facts for machines: separate properties in the JSON format. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export type Level = 'error' | 'warn' | 'endpoint' | 'info' | 'debug';

export interface Log {
  /** Never throws, and never waits. Lines written after `close` are dropped. */
  write(line: Line): void;
  /**
   * Resolves once the console has taken everything: `process.exit` before that loses lines. It does not resolve as
   * long as the reader of a full pipe does not read, so a shutdown has to bound the wait.
   */
  close(): Promise<void>;
}
