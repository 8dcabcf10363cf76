/** Something that arrived, and when: `performance.now()`, milliseconds. */
export type Timed<T> = T & { readonly atMs: number };

interface Waiter<T> {
  readonly matches: (item: Timed<T>) => boolean;
  readonly found: (item: Timed<T>) => void;
  readonly failed: (reason: Error) => void;
}

/** Everything that arrived, in order. Tests can wait for an item without polling. */
export class Recorder<T extends object> {
  readonly items: Timed<T>[] = [];
  #waiters: Waiter<T>[] = [];
  #endedBecause: string | undefined;
  readonly #describe: (item: Timed<T>) => string;

  constructor(describe: (item: Timed<T>) => string) {
    this.#describe = describe;
  }

  push(item: T): void {
    const timed = { ...item, atMs: performance.now() };
    this.items.push(timed);
    const matching = this.#waiters.filter(({ matches }) => matches(timed));
    this.#waiters = this.#waiters.filter((waiter) => !matching.includes(waiter));
    for (const { found } of matching) found(timed);
  }

  /** Nothing more will arrive: every wait fails now instead of at its deadline. */
  end(reason: string): void {
    this.#endedBecause = reason;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const { failed } of waiters) failed(new Error(reason));
  }

  /** The first item that matches, past or future, and later than `after` if given. */
  async waitFor(
    what: string,
    matches: (item: Timed<T>) => boolean,
    deadlineMs: number,
    after?: Timed<T>,
  ): Promise<Timed<T>> {
    const start = after ? this.items.indexOf(after) + 1 : 0;
    const present = this.items.slice(start).find(matches);
    if (present) return present;
    if (this.#endedBecause !== undefined) throw this.#failure(what, this.#endedBecause);
    return this.#next(what, matches, deadlineMs);
  }

  async #next(what: string, matches: (item: Timed<T>) => boolean, deadlineMs: number): Promise<Timed<T>> {
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((found, failed) => {
        this.#waiters.push({ matches, found, failed });
        timer = setTimeout(() => failed(new Error(`${deadlineMs} ms are over`)), deadlineMs);
      });
    } catch (error) {
      this.#waiters = this.#waiters.filter((waiter) => waiter.matches !== matches);
      throw this.#failure(what, error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  #failure(what: string, reason: string): Error {
    const latest = this.items.slice(-25).map((item) => `  ${this.#describe(item)}`);
    return new Error(`waited in vain for ${what}: ${reason}; the latest:\n${latest.join('\n')}`);
  }
}
