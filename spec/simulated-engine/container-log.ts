import { EMPTY, Subject, concat, filter, from } from 'rxjs';
import type { Observable } from 'rxjs';
import type { EngineClock, Nanos } from './clock.ts';
import type { Output } from './workload.ts';

export interface LogEntry extends Output {
  readonly at: Nanos;
}

export interface LogQuery {
  readonly stdout: boolean;
  readonly stderr: boolean;
  readonly since: Nanos;
  /** The number of last lines; undefined for all. */
  readonly tail: number | undefined;
  readonly follow: boolean;
}

/** The output of a container. Following ends with the run, as with `docker logs -f`. */
export class ContainerLog {
  readonly #clock: EngineClock;
  readonly #entries: LogEntry[] = [];
  #live$ = new Subject<LogEntry>();

  constructor(clock: EngineClock) {
    this.#clock = clock;
  }

  append(output: Output): void {
    const entry = { ...output, at: this.#clock.stamp() };
    this.#entries.push(entry);
    this.#live$.next(entry);
  }

  /** The run is over: followers end. */
  endRun(): void {
    this.#live$.complete();
    this.#live$ = new Subject();
  }

  read(query: LogQuery): Observable<LogEntry> {
    const past = query.tail === undefined ? this.#entries : lastOf(this.#entries, query.tail);
    const future$: Observable<LogEntry> = query.follow ? this.#live$ : EMPTY;
    return concat(from([...past]), future$).pipe(
      filter((entry) => entry.at >= query.since && query[entry.stream]),
    );
  }
}

const lastOf = <T>(items: readonly T[], count: number): readonly T[] =>
  count === 0 ? [] : items.slice(-count);
