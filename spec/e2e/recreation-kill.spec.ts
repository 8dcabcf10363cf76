import { describeOnEngine } from './engine.ts';
import type { Moment } from './recreation/engine-relay.ts';
import { Lane } from './recreation/lane.ts';
import { volumeNames } from './recreation/world.ts';
import { useScenario } from './scenario.ts';

/** The calls that one re-creation makes, in this order. */
const CALLS = [
  'POST /containers/{id}/rename',
  'POST /containers/create',
  'POST /containers/{id}/stop',
  'POST /containers/{id}/start',
  'DELETE /containers/{id}',
];

/** The calls for `near`, and then those for `far`, which is on its network. */
const INSTANTS = [
  { moment: 'before', before: 0 },
  { moment: 'after', before: 0 },
  { moment: 'before', before: CALLS.length },
  { moment: 'after', before: CALLS.length },
] as const;

/** A monitor waits five quiet seconds before it acts, and several monitors run one after the other. */
const LONG_MS = 180_000;

describeOnEngine('a monitor that is killed during a re-creation', (engine) => {
  const { startMonitor } = useScenario(engine, { sharesContainers: true });
  const lanes: (Lane | undefined)[] = [];
  const opened: Lane[] = [];
  let volumes: readonly string[];

  beforeAll(async () => {
    await Promise.all(INSTANTS.map(async (_, index) => takeLane(index).then(({ giveBack }) => giveBack())));
    volumes = await volumeNames(engine);
  });
  afterAll(async () => Promise.all(opened.map(async ({ relay }) => relay.close())));

  /** A failed test does not return its lane, and the next one gets another. */
  const takeLane = async (index: number): Promise<{ lane: Lane; giveBack: () => void }> => {
    const lane = lanes[index] ?? (await Lane.create(engine, `lane${index}`, startMonitor));
    lanes[index] = undefined;
    opened.push(lane);
    return { lane, giveBack: () => (lanes[index] = lane) };
  };

  /** Waits for all of them, as one that goes on would disturb the next test. */
  const onLanes = async (body: (lane: Lane, index: number) => Promise<void>, count = 4): Promise<void> => {
    const ends = await Promise.allSettled(
      Array.from({ length: count }, async (_, index) => {
        const { lane, giveBack } = await takeLane(index);
        await lane.recreateGateway();
        await body(lane, index);
        giveBack();
      }),
    );
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  };

  const expectNobodyLost = async (lane: Lane): Promise<void> => expect(lane.lost()).resolves.toEqual([]);

  const expectFinished = async (lane: Lane): Promise<void> => {
    const monitor = await lane.watch();
    await lane.untilWhole();
    await expect(lane.changes()).resolves.toEqual([]);
    expect(monitor.linesMatching(/\[ERROR\]/)).toEqual([]);
    await monitor.stop();
  };

  it('makes these calls if it is not killed', async () => {
    await onLanes(async (lane) => {
      await expectFinished(lane);
      expect(lane.relay.writes.map(({ what }) => what)).toEqual([...CALLS, ...CALLS]);
    }, 1);
  });

  it.each(CALLS.map((call, index) => ({ call, number: index + 1 })))(
    'just before or after call $number, $call, loses no container, and the next monitor finishes it',
    async ({ number }) => {
      await onLanes(async (lane, index) => {
        const { moment, before } = INSTANTS[index] as { moment: Moment; before: number };
        await lane.killAt(before + number, moment);
        await expectNobodyLost(lane);
        await expectFinished(lane);
      });
    },
    LONG_MS,
  );

  it(
    'after the first, second or third call of each run loses no container',
    async () => {
      await onLanes(async (lane, index) => {
        for (let life = 1; life <= 4; life += 1) {
          await lane.killAt(index + 1, 'after');
          await expectNobodyLost(lane);
        }
        await expectFinished(lane);
      }, 3);
    },
    LONG_MS,
  );

  it('loses no volume and leaves none behind', async () => {
    await expect(volumeNames(engine)).resolves.toEqual(volumes);
  });
});
