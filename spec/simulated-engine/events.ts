import { EMPTY, Subject, concat, filter, from, takeUntil, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { nanosToMs, nanosToSeconds } from './clock.ts';
import type { Nanos } from './clock.ts';
import type { Container } from './container.ts';
import { inPodmansWords } from './podman.ts';
import type { Runtime } from './runtime.ts';

/** The events that the engine remembers for `since`, including those of execs. */
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

/** The events of the engine, with its limited memory. */
export class EventBus {
  /** Which events never reach a live stream: the engine silently drops some for slow readers. */
  loses: (event: EngineEvent) => boolean = () => false;

  readonly #runtime: Runtime;
  readonly #isPodman: boolean;
  readonly #listeners: ((event: EngineEvent) => void)[] = [];
  readonly #past: EngineEvent[] = [];
  #live$ = new Subject<EngineEvent>();

  constructor(runtime: Runtime, { isPodman = false } = {}) {
    this.#runtime = runtime;
    this.#isPodman = isPodman;
  }

  /** All events, before any other reader gets them, including those that are lost for others, across engine restarts. */
  heardBy(listener: (event: EngineEvent) => void): void {
    this.#listeners.push(listener);
  }

  container(container: Container, action: string, more: Attributes = {}): void {
    if (!this.#isPodman) this.#tell(container, action, more);
    else
      for (const told of inPodmansWords(container, action, more))
        this.#tell(container, told.action, { ...told.more, podId: '' });
  }

  /** Somebody has asked for a restart. Docker tells that at its end. */
  restarting(container: Container): void {
    if (this.#isPodman) this.#tell(container, 'restart', { podId: '' });
  }

  #tell(container: Container, action: string, more: Attributes): void {
    const { id, image, labels, name } = container;
    this.#emit({
      type: 'container',
      action,
      id,
      at: this.#runtime.clock.stamp(),
      // Few of them are ever read, as most events are of execs.
      get attributes() {
        return { ...labels, image, name, ...more };
      },
    });
  }

  network(container: Container, action: 'connect' | 'disconnect'): void {
    if (this.#isPodman) return;
    const name = container.networkMode === 'default' ? 'bridge' : container.networkMode;
    const attributes = { container: container.id, name, type: name === 'none' ? 'null' : 'bridge' };
    this.#emit({ type: 'network', action, id: NETWORK_ID, at: this.#runtime.clock.stamp(), attributes });
  }

  /** Replays the remembered events from `since` on, then continues live until `until` or the end of the engine. */
  stream(query: EventQuery = {}): Observable<EngineEvent> {
    const { since, until, matches = () => true } = query;
    const past = since === undefined ? [] : this.#past.filter((event) => event.at >= since);
    return concat(from(past), this.#liveUntil(until)).pipe(
      filter((event) => (until === undefined || event.at <= until) && matches(event)),
    );
  }

  /** The remembered events up to that time: later ones exist if the clock was set back. */
  past(until?: Nanos): readonly EngineEvent[] {
    return this.#past.filter(({ at }) => until === undefined || at <= until);
  }

  /** Whether it remembers all events since its start. */
  get hasForgottenNothing(): boolean {
    return this.#past.length < REPLAY_LIMIT;
  }

  /** The engine goes down: every stream ends, and all events are forgotten. */
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

/** The command in an event: the arguments joined by blanks, with a trailing blank after a program without any. */
export const commandLine = ([program = '', ...args]: readonly string[]): string =>
  `${program} ${args.join(' ')}`;

const NETWORK_ID = 'a0e109ef0520431cc05005be1f11664ef895b9b96d9c683fc28b3e039986ceb7';

const sorted = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).sort(([one], [other]) => (one < other ? -1 : 1)));
