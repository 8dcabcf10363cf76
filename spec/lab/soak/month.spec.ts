import { MEBIBYTE, bytesInUse } from '../../fuzz/retained.ts';
import { World, dependent } from '../../world/world.ts';

const MINUTE_MS = 60_000;
const ROUND_MS = 15 * MINUTE_MS;
const ROUNDS_A_DAY = 96;

/** Containers come and go, the tunnel breaks once a day, and so does the event stream. */
class Days {
  readonly world = new World({ settings: { checkIntervalMs: 5 * MINUTE_MS } }).populate().startMonitor();
  #rounds = 0;

  pass(days: number): this {
    for (let round = 0; round < days * ROUNDS_A_DAY; round += 1) this.#round();
    return this;
  }

  /** The size of the state without `past`, which keeps up to 500 dependents: fewer are reached here. */
  get known(): number {
    return JSON.stringify({ ...this.world.state, past: {} }).length;
  }

  /** All pending timers, those of the monitor and of its surroundings. */
  get waiting(): number {
    return this.world.scheduler.actions.length;
  }

  get #engine(): World['engine'] {
    return this.world.engine;
  }

  #round(): void {
    const { world } = this;
    const name = `guest-${String(this.#rounds)}`;
    this.#engine.create(this.#rounds % 8 === 0 ? dependent(name, 'gluetun') : { name });
    this.#engine.start(name);
    if (this.#rounds % ROUNDS_A_DAY === 40) world.standIn.breakTunnel();
    if (this.#rounds % ROUNDS_A_DAY === 60) world.client.cutStreams();
    world.pass(ROUND_MS / 2);
    this.#engine.remove(name, { force: true, volumes: true });
    world.pass(ROUND_MS / 2);
    // Dropped, as the monitor does not keep its log lines either.
    world.lines.length = world.client.written.length = 0;
    this.#rounds += 1;
  }
}

/** What the monitor holds after that many days: the memory that is freed once it is gone. */
function heldAfter(days: number): {
  readonly bytes: number;
  readonly waiting: number;
  readonly known: number;
} {
  const month = new Days().pass(days);
  expect(month.world.fault).toBeUndefined();
  expect(month.world.cutOff()).toEqual([]);
  const { waiting, known } = month;
  const before = bytesInUse();
  month.world.forgetMonitor();
  const bytes = before - bytesInUse();
  month.world.dispose();
  return { bytes, waiting, known };
}

describe('the monitor', () => {
  it('uses as much memory and as many timers after a month as after its first days', () => {
    const [first, month] = [heldAfter(3), heldAfter(30)];
    // A call may just be in flight; one timer leaked each day would be many more.
    expect(Math.abs(month.waiting - first.waiting)).toBeLessThan(5);
    expect(month.known).toBeLessThan(first.known + 500);
    expect(month.bytes).toBeLessThan(first.bytes + MEBIBYTE);
  }, 600_000);
});
