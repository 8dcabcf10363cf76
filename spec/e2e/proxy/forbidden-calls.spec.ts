import { ALLOWED, type EngineRequest, allowedBy } from '../../shipping/engine-calls.ts';
import { describeOnEngine } from '../engine.ts';
import { useScenario } from '../scenario.ts';
import { findContainer } from '../stand-in/dependent.ts';
import { type Outcome, ProxiedLane } from './proxied-lane.ts';

const ALL: Outcome = { starts: true, recovers: true, repairs: true, recreates: true };
const NONE: Outcome = { starts: false, recovers: false, repairs: false, recreates: false };

/** What is lost if one request is forbidden, and nothing else is. */
const LOST: Partial<Record<EngineRequest, Outcome>> = {};

/** Each takes minutes, nearly all of it waiting. */
const AT_ONCE = 6;
const LONG_MS = 900_000;

interface Told {
  readonly outcome: Outcome;
  readonly lane: ProxiedLane;
}

describeOnEngine('a monitor behind haproxy with the published rules', (engine) => {
  const { startMonitor } = useScenario(engine, { sharesContainers: true });
  const told = new Map<EngineRequest | undefined, Told>();

  beforeAll(async () => {
    const waiting: (EngineRequest | undefined)[] = [undefined, ...ALLOWED.map(({ request }) => request)];
    const playNext = async (): Promise<void> => {
      while (waiting.length > 0) {
        const number = waiting.length;
        const forbidden = waiting.shift();
        const lane = await ProxiedLane.open(engine, String(number), forbidden);
        told.set(forbidden, { lane, outcome: await lane.play(startMonitor) });
        await lane.close();
        const { outcome } = told.get(forbidden) as Told;
        process.stderr.write(
          `${forbidden ?? 'nothing'}: ${JSON.stringify(outcome)} refused ${lane.haproxy.refused.length}\n`,
        );
        const lines = lane.monitor.lines
          .map(({ text }) => text)
          .filter((text) => /\[(WARN|ERROR)\]/.test(text));
        process.stderr.write(lines.map((line) => `    ${line}\n`).join(''));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, playNext));
  }, LONG_MS);

  const toldOf = (forbidden?: EngineRequest): Told => {
    const one = told.get(forbidden);
    if (one === undefined) throw new Error(`nothing is known of ${forbidden ?? 'the rules as they are'}`);
    return one;
  };

  it('does all that it is for, and asks for nothing else', () => {
    const { outcome, lane } = toldOf();
    expect(outcome).toEqual(ALL);
    expect(lane.haproxy.refused).toEqual([]);
  });

  it('makes every request of the list', async () => {
    const asked = toldOf().lane.haproxy.seen.map(({ method, path }) => allowedBy(method, path)?.request);
    const { Version } = await engine.docker.version();
    // Only newer engines leave out what it is for.
    const expected = ALLOWED.filter(
      ({ request }) => request !== 'GET /volumes' || Number.parseInt(Version, 10) >= 28,
    );
    expect(expected.map(({ request }) => request).filter((request) => !asked.includes(request))).toEqual([]);
  });

  describe.each(ALLOWED)('that forbid $request', ({ request }) => {
    it('loses what needs it, and nothing else', () => {
      expect(toldOf(request).outcome).toEqual(LOST[request] ?? NONE);
    });

    it('loses no container', async () => {
      const app = await findContainer(engine, toldOf(request).lane.app);
      await expect(app.inspect()).resolves.toHaveProperty('Id');
    });
  });
});
