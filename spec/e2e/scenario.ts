import { EngineEvents } from './engine-events.ts';
import { type MonitorOptions, type MonitorProcess, useMonitors } from './monitor.ts';
import { SITES } from './setting.ts';
import { buildImages } from './stand-in/images.ts';
import { type TestEngine, removeContainers } from './test-engine.ts';

export type Environment = Readonly<Record<string, string>>;

/** How the stories of a suite start the monitors that they are about. */
export interface Scenario {
  readonly startMonitor: (options?: MonitorOptions) => Promise<MonitorProcess>;
  /**
   * One that probes the three sites, unless `env` names others, and has seen the tunnel work.
   *
   * @param withinMs how long that may take, milliseconds
   */
  readonly startWatching: (env?: Environment, withinMs?: number) => Promise<MonitorProcess>;
}

/**
 * The stand-in's images before the first test of a suite; after each test no monitor is left, nor, unless the tests share
 * them, any container. To be called in the body of a `describeOnEngine`.
 */
export function useScenario(engine: TestEngine, { sharesContainers = false } = {}): Scenario {
  const startMonitor = useMonitors(engine);
  beforeAll(async () => buildImages(engine));
  const clearAway = sharesContainers ? afterAll : afterEach;
  clearAway(async () => removeContainers(engine));
  return {
    startMonitor,
    startWatching: async (env = {}, withinMs) => {
      const monitor = await startMonitor({ env: { SITES, ...env } });
      await monitor.waitForLine(/Status: STARTUP/, withinMs);
      return monitor;
    },
  };
}

/** What the engine says, from before the first test of a suite until after the last. */
export function useEvents(engine: TestEngine): EngineEvents {
  const events = new EngineEvents();
  beforeAll(async () => events.listen(engine));
  afterAll(() => events.close());
  return events;
}
