import { EngineEvents } from './engine-events.ts';
import { type MonitorOptions, type MonitorProcess, useMonitors } from './monitor.ts';
import { SITES } from './setting.ts';
import { buildImages } from './stand-in/images.ts';
import { type TestEngine, removeContainers } from './test-engine.ts';

export type Environment = Readonly<Record<string, string>>;

/** How the tests of a suite start their monitors. */
export interface Scenario {
  readonly startMonitor: (options?: MonitorOptions) => Promise<MonitorProcess>;
  /**
   * A monitor that probes the three sites, unless `env` names others, and has seen the tunnel work.
   *
   * @param withinMs how long that may take, milliseconds
   */
  readonly startWatching: (env?: Environment, withinMs?: number) => Promise<MonitorProcess>;
}

/**
 * Builds the stand-in's images before the first test of a suite. After each test it ends all monitors and, unless the
 * tests share them, removes all containers. Call it in the body of a `describeOnEngine`.
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

/** The events of the engine, from before the first test of a suite until after the last. */
export function useEvents(engine: TestEngine): EngineEvents {
  const events = new EngineEvents();
  beforeAll(async () => events.listen(engine));
  afterAll(() => events.close());
  return events;
}
