import { EMPTY, type Observable, type SchedulerLike, type Subscription, Subject, tap } from 'rxjs';
import type { EngineReadings } from '../../streams/engine.ts';
import { CallWatch } from '../../streams/call-watch.ts';
import type { Event, OperatorRequest } from '../../streams/events.ts';
import { source$ } from '../../streams/source.ts';
import { type VpnRestart, vpnRestart$ } from '../../streams/vpn-restart.ts';
import type { WitnessVerdict } from '../../streams/witness.ts';
import type { Act } from '../../src/model/act.ts';
import { type Edge, tellEdges } from '../../src/edges/edge.ts';
import type { EngineWrites } from '../../src/acts/engine-writes.ts';
import { execute } from '../../src/acts/executor.ts';
import { rehearsal$ } from '../../src/acts/rehearsal.ts';
import type { Line } from '../../src/notices/log-line.ts';
import { type Persisted, persistedOf, persistedSources } from '../../src/model/persisted.ts';
import { lineOf } from '../../src/notices/wording.ts';
import { type Step, runProgram } from '../../src/loop/program.ts';
import type { Everything } from '../../src/model/state.ts';
import { SECRETS, lookForSecrets } from '../marked-secrets.ts';
import type { EngineClient } from './engine-client.ts';

export interface MonitorParts {
  readonly client: EngineClient;
  /** The monitor's own clock, which may differ from the engine's. */
  readonly scheduler: SchedulerLike;
  readonly initial: Everything;
  readonly probeWitness: () => Observable<WitnessVerdict>;
  readonly say: (line: Line) => void;
  readonly remember: (memory: Persisted) => void;
  /** Further edges, which get every step. */
  readonly edges?: readonly Edge[];
  /** By default the disk takes no time. */
  readonly commit?: () => Observable<never>;
  /** Called before an event is reduced, with the state before it. */
  readonly onEvent?: (event: Event, state: Everything) => void;
  /** Called for each step that changed the state. */
  readonly onState?: (before: Everything, after: Everything) => void;
  /** As behind a proxy: what is needed later is tried at the start. */
  readonly rehearses?: boolean;
  /** Wraps each act. */
  readonly around?: (act: Act, events$: Observable<Event>) => Observable<Event>;
}

const CONTROL_SERVER = { url: 'http://127.0.0.1:8000', key: SECRETS.apiKey };

/** One run of the monitor: its own streams, reducers and executor, unchanged, on the simulated engine. */
export class SimulatedMonitor {
  state: Everything;
  hasEnded = false;
  fault: unknown;
  readonly #parts: MonitorParts;
  readonly #signal$ = new Subject<Event>();
  readonly #trouble$ = new Subject<Event>();
  readonly #run: Subscription;

  constructor(parts: MonitorParts) {
    this.#parts = parts;
    this.state = parts.initial;
    this.#run = this.#program().subscribe({
      next: ({ before, state, notices }) => {
        this.state = state;
        if (persistedSources(state).some((part, index) => part !== persistedSources(before)[index]))
          this.#remember(persistedOf(state));
        notices.forEach((notice) => this.#say(lineOf(notice, state.watches.length > 1)));
        if (state !== before) parts.onState?.(before, state);
      },
      complete: () => (this.hasEnded = true),
      error: (fault: unknown) => (this.fault = fault),
    });
  }

  #say(line: Line): void {
    lookForSecrets('the log', JSON.stringify(line));
    this.#parts.say(line);
  }

  #remember(memory: Persisted): void {
    lookForSecrets('the state file', JSON.stringify(memory));
    this.#parts.remember(memory);
  }

  get isAlive(): boolean {
    return !this.#run.closed;
  }

  /** Like SIGTERM. */
  shutDown(): void {
    const at = this.#parts.scheduler.now();
    this.#signal$.next({ type: 'shutdownRequested', at, signal: 'SIGTERM' });
  }

  /** What a command asks of it. */
  ask(request: OperatorRequest): void {
    const at = this.#parts.scheduler.now();
    this.#signal$.next({ type: 'operatorRequested', at, requestId: 1, request });
  }

  /** Like SIGKILL: at once, in the middle of whatever it does. */
  kill(): void {
    this.#run.unsubscribe();
    // The log gets it if a reducer fails.
    lookForSecrets('the state', JSON.stringify(this.state));
  }

  #program(): Observable<Step> {
    const {
      client,
      scheduler,
      initial,
      probeWitness,
      edges = [],
      commit = () => EMPTY,
      onEvent,
      around,
      rehearses = false,
    } = this.#parts;
    const watch = new CallWatch(scheduler);
    const engine = watch.watched<EngineReadings & EngineWrites>(client);
    const restartVpn = (gatewayId: string): Observable<VpnRestart> =>
      vpnRestart$(gatewayId, { engine, scheduler, controlServer: CONTROL_SERVER });
    return runProgram({
      initial,
      scheduler,
      source: (request$, deadline$) =>
        source$({
          engine,
          scheduler,
          controlServer: CONTROL_SERVER,
          probeWitness,
          request$,
          deadline$,
          others: [
            this.#signal$,
            this.#trouble$,
            watch.change$,
            rehearsal$({
              reads: engine,
              writes: engine,
              recreates: true,
              connected$: watch.connected$,
              isNeeded: () => rehearses || watch.hasForbidden,
            }),
          ],
        }).pipe(tap((event) => onEvent?.(event, this.state))),
      execute: (act, acting) => {
        const exclude = initial.watches[0]?.settings.exclude ?? [];
        const executor = { reads: engine, writes: engine, restartVpn, scheduler, exclude, ...acting };
        const events$ = execute(act, executor);
        return around?.(act, events$) ?? events$;
      },
      commit,
    }).pipe(tellEdges(edges, scheduler, (event) => this.#trouble$.next(event)));
  }
}
