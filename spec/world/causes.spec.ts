import { CAUSES } from './causes/causes.ts';
import { itComesOut } from './causes/it-comes-out.ts';
import { type Play, play } from './causes/play.ts';
import { SimulatedStage } from './causes/simulated-stage.ts';

describe.each([
  { whose: 'of a compose project', isOfCompose: true },
  { whose: 'without a compose project', isOfCompose: false },
])('a gateway $whose', ({ isOfCompose }) => {
  describe.each(CAUSES)('$title', (cause) => {
    let stage: SimulatedStage;
    let played: Play;

    beforeAll(async () => {
      stage = new SimulatedStage({ isOfCompose });
      played = await play(cause, stage);
    });

    afterAll(() => stage.world.dispose());

    itComesOut(cause, () => played);
  });
});
