import { join } from 'node:path';
import { Haproxy } from './proxy/haproxy.ts';
import type { TestEngine } from './test-engine.ts';

type Home = Pick<TestEngine, 'folder' | 'socketPath'>;

/** With `THROUGH=haproxy` the monitors of all suites reach their engine through haproxy, with the published rules. */
const isThroughHaproxy = process.env['THROUGH'] === 'haproxy';

/** The socket by which monitors reach the engine, and whatever else stands between them. */
export const monitorsSocket = ({ folder, socketPath }: Home): string =>
  isThroughHaproxy ? join(folder, 'haproxy.sock') : socketPath;

export const monitorsHost = (home: Home): string => `unix://${monitorsSocket(home)}`;

/** Starts what stands between the engine of a suite and its monitors; the result ends it, and fails if it refused anything. */
export async function openWayIn(engine: TestEngine): Promise<() => Promise<void>> {
  if (!isThroughHaproxy) return async () => Promise.resolve();
  const haproxy = new Haproxy(engine, monitorsSocket(engine));
  await haproxy.start();
  return async () => {
    await haproxy.stop();
    await haproxy.keepSeen();
    if (haproxy.refused.length > 0)
      throw new Error(`docker/haproxy.cfg refused: ${[...new Set(haproxy.refused)].join(', ')}`);
  };
}
