import { interval, take } from 'rxjs';
import type { Container } from '../simulated-engine/container.ts';
import { World } from '../world/world.ts';

const EVENTS_A_SECOND = 1_000;
const SECONDS = 60;
/** The events of one unrelated container, from its creation to its removal. */
const LIFE = ['create', 'start', 'die', 'destroy'] as const;
const ALIVE = 120;
/** How long a host under such a load takes to answer. */
const ANSWER_MS = 100;

/** Like a build server: containers that are unrelated to any gateway. */
class Flood {
  readonly world: World;
  inspections = 0;
  underWay = 0;
  steps = 0;
  mostUnderWay = 0;
  largestState = 0;
  #turns = 0;

  constructor({ withEvents }: { withEvents: boolean }) {
    this.world = new World();
    const { client, engine, scheduler } = this.world;
    client.disturb = (call) => {
      if (!call.startsWith('inspect ')) return undefined;
      this.inspections += 1;
      return { answerMs: ANSWER_MS };
    };
    this.world.edges.push({ name: 'counts', take: () => void (this.steps += 1) });
    this.world.populate().startMonitor();
    for (const name of ['stranger1', 'stranger2']) engine.start(engine.create({ name }).id);
    this.world.pass(60_000);
    [this.inspections, this.steps] = [0, 0];
    if (!withEvents) return;
    const [one, other] = ['stranger1', 'stranger2'].map((name) => engine.get(name));
    interval(10, scheduler)
      .pipe(take(SECONDS * 100))
      .subscribe((tick) => {
        for (let count = 0; count < EVENTS_A_SECOND / 100 / 2; count += 1) {
          this.#comeOrGo();
          if (tick % 2 === 0) this.#say(one, ['die', 'start'][count % 2]);
          else this.#say(other, 'rename', { oldName: `/stranger2` });
        }
        const { containers } = this.world.state;
        this.mostUnderWay = Math.max(this.mostUnderWay, Object.keys(containers.inspecting).length);
        if (tick % 100 === 0)
          this.largestState = Math.max(this.largestState, JSON.stringify(this.world.state).length);
      });
  }

  /** The time from the break of the tunnel to the end of the recovery. */
  recover(): number {
    const { world } = this;
    world.pass(20_000);
    const brokenAt = world.now;
    world.standIn.breakTunnel();
    world.untilSaid(/^Recovery complete/);
    return (world.lines.find(({ message }) => message.startsWith('Recovery complete'))?.at ?? 0) - brokenAt;
  }

  /** About a hundred are alive at a time, each for a second. */
  #comeOrGo(): void {
    const turn = this.#turns;
    this.#turns += 1;
    const which = Math.floor(turn / LIFE.length) - (turn % LIFE.length) * (ALIVE / LIFE.length);
    if (which < 0) return;
    const id = which.toString(16).padStart(64, 'f');
    this.#say({ id, name: `job-${id.slice(-6)}`, image: 'job', labels: {} }, LIFE[turn % LIFE.length]);
  }

  #say(
    who: Pick<Container, 'id' | 'name' | 'image' | 'labels'> | undefined,
    action = '',
    more: Readonly<Record<string, string>> = {},
  ): void {
    this.world.engine.events.container(who as Container, action, more);
  }
}

it('1,000 unrelated events a second for a minute neither pile up nor delay a recovery', () => {
  const [calm, flooded] = [{ withEvents: false }, { withEvents: true }].map((given) => new Flood(given));
  if (calm === undefined || flooded === undefined) throw new Error('there are two');
  const [calmMs, floodedMs] = [calm.recover(), flooded.recover()];
  flooded.world.pass(SECONDS * 1_000);
  const { steps, inspections, mostUnderWay, largestState } = flooded;
  if (process.env['FIGURES'] !== undefined)
    process.stderr.write(
      `${JSON.stringify({ calmMs, floodedMs, steps, inspections, mostUnderWay, largestState })}\n`,
    );
  expect(floodedMs).toBe(calmMs);
  expect(mostUnderWay).toBeLessThanOrEqual(8);
  // At most one for each unrelated container that still exists by then.
  expect(inspections).toBeLessThan((EVENTS_A_SECOND * SECONDS) / 2 / LIFE.length);
  // One for each event, and one for each answer.
  expect(steps).toBeLessThan(EVENTS_A_SECOND * SECONDS + inspections + 500);
  expect(largestState).toBeLessThan(100_000);
  for (const { world } of [calm, flooded]) {
    world.dispose();
    expect(world.fault).toBeUndefined();
  }
});
