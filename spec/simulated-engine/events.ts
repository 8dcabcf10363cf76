import { EMPTY, Subject, concat, filter, from, takeUntil, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { nanosToMs, nanosToSeconds } from './clock.ts';
import type { Nanos } from './clock.ts';
import type { Container } from './container.ts';
import type { Runtime } from './runtime.ts';

/** All the engine remembers for `since`, exec noise included. */
const REPLAY_LIMIT = 256;

export type Attributes = Readonly<Record<string, string>>;

export interface EngineEvent {
  readonly type: 'container' | 'network';
  readonly action: string;
  readonly id: string;
  readonly attributes: Attributes;
  readonly at: Nanos;
}

export interface EventQuery {
  readonly since?: Nanos | undefined;
  readonly until?: Nanos | undefined;
  readonly matches?: (event: EngineEvent) => boolean;
}

/** What the engine tells of itself, with its short memory. */
export class EventBus {
  /** Which events never reach a live stream: the engine drops some for slow readers, without a word. */
  loses: (event: EngineEvent) => boolean = () => false;

  readonly #runtime: Runtime;
  readonly #listeners: ((event: EngineEvent) => void)[] = [];
  readonly #past: EngineEvent[] = [];
  #live$ = new Subject<EngineEvent>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Tells all, and before anybody else hears of it; also what is lost for others, and whatever the engine goes through. */
  heardBy(listener: (event: EngineEvent) => void): void {
    this.#listeners.push(listener);
  }

  container(container: Container, action: string, more: Attributes = {}): void {
    const { id, image, labels, name } = container;
    this.#emit({
      type: 'container',
      action,
      id,
      at: this.#runtime.clock.stamp(),
      // Few of them are ever read: most messages are of execs.
      get attributes() {
        return { ...labels, image, name, ...more };
      },
    });
  }

  network(container: Container, action: 'connect' | 'disconnect'): void {
    const name = container.networkMode === 'default' ? 'bridge' : container.networkMode;
    const attributes = { container: container.id, name, type: name === 'none' ? 'null' : 'bridge' };
    this.#emit({ type: 'network', action, id: NETWORK_ID, at: this.#runtime.clock.stamp(), attributes });
  }

  /** Replays what is remembered from `since` on, then goes on live until `until`, or until the engine ends. */
  stream(query: EventQuery = {}): Observable<EngineEvent> {
    const { since, until, matches = () => true } = query;
    const past = since === undefined ? [] : this.#past.filter((event) => event.at >= since);
    return concat(from(past), this.#liveUntil(until)).pipe(
      filter((event) => (until === undefined || event.at <= until) && matches(event)),
    );
  }

  /** What is remembered, but for what lies ahead of that time: the clock may have been set back since. */
  past(until?: Nanos): readonly EngineEvent[] {
    return this.#past.filter(({ at }) => until === undefined || at <= until);
  }

  /** Whether what is remembered is all there has been since it came up. */
  get hasForgottenNothing(): boolean {
    return this.#past.length < REPLAY_LIMIT;
  }

  /** The engine goes down: every stream ends, all is forgotten. */
  shutDown(): void {
    this.#past.length = 0;
    this.#live$.complete();
    this.#live$ = new Subject();
  }

  #liveUntil(until: Nanos | undefined): Observable<EngineEvent> {
    if (until === undefined) return this.#live$;
    const leftMs = nanosToMs(until) - this.#runtime.clock.nowMs();
    return leftMs <= 0 ? EMPTY : this.#live$.pipe(takeUntil(timer(leftMs, this.#runtime.scheduler)));
  }

  #emit(event: EngineEvent): void {
    this.#past.push(event);
    if (this.#past.length > REPLAY_LIMIT) this.#past.shift();
    for (const listener of this.#listeners) listener(event);
    if (!this.loses(event)) this.#live$.next(event);
  }
}

/** One line of `GET /events`. The nanoseconds are too many digits for a JavaScript number, so they go in as text. */
export function toJsonLine(event: EngineEvent): string {
  const { type, action, id, attributes, at } = event;
  const legacy = type === 'container' ? { status: action, id, from: attributes['image'] } : {};
  const told = {
    ...legacy,
    Type: type,
    Action: action,
    Actor: { ID: id, Attributes: sorted(attributes) },
    scope: 'local',
    time: nanosToSeconds(at),
  };
  return `${JSON.stringify(told).slice(0, -1)},"timeNano":${at}}\n`;
}

/** As events name a command: the arguments joined by blanks, one blank after a program without any. */
export const commandLine = ([program = '', ...args]: readonly string[]): string =>
  `${program} ${args.join(' ')}`;

const NETWORK_ID = 'a0e109ef0520431cc05005be1f11664ef895b9b96d9c683fc28b3e039986ceb7';

const sorted = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1)));
