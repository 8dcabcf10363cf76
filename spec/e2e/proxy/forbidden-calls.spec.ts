import { ALLOWED, type EngineRequest, allowedBy } from '../../shipping/engine-calls.ts';
import { describeWithHaproxy } from './describe-with-haproxy.ts';
import { useScenario } from '../scenario.ts';
import { findContainer } from '../stand-in/dependent.ts';
import { type Outcome, ProxiedLane } from './proxied-lane.ts';

const ALL: Outcome = { starts: true, recovers: true, repairs: true, recreates: true };
const NOTHING: Outcome = { starts: false, recovers: false, repairs: false, recreates: false };
const NO_RECREATION: Outcome = { ...ALL, recreates: false };
const NO_RECOVERY: Outcome = { ...ALL, recovers: false };

/** What is left if this request is forbidden, and no other. */
const LEFT: Readonly<Partial<Record<EngineRequest, Outcome>>> = {
  'GET /events': { ...ALL, starts: false },
  'GET /containers/json': NOTHING,
  'GET /containers/{id}/json': NOTHING,
  'POST /containers/{id}/exec': NO_RECOVERY,
  'POST /exec/{id}/start': NO_RECOVERY,
  'POST /containers/{id}/restart': { ...ALL, recovers: false, repairs: false },
  'POST /containers/{id}/start': { ...ALL, starts: false, recreates: false },
  'GET /images/{name}/json': NO_RECREATION,
  'GET /containers/{id}/changes': NO_RECREATION,
  'HEAD /containers/{id}/archive': NO_RECREATION,
  'POST /containers/{id}/stop': NO_RECREATION,
  'POST /containers/{id}/rename': NO_RECREATION,
  'POST /containers/create': NO_RECREATION,
  'DELETE /containers/{id}': NO_RECREATION,
};

/** Each takes a minute or two, nearly all of it waiting. */
const AT_ONCE = 6;
const ALL_OF_THEM_MS = 900_000;

interface Played {
  readonly outcome: Outcome;
  readonly lane: ProxiedLane;
}

describeWithHaproxy('a monitor behind haproxy', (engine) => {
  const { startMonitor } = useScenario(engine, { sharesContainers: true });
  const played = new Map<EngineRequest | undefined, Played | Error>();
  /** Older engines tell the names of all volumes by themselves. */
  let needsVolumes: boolean;

  const leftWithout = (forbidden: EngineRequest | undefined): Outcome => {
    if (forbidden === 'GET /volumes' && needsVolumes) return NO_RECREATION;
    return forbidden === undefined ? ALL : (LEFT[forbidden] ?? ALL);
  };

  beforeAll(async () => {
    needsVolumes = Number.parseInt((await engine.docker.version()).Version, 10) >= 28;
    const waiting: (EngineRequest | undefined)[] = [undefined, ...ALLOWED.map(({ request }) => request)];
    const playSome = async (): Promise<void> => {
      while (waiting.length > 0) {
        const name = String(waiting.length);
        const forbidden = waiting.shift();
        played.set(forbidden, await play(name, forbidden).catch((error: unknown) => error as Error));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, playSome));
  }, ALL_OF_THEM_MS);

  const play = async (name: string, forbidden: EngineRequest | undefined): Promise<Played> => {
    const lane = await ProxiedLane.open(engine, { name, forbidden, expected: leftWithout(forbidden) });
    try {
      return { outcome: await lane.play(startMonitor), lane };
    } finally {
      await lane.close();
    }
  };

  const playedWithout = (forbidden?: EngineRequest): Played => {
    const one = played.get(forbidden);
    if (one === undefined || one instanceof Error) throw one ?? new Error('it has not been played');
    return one;
  };

  it('with the published rules does all that it is for, and asks for nothing else', () => {
    const { outcome, lane } = playedWithout();
    expect(outcome).toEqual(ALL);
    expect(lane.haproxy.refused).toEqual([]);
  });

  it('with the published rules makes every request that they allow', () => {
    const { lane } = playedWithout();
    const made = lane.haproxy.seen.map(({ method, path }) => allowedBy(method, path)?.request);
    const missing = ALLOWED.map(({ request }) => request).filter((request) => !made.includes(request));
    expect(missing).toEqual([]);
  });

  it.each(ALLOWED)('that forbids $request loses what needs that, and nothing else', ({ request }) => {
    expect(playedWithout(request).outcome).toEqual(leftWithout(request));
  });

  it.each(ALLOWED)('that forbids $request has the monitor say so, once', ({ request }) => {
    const said = playedWithout(request).lane.monitor.linesMatching(/in front of it, forbids /);
    expect(said.map(({ text }) => text)).toEqual([expect.stringContaining(request)]);
  });

  it.each(ALLOWED)(
    'that forbids $request is refused nothing else, and loses no container',
    async ({ request }) => {
      const { lane } = playedWithout(request);
      const app = await findContainer(engine, lane.app);
      expect((await app.inspect()).State.Dead).toBe(false);
      expect(lane.haproxy.refused.filter((refused) => !isFor(request, refused))).toEqual([]);
    },
  );
});

const isFor = (request: EngineRequest, refused: string): boolean => {
  const [method = '', path = ''] = refused.split(' ');
  return allowedBy(method, path)?.request === request;
};
