import { MEBIBYTE, bytesInUse } from '../../fuzz/retained.ts';
import { World, dependent } from '../../world/world.ts';

const MINUTE_MS = 60_000;
const ROUND_MS = 15 * MINUTE_MS;
const ROUNDS_A_DAY = 96;

/** Containers come and go, the tunnel breaks once a day, and twice the stream of messages is cut. */
class Days {
  readonly world = new World({ settings: { checkIntervalMs: 5 * MINUTE_MS } }).populate().startMonitor();
  #rounds = 0;

  pass(days: number): this {
    for (let round = 0; round < days * ROUNDS_A_DAY; round += 1) this.#round();
    return this;
  }

  /** All that is known but of what was: of past dependents it keeps the latest 500, of which there are fewer here. */
  get known(): number {
    return JSON.stringify({ ...this.world.state, past: {} }).length;
  }

  /** Actions that wait for their time: every timer, of the monitor and of all that surrounds it. */
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
    // The user reads it, and it is gone: what is said is not kept by the monitor either.
    world.lines.length = world.client.written.length = 0;
    this.#rounds += 1;
  }
}

/** What the monitor holds after so many days: what is free once it is gone, and nothing else. */
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

describe('a month of the monitor', () => {
  it('leaves it as large as its first days have, with as many timers', () => {
    const [first, month] = [heldAfter(3), heldAfter(30)];
    // A call may just be under way; what is forgotten each day would be many more.
    expect(Math.abs(month.waiting - first.waiting)).toBeLessThan(5);
    expect(month.known).toBeLessThan(first.known + 500);
    expect(month.bytes).toBeLessThan(first.bytes + MEBIBYTE);
  }, 600_000);
});
