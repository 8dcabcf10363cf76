import { Coverage } from './coverage.ts';
import { perform } from './deeds.ts';
import { Wire } from './disturbances.ts';
import type { Deed, History } from './history.ts';
import { type Intent, Intents } from './intents.ts';
import { BackoffBound } from './invariants/backoff-bound.ts';
import { Existence } from './invariants/existence.ts';
import { GatewayRestarts } from './invariants/gateway-restarts.ts';
import type { Court, Violation } from './invariants/judge.ts';
import { OneCommand } from './invariants/one-command.ts';
import { Touching } from './invariants/touching.ts';
import { People } from './people.ts';
import { calmDown, isClaimable, unsettled } from './settled.ts';
import { HistoryWorld } from './history-world.ts';
import { Truth } from './truth.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const LOOK_MS = 10 * MINUTE_MS;
/** The longest possible backoff and the recovery after it. */
const SETTLES_WITHIN_MINUTES = 70;
const QUIET_MINUTES = 30;
/** Log lines that may still appear in a quiet half-hour, such as that all is well again. */
const LINES_IN_QUIET = 6;

interface Done {
  readonly at: number;
  readonly deed: Deed;
}

export interface Played {
  readonly violations: readonly Violation[];
  readonly lines: HistoryWorld['lines'];
  readonly coverage: Coverage;
  /** The deeds that were possible, with their times. */
  readonly deeds: readonly Done[];
  /** The final state of each container for which it is certain. */
  readonly end: Readonly<Record<string, End>>;
}

interface End {
  /** What its operator wants of each container. */
  readonly wanted: Intent['value'];
  readonly is: 'gone' | 'down' | 'live' | 'cut off';
}

/** Plays one history to its end and then until all has settled, and checks every invariant throughout. */
export function play(history: History): Played {
  const world = new HistoryWorld(history);
  const violations: Violation[] = [];
  const deeds: Done[] = [];
  const coverage = new Coverage();
  try {
    const court = setUp(world, history, coverage, violations);
    const beginsAt = world.now;
    world.startMonitor();
    world.pass(5_000);
    const endsAt = beginsAt + history.hours * HOUR_MS;
    const isBroken = (): boolean => violations.length > 0;
    history.steps.forEach(({ afterMs, deed }) => {
      if (world.now + afterMs > endsAt || isBroken()) return;
      passUnless(isBroken, world, afterMs);
      if (!perform(court, deed)) return;
      coverage.count('deed', deed.what);
      deeds.push({ at: world.now, deed });
    });
    passUnless(isBroken, world, endsAt - world.now);
    if (!isBroken()) settle(court);
    const { fault } = world;
    if (fault instanceof Error) court.violate(0, `the monitor has ended by a fault: ${fault.message}`);
    return { violations, lines: world.lines, coverage, deeds, end: endOf(court) };
  } finally {
    world.dispose();
  }
}

/** After a broken invariant nothing more can be proved, and the play might never end. */
function passUnless(isBroken: () => boolean, world: HistoryWorld, ms: number): void {
  for (let left = ms; left > 0 && !isBroken(); left -= LOOK_MS) world.pass(Math.min(left, LOOK_MS));
}

function setUp(world: HistoryWorld, { cast }: History, coverage: Coverage, violations: Violation[]): Court {
  const people = new People(world, cast);
  people.populate();
  const wire = new Wire(world);
  const intents = new Intents(world, people, wire);
  const truth = new Truth(world, people, wire);
  const violate = (invariant: number, what: string): void => {
    if (violations.length < 20) violations.push({ invariant, at: world.now, what });
  };
  const court: Court = { world, people, intents, wire, truth, cast, violate };
  const existence = new Existence(court);
  world.onlookers.push(
    coverage,
    new OneCommand(court),
    new GatewayRestarts(court),
    new BackoffBound(court),
    new Touching(court),
    existence,
  );
  world.engine.events.heardBy((event) => {
    if (event.action.startsWith('exec_')) return;
    truth.told(event);
    if (event.type === 'container') existence.told();
  });
  return court;
}

/** 4: once the tunnel works and nothing else happens, everything is repaired within a bounded time, and stays so. */
function settle(court: Court): void {
  const { world } = court;
  calmDown(court);
  for (let minute = 0; minute < SETTLES_WITHIN_MINUTES && unsettled(court).length > 0; minute += 1)
    world.pass(MINUTE_MS);
  const left = unsettled(court);
  if (left.length > 0) {
    court.violate(4, `not settled: ${left.join('; ')}`);
    return;
  }
  // Lets anything in flight finish.
  world.pass(5 * MINUTE_MS);
  const [written, said] = [world.client.written.length, world.lines.length];
  world.pass(QUIET_MINUTES * MINUTE_MS);
  const more = world.client.written.slice(written);
  if (more.length > 0) court.violate(4, `no end of it: ${more.slice(0, 5).join(', ')}`);
  const lines = world.lines.slice(said);
  if (lines.length > LINES_IN_QUIET)
    court.violate(4, `too much to say of nothing: ${lines.map(({ message }) => message).join(' / ')}`);
  if (unsettled(court).length > 0) court.violate(4, `unsettled again: ${unsettled(court).join('; ')}`);
}

/**
 * The final state of each container for which it is certain. This excludes those whose state an interference leaves
 * open, and those that no monitor can or may help.
 */
function endOf(court: Court): Readonly<Record<string, End>> {
  const { world, people, intents } = court;
  const gateways = world.watched.map((name) => ({ name, role: undefined }));
  const dependents = people.roles.filter(({ gateway }) => gateway !== undefined);
  const everybody = [...gateways, ...dependents.map((role) => ({ name: role.name, role }))];
  return Object.fromEntries(
    everybody.flatMap(({ name, role }): [string, End][] => {
      const wanted = intents.of(name).value;
      if (wanted === 'free') return [];
      const container = people.find(name);
      if (container === undefined) return [[name, { wanted, is: 'gone' }]];
      if (role !== undefined && !isClaimable(court, container, role)) return [];
      if (!container.state.running) return [[name, { wanted, is: 'down' }]];
      return [[name, { wanted, is: world.engine.isOnLiveNetwork(container.id) ? 'live' : 'cut off' }]];
    }),
  );
}
