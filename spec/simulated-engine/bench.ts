import { VirtualTimeScheduler } from 'rxjs';
import type { ContainerSpec } from './create-request.ts';
import { SimulatedEngine } from './engine.ts';
import type { EngineError } from './errors.ts';
import { parseEvents } from '../transcripts.ts';
import type { RecordedEvent } from '../transcripts.ts';
import { eventFilter, parseFilters } from './filters.ts';
import { toJsonLine } from './events.ts';
import { GluetunStandIn, gatewayContainer } from './gluetun.ts';
import { advance } from './virtual-time.ts';
import type { Observable } from 'rxjs';

/** An engine in virtual time with a gateway and one dependent, both running, and the events from then on. */
export class Bench {
  readonly scheduler = new VirtualTimeScheduler();
  readonly engine: SimulatedEngine;
  readonly standIn = new GluetunStandIn(this.scheduler);
  readonly gatewaySpec: ContainerSpec = gatewayContainer({
    name: 'gluetun',
    image: 'stand-in',
    standIn: this.standIn,
    health: { intervalMs: 1000, retries: 2 },
  });
  #lines = '';

  constructor({ isPodman = false } = {}) {
    this.engine = new SimulatedEngine(this.scheduler, { isPodman });
    this.engine.create(this.gatewaySpec);
    this.addDependent('app', 'gluetun');
    this.does(this.engine.start('gluetun'));
    this.does(this.engine.start('app'));
    this.advance(3000);
    const containersOnly = eventFilter(parseFilters('{"type":["container"]}'));
    this.engine.events
      .stream({ matches: containersOnly })
      .subscribe((event) => (this.#lines += toJsonLine(event)));
  }

  readonly addDependent = (name: string, owner: string): void => {
    const spec = {
      image: 'stand-in',
      restartPolicy: 'unless-stopped',
      networkMode: `container:${owner}`,
    } as const;
    this.engine.create({ name, ...spec });
  };

  readonly advance = (ms: number): void => advance(this.scheduler, ms);

  /** Lets an operation run to its end. @throws its error */
  readonly does = (operation$: Observable<void>): void => {
    const failure = this.outcome(operation$);
    if (failure !== undefined) throw failure;
  };

  /** The error it ends with, if any. */
  readonly outcome = (operation$: Observable<void>): EngineError | undefined => {
    const ending: { over: boolean; error?: EngineError } = { over: false };
    operation$.subscribe({
      complete: () => (ending.over = true),
      error: (error: unknown) => Object.assign(ending, { over: true, error }),
    });
    for (let waitedMs = 0; !ending.over && waitedMs < 60_000; waitedMs += 10) this.advance(10);
    if (!ending.over) throw new Error('the operation does not end');
    return ending.error;
  };

  /** The container events since the bench was set up. */
  get said(): readonly RecordedEvent[] {
    return parseEvents(this.#lines);
  }
}

/** The container and the action, with the details that distinguish it from similar events. */
export function inShort({ Action, Actor: { Attributes } }: RecordedEvent): string {
  const { name = '', signal, exitCode, oldName } = Attributes;
  const details = [signal, exitCode, oldName].filter((detail) => detail !== undefined);
  return [name, Action, ...details].join(' ').replace(/\b[0-9a-f]{12}_/g, '<id>_');
}
