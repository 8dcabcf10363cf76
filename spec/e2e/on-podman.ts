import { findProgram } from './bound-process.ts';
import { TURN_MS } from './borrowed-engine.ts';
import { describeAbsence } from './engine.ts';
import { PodmanEngine } from './podman-engine.ts';

/** Jest's timeout: much longer than needed, as tests have their own deadlines. */
const TIMEOUT_MS = 120_000;

/**
 * A suite on a Podman of its own. Without one it is skipped and gives the reason; with `REQUIRE_ENGINE=1` it fails
 * instead.
 */
export function describeOnPodman(name: string, body: (engine: PodmanEngine) => void): void {
  const isPossible = process.platform === 'linux' && process.getuid?.() === 0 && findProgram('podman');
  if (!isPossible) {
    describeAbsence(name, { reason: 'needs a Podman of its own: root and podman' });
    return;
  }
  const engine = new PodmanEngine();
  describe(name, () => {
    jest.setTimeout(TIMEOUT_MS);
    beforeAll(async () => engine.start(), TURN_MS);
    body(engine);
    afterAll(async () => engine.dispose());
  });
}
