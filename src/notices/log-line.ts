/**
 * One thing said to the user. `endpoint` is a kind of its own, shown whenever `info` is.
 */
export interface Line {
  readonly level: Level;
  /** A whole sentence: the text format shows nothing else. */
  readonly message: string;
  /** The same once more for machines: properties of their own in the JSON format. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export type Level = 'error' | 'warn' | 'endpoint' | 'info' | 'debug';

export interface Log {
  /** Never throws, and never waits. What is written after `close` is dropped. */
  write(line: Line): void;
  /**
   * Resolves once the console has taken everything: `process.exit` before that loses lines. As long as the
   * reader of a full pipe does not read, it does not resolve, so whoever shuts down bounds the wait.
   */
  close(): Promise<void>;
}
