import { isDeepStrictEqual } from 'node:util';
import type { Site } from '../../config/config.ts';
import type { ContainerFacts, Event } from '../../streams/events.ts';
import type { ReadingRequest } from '../../streams/requests.ts';
import type { Act } from '../../src/model/act.ts';
import { begunBetween } from '../../src/model/in-flight.ts';
import { EngineInMind } from './engine-in-mind.ts';
import type { Line } from '../../src/notices/log-line.ts';
import type { Notice } from '../../src/notices/notice.ts';
import { lineOf } from '../../src/notices/wording.ts';
import { type Persisted, persistedOf } from '../../src/model/persisted.ts';
import type { OwnNetwork } from '../../streams/own-network.ts';
import { initialState } from '../../src/loop/initial-state.ts';
import { nextDeadline, reduce } from '../../src/loop/reduce.ts';
import type { Everything, Settings, State } from '../../src/model/state.ts';
import { viewsOf, withView } from '../../src/model/watches.ts';
import {
  type Happening,
  SETTINGS,
  STORY_BEGINS,
  type Wait,
  checkPassed,
  connected,
  endpointRead,
  gatewayFacts,
  listed,
  site,
} from './builders.ts';

export type Step = Happening | Wait;
/** What the loop does of itself after an event: it asks for readings, and carries out the act that has begun. */
type Command = Act | ReadingRequest;

export type Steps = readonly (Step | readonly Step[])[];

export interface Setting {
  readonly settings?: Partial<Settings>;
  readonly sites?: readonly Site[];
  readonly memory?: Persisted;
  readonly hasWitness?: boolean;
  readonly ownNetwork?: OwnNetwork;
}

/**
 * What happens to a monitor, one thing after another, and what it did and said. Each event takes a millisecond;
 * in a wait it is woken at its own deadlines, as it is by the real timer.
 */
export class History {
  /** `false`: inspections are not answered, unless the story does. */
  answers = true;
  readonly #engine = new EngineInMind();
  everything: Everything;
  now = STORY_BEGINS;
  commands: readonly Command[] = [];
  acts: readonly Act[] = [];
  notices: readonly Notice[] = [];
  #wokenAt = 0;
  /** The container that the story itself inspects in its next step. */
  #answeredNext: string | undefined;

  constructor({ settings = {}, sites = [site('a')], memory, hasWitness = false, ownNetwork }: Setting = {}) {
    this.everything = initialState([{ ...SETTINGS, ...settings }], sites, {
      ...(memory && { memory }),
      hasWitness,
      ...(ownNetwork && { ownNetwork }),
    });
  }

  /** As the concerns of the one gateway see it. */
  get state(): State {
    const [view] = viewsOf(this.everything);
    if (view === undefined) throw new Error('a history has one gateway');
    return view;
  }

  set state(view: State) {
    this.everything = withView(this.everything, 0, view);
  }

  /** From here on only the story answers inspections. */
  withoutAnswers(): this {
    this.answers = false;
    return this;
  }

  /** Inspections are answered at once again, also those that wait for it. */
  withAnswers(): this {
    this.answers = true;
    Object.keys(this.everything.containers.inspecting).forEach((id) => {
      this.#answer(id);
    });
    return this;
  }

  feed(...steps: Steps): this {
    const all = steps.flat();
    for (const [index, step] of all.entries()) {
      const next = all[index + 1];
      this.#answeredNext = typeof next === 'function' ? next.inspects : undefined;
      if ('waitMs' in step) this.#wait(step.waitMs);
      else this.#happen(step);
    }
    this.#answeredNext = undefined;
    return this;
  }

  /** What was done and said so far is of no interest. */
  forget(): this {
    this.commands = [];
    this.acts = [];
    this.notices = [];
    return this;
  }

  reduce(event: Event): void {
    this.#engine.hear(event);
    const { state, requests, notices } = reduce(this.everything, event);
    expectNothingRebuilt(this.everything, state);
    const act = begunBetween(this.everything, state);
    const begun = act === undefined ? [] : [act];
    this.everything = state;
    this.commands = [...this.commands, ...requests, ...begun];
    this.acts = [...this.acts, ...begun];
    this.notices = [...this.notices, ...notices];
    if (event.type === 'timeReached') this.#wokenAt = event.at;
    if (!this.answers) return;
    for (const request of requests)
      if (request.kind === 'inspectContainer' && request.containerId !== this.#answeredNext)
        this.#answer(request.containerId);
  }

  #answer(id: string): void {
    const at = this.now;
    const facts = this.#engine.inspect(id);
    // What the story lists without details, it cannot inspect.
    if (facts !== undefined && facts.details === undefined)
      this.reduce({ type: 'inspectionFailed', at, id, reason: 'no answer' });
    else this.reduce({ type: 'containerInspected', at, requestedAt: at, engineClockMs: at, id, facts });
  }

  nextDeadline(): number | undefined {
    return nextDeadline(this.everything, this.#wokenAt);
  }

  /** What was said, as the text log has it. */
  get lines(): readonly Line[] {
    return this.notices.map((notice) => lineOf(notice)).map(({ level, message }) => ({ level, message }));
  }

  /** What it leaves to the monitor after it. */
  get memory(): Persisted {
    return persistedOf(this.everything);
  }

  expectActs(...acts: readonly (string | Partial<Act>)[]): this {
    expect(this.acts).toStrictEqual(acts.map(asCommand));
    return this;
  }

  expectNoAct(): this {
    return this.expectActs();
  }

  /** All of them, readings too, in their order. */
  expectCommands(...commands: readonly (string | Partial<Command>)[]): this {
    expect(this.commands).toStrictEqual(commands.map(asCommand));
    return this;
  }

  expectNoCommand(): this {
    return this.expectCommands();
  }

  expectCommandCount(kind: Command['kind'], times: number): this {
    expect(this.commands.filter((command) => command.kind === kind)).toHaveLength(times);
    return this;
  }

  expectChecks(times: number): this {
    return this.expectCommandCount('checkSites', times);
  }

  /** Said once, no matter what else was. */
  expectLine(line: RegExp, level?: Line['level']): this {
    const said = this.lines.filter(({ message }) => line.test(message));
    if (said.length !== 1) expect(this.said).toContainEqual(expect.stringMatching(line));
    expect(said.map(({ message }) => message)).toHaveLength(1);
    if (level !== undefined) expect(said[0]?.level).toBe(level);
    return this;
  }

  expectNoLine(line: RegExp): this {
    expect(this.said.filter((message) => line.test(message))).toStrictEqual([]);
    return this;
  }

  /** All that was said above debug, in its order. */
  expectLines(...lines: readonly (string | RegExp)[]): this {
    expect(this.said).toStrictEqual(
      lines.map((line): unknown => (typeof line === 'string' ? line : expect.stringMatching(line))),
    );
    return this;
  }

  expectGateway(value: State['gateway']['value']): this {
    expect(this.state.gateway.value).toBe(value);
    return this;
  }

  expectRecovery(value: State['recovery']['value']): this {
    expect(this.state.recovery.value).toBe(value);
    return this;
  }

  /** Above debug. */
  get said(): readonly string[] {
    return this.lines.filter(({ level }) => level !== 'debug').map(({ message }) => message);
  }

  #happen(happening: Happening): void {
    for (const event of happening(this.state, this.now, this.#engine)) this.reduce(event);
    this.now += 1;
  }

  #wait(waitMs: number): void {
    const until = this.now + waitMs;
    let wakings = 0;
    for (let due = this.nextDeadline(); due !== undefined && due <= until; due = this.nextDeadline()) {
      wakings += 1;
      if (due <= this.#wokenAt || wakings > MOST_WAKINGS)
        throw new Error(`woken again and again, at ${String(due)} too`);
      this.now = Math.max(this.now, due);
      this.reduce({ type: 'timeReached', at: this.now });
    }
    this.now = until;
  }
}

/** Nothing here waits for so long that so many would be right. */
const MOST_WAKINGS = 2_000;

/** The parts that one event in many changes: by their being the same object the concerns see which it was. */
const SELDOM_CHANGED = [
  'connection',
  'exits',
  'witness',
  'gateway',
  'dependents',
  'repairs',
  'settling',
  'heldBack',
];

function expectNothingRebuilt(before: Everything, after: Everything): void {
  const [was, is] = [partsOf(before), partsOf(after)];
  const rebuilt = SELDOM_CHANGED.filter(
    (part) => was[part] !== is[part] && isDeepStrictEqual(was[part], is[part]),
  );
  expect(rebuilt).toEqual([]);
}

/** Of what is common, and of the first gateway. */
const partsOf = ({ watches: [watch], ...common }: Everything): Readonly<Record<string, unknown>> => ({
  ...common,
  ...watch,
});

const asCommand = (command: string | object): unknown =>
  expect.objectContaining(typeof command === 'string' ? { kind: command } : command);

/** A monitor that has found these containers, a gateway that has long been healthy among them, and all is well. */
export function settled(
  containers: readonly ContainerFacts[] = [],
  { gateway = gatewayFacts(), ...setting }: Setting & { gateway?: ContainerFacts } = {},
): History {
  return new History(setting)
    .feed(connected(), listed(gateway, ...containers), endpointRead('203.0.113.1'), checkPassed())
    .forget();
}
