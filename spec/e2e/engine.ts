import { BorrowedEngine, TURN_MS, findLocalSocket } from './borrowed-engine.ts';
import { findProgram } from './bound-process.ts';
import { PodmanEngine } from './podman-engine.ts';
import { PrivateEngine, type PrivateEngineOptions } from './private-engine.ts';
import type { TestEngine } from './test-engine.ts';
import { openWayIn } from './way-in.ts';

/** Jest's timeout on a real engine: much longer than needed, as tests have their own deadlines. */
const TIMEOUT_MS = 60_000;

/** Which engine the stories are played on: `npm run test:matrix` sets it. */
const IS_ON_PODMAN = process.env['ENGINE'] === 'podman';

/** Why a suite cannot run on this machine. */
export interface Absence {
  readonly reason: string;
}

/**
 * A suite on a real engine: a private one if the user is root and `dockerd` is installed, otherwise the
 * one that answers locally; with `ENGINE=podman` a Podman. The engine runs from before the first test until after the last.
 *
 * Without an engine the suite is skipped and gives the reason; with `REQUIRE_ENGINE=1` it fails instead.
 */
export function describeOnEngine(name: string, body: (engine: TestEngine) => void): void {
  if (IS_ON_PODMAN) {
    describeOnPodman(name, body);
    return;
  }
  const engine = findPrivateEngine() ?? findBorrowedEngine();
  if (engine) describeOn(engine, name, body);
  else describeAbsence(name, { reason: 'needs a Docker Engine: root and dockerd, or a local socket' });
}

/** A suite on a Podman of its own. */
export function describeOnPodman(name: string, body: (engine: PodmanEngine) => void): void {
  if (isPossible('podman')) describeOn(new PodmanEngine(), name, body);
  else describeAbsence(name, { reason: 'needs a Podman of its own: root and podman' });
}

/** Like `describeOnEngine`, for suites that stop, restart or kill their engine: never on a borrowed one. */
export function describeOnPrivateEngine(
  name: string,
  body: (engine: PrivateEngine) => void,
  options: PrivateEngineOptions = {},
): void {
  if (IS_ON_PODMAN) {
    describeForDockerOnly(name);
    return;
  }
  const engine = findPrivateEngine(options);
  if (engine) describeOn(engine, name, body);
  else describeAbsence(name, { reason: 'needs an engine of its own to restart: root and dockerd' });
}

function findPrivateEngine(options: PrivateEngineOptions = {}): PrivateEngine | undefined {
  return isPossible('dockerd') ? new PrivateEngine(options) : undefined;
}

const isPossible = (engine: 'dockerd' | 'podman'): boolean =>
  process.platform === 'linux' && process.getuid?.() === 0 && findProgram(engine) !== undefined;

function findBorrowedEngine(): BorrowedEngine | undefined {
  const socketPath = process.platform === 'linux' ? findLocalSocket() : undefined;
  return socketPath === undefined ? undefined : new BorrowedEngine(socketPath);
}

function describeOn<E extends TestEngine>(engine: E, name: string, body: (engine: E) => void): void {
  describe(name, () => {
    jest.setTimeout(TIMEOUT_MS);
    let closeWayIn: (() => Promise<void>) | undefined;
    beforeAll(async () => {
      await engine.start();
      closeWayIn = await openWayIn(engine);
    }, TURN_MS);
    body(engine);
    // Runs after the suite's own hooks, which still need the engine.
    afterAll(async () => {
      await engine.dispose();
      await closeWayIn?.();
    });
  });
}

function describeForDockerOnly(name: string): void {
  describe(name, () => {
    it.skip('is about what Podman does not have', () => undefined);
  });
}

/** One test in place of the suite, so that the summary counts it. */
export function describeAbsence(name: string, { reason }: Absence): void {
  const isRequired = process.env['REQUIRE_ENGINE'] === '1';
  if (!isRequired) process.stderr.write(`SKIPPED on this machine: ${name}: ${reason}\n`);
  describe(name, () => {
    const stand = isRequired ? it : it.skip;
    stand(`cannot run here: ${reason}`, () => {
      throw new Error(`REQUIRE_ENGINE=1, but ${reason}`);
    });
  });
}
