import { lineOf } from '../../src/notices/wording.ts';
import fc from 'fast-check';
import type { Event } from '../../streams/events.ts';
import { createRender } from '../../src/edges/log-format.ts';
import type { Persisted } from '../../src/model/persisted.ts';
import { initialState } from '../../src/loop/initial-state.ts';
import { nextDeadline, reduce } from '../../src/loop/reduce.ts';
import type { Everything } from '../../src/model/state.ts';
import { SETTINGS, facts, gatewayFacts, idOf, onGateway, site } from '../src/builders.ts';
import { anyText, keptExit } from './arbitraries.ts';
import { fuzz } from './fuzz.ts';
import { BEGIN_MS, type Happening, happening } from './happenings.ts';

/** As read from a state file that somebody may have edited. */
const memory: fc.Arbitrary<Persisted> = fc.record({
  gateways: fc.dictionary(
    fc.constantFrom('gluetun', 'constructor'),
    fc.array(fc.oneof(anyText, fc.constant(idOf('far')))),
  ),
  dependents: fc.dictionary(fc.oneof(anyText, fc.constant(idOf('app'))), anyText),
  exits: fc.dictionary(fc.constantFrom(idOf('app'), idOf('gluetun')), keptExit),
  backoff: fc.dictionary(
    fc.constant('gluetun'),
    fc.record({ attempts: fc.nat(), notBefore: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
  ),
  sites: fc.dictionary(
    fc.constant('gluetun'),
    fc.record({
      held: fc.array(anyText),
      blocked: fc.option(fc.record({ urls: fc.array(anyText), recoveries: fc.nat() }), { nil: undefined }),
      passed: fc.array(anyText),
    }),
  ),
  paused: fc.dictionary(fc.constant('gluetun'), fc.double({ noNaN: true, noDefaultInfinity: true })),
});
const settings = fc.record({
  gateways: fc.constantFrom(['gluetun'], ['gluetun', 'far']),
  rest: fc.record({
    dependents: fc.constantFrom('auto' as const, ['app', 'constructor']),
    exclude: fc.constantFrom([], ['far']),
    recoveryStrategy: fc.constantFrom('restart' as const, 'vpn-first' as const),
    siteQuorum: fc.constantFrom('any' as const, 'majority' as const, 'all' as const, 7),
    vpnRestartDependents: fc.constantFrom([], ['app']),
    dryRun: fc.boolean(),
  }),
});
const history = fc.record({
  settings,
  memory,
  hasWitness: fc.boolean(),
  happenings: fc.array(happening, { maxLength: 40 }),
});

const RENDER = createRender({ format: 'text', timeZone: 'UTC' }, []);

/** The containers that exist, whatever the events said. */
const TRUTH = [
  gatewayFacts({ startedAt: BEGIN_MS }),
  onGateway('app', { startedAt: BEGIN_MS + 1 }),
  facts('else'),
];

/** A monitor that receives events. */
class Told {
  state: Everything;
  now = BEGIN_MS;
  #wokenAt = 0;

  constructor(given: {
    settings: { gateways: readonly string[]; rest: object };
    memory: Persisted;
    hasWitness: boolean;
  }) {
    const each = given.settings.gateways.map((gateway) => ({ ...SETTINGS, ...given.settings.rest, gateway }));
    this.state = initialState(each, [site('a.example'), site('b.example')], given);
    this.tell({ type: 'engineConnected', at: this.now });
    this.list();
  }

  tell(event: Event): void {
    const { state, notices } = reduce(this.state, event);
    this.state = state;
    if (event.type === 'timeReached') this.#wokenAt = event.at;
    const due = nextDeadline(state, this.#wokenAt);
    if (due !== undefined && !(due > this.#wokenAt && due < Infinity)) throw new Error(`due at ${due}`);
    if (notices.some((notice) => RENDER(lineOf(notice), event.at).includes('\n')))
      throw new Error('a line is two');
  }

  happen({ afterMs, event }: Happening): void {
    this.now += afterMs;
    const asked = 'requestedAt' in event ? { requestedAt: Math.min(event.requestedAt, this.now) } : {};
    this.tell({ ...event, ...asked, at: this.now });
  }

  list(): void {
    const [at, requestedAt, engineClockMs] = [this.now, this.now, this.now];
    this.tell({ type: 'containersListed', at, requestedAt, engineClockMs, containers: TRUTH });
    this.now += 1;
  }

  inspect(id: string): void {
    const [at, requestedAt, engineClockMs] = [this.now, this.now, this.now];
    const seen = TRUTH.find((one) => one.id === id);
    this.tell({ type: 'containerInspected', at, requestedAt, engineClockMs, id, facts: seen });
  }

  /** Including those that the answers lead to. */
  inspectThoseAskedFor(): void {
    for (let ids = this.#asked(); ids.length > 0; ids = this.#asked()) ids.forEach((id) => this.inspect(id));
  }

  #asked(): readonly string[] {
    return Object.keys(this.state.containers.inspecting);
  }

  /** Wakes it at its own deadlines for that long. */
  wait(ms: number): void {
    const until = this.now + ms;
    this.inspectThoseAskedFor();
    for (
      let due = nextDeadline(this.state, this.#wokenAt);
      due !== undefined && due <= until;
      due = nextDeadline(this.state, this.#wokenAt)
    ) {
      this.now = Math.max(this.now, due);
      this.tell({ type: 'timeReached', at: this.now });
      this.inspectThoseAskedFor();
    }
    this.now = until;
  }
}

/** Every container with an entry in the state; the former dependents of an absent gateway do not count. */
function spokenOf({
  exits,
  inFlight,
  containers: { byId, inspecting, toInspect, knownAt },
  watches,
}: Everything): readonly string[] {
  const members = watches.map(({ gateway, dependents }) =>
    gateway.value === 'absent' ? {} : (dependents.members ?? {}),
  );
  const pending = watches.map(({ repairs }) => repairs.pending);
  // No act is carried out here, so no result of a wave ever arrives.
  const actedOn =
    inFlight?.act.kind === 'repairDependents' ? inFlight.act.dependents.map(({ id }) => id) : [];
  const awaited = [...toInspect.known, ...toInspect.strangers];
  return [
    byId,
    inspecting,
    Object.fromEntries(awaited.map((id) => [id, true])),
    knownAt,
    exits,
    ...members,
    ...pending,
  ]
    .flatMap((map) => Object.keys(map))
    .filter((id) => !actedOn.includes(id));
}

describe('any sequence of events', () => {
  it('is reduced, without a deadline in the past or a log line with a line break', () => {
    fuzz(history, 300, ({ happenings, ...given }) => {
      const told = new Told(given);
      happenings.forEach((one) => told.happen(one));
      told.wait(60_000);
      expect(told.state.watches).toHaveLength(given.settings.gateways.length);
    });
  });

  it('leaves no trace of containers that do not exist', () => {
    fuzz(history, 200, ({ happenings, ...given }) => {
      const told = new Told(given);
      happenings.forEach((one) => told.happen(one));
      told.tell({ type: 'engineConnected', at: told.now });
      for (let time = 0; time < 3; time += 1) {
        told.wait(30_000);
        told.list();
      }
      const known = TRUTH.map(({ id }) => id);
      expect(spokenOf(told.state).filter((id) => !known.includes(id))).toEqual([]);
    });
  });
});
