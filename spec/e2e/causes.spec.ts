import { CAUSES, type Cause } from '../world/causes/causes.ts';
import { figuresOf } from './causes/figures.ts';
import { itComesOut } from '../world/causes/it-comes-out.ts';
import { type Play, play } from '../world/causes/play.ts';
import { RealStage } from './causes/real-stage.ts';
import { describeOnEngine } from './engine.ts';
import { useMonitors } from './monitor.ts';
import { buildImages } from './stand-in/images.ts';
import { type TestEngine, removeContainers } from './test-engine.ts';

/** The longest that all may take, with every wait that times out. */
const PLAY_MS = 180_000;

/** A borrowed engine is not restarted. */
const causesOn = ({ kind }: TestEngine): readonly Cause[] =>
  CAUSES.filter(({ leaves }) => kind === 'private' || leaves !== 'another start of all by their engine');

describeOnEngine('a gateway', (engine) => {
  const startMonitor = useMonitors(engine);
  beforeAll(async () => buildImages(engine));

  describe.each(causesOn(engine))('$title', (cause) => {
    let stage: RealStage;
    let played: Play;

    beforeAll(async () => {
      stage = new RealStage(engine, startMonitor);
      played = await play(cause, stage);
      process.stderr.write(`causes: ${cause.title}: ${figuresOf(stage)}\n`);
    }, PLAY_MS);

    afterAll(async () => {
      await stage.dispose();
      await removeContainers(engine);
    });

    itComesOut(cause, () => played);
  });
});
