import { CAUSES, type Cause } from '../causes/causes.ts';
import { FATES, cellOf, fateOf } from '../causes/cell.ts';
import { DEPENDENTS } from '../causes/dependents.ts';
import { figuresOf } from '../causes/figures.ts';
import { type Play, cellIn, play } from '../causes/play.ts';
import { RealStage } from '../causes/real-stage.ts';
import { BYSTANDER, GATEWAY } from '../causes/stage.ts';
import { describeOnEngine } from './engine.ts';
import { useMonitors } from './monitor.ts';
import { buildImages } from './stand-in/images.ts';
import { type TestEngine, removeContainers } from './test-engine.ts';

/** All it may take, with everything that is waited for in vain. */
const PLAY_MS = 150_000;

/** An engine that is somebody's is not restarted. */
const causesOn = ({ kind }: TestEngine): readonly Cause[] =>
  CAUSES.filter(({ leaves }) => kind === 'private' || leaves !== 'anotherEngine');

describeOnEngine('a gateway', (engine) => {
  const startMonitor = useMonitors(engine);
  beforeAll(async () => buildImages(engine));

  describe.each(causesOn(engine))('$title', (cause) => {
    let stage: RealStage;
    let played: Play;

    beforeAll(async () => {
      stage = new RealStage(engine, startMonitor);
      played = await play(cause, stage);
    }, PLAY_MS);

    afterAll(async () => {
      process.stderr.write(`causes: ${cause.title}: ${figuresOf(stage)}\n`);
      await stage.dispose();
      await removeContainers(engine);
    });

    it.each(DEPENDENTS.map((dependent) => ({ ...dependent, fate: fateOf(cause, dependent) })))(
      'has a dependent $title $fate',
      ({ name, fate }) => expect(cellIn(cause, played, name)).toMatchObject(FATES[fate]),
    );

    it('is itself not touched by the monitor afterwards', () => {
      const name = cause.leaves === 'anotherName' ? 'gluetun-renamed' : GATEWAY;
      expect(cellOf(name, played.brought, played.after)).toMatchObject(FATES['left running']);
    });

    it('has nothing to do with a container beside it, and leaves nothing behind', () => {
      expect(cellIn(cause, played, BYSTANDER)).toMatchObject(FATES['left alone']);
      expect([...played.after.keys()].sort()).toEqual([...played.brought.keys()].sort());
    });
  });
});
