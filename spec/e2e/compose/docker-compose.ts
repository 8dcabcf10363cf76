import { spawnSync } from 'node:child_process';
import { findProgram, SEARCH_PATH } from '../bound-process.ts';
import { describeAbsence, describeOnPrivateEngine } from '../engine.ts';
import type { PrivateEngine } from '../private-engine.ts';

/** The Compose that is first in the path: 1 is a program of Python's, 2 the plugin of Docker's client, which runs alone, too. */
export const COMPOSE: 1 | 2 = findProgram('docker-compose') === undefined || isVersion1() ? 1 : 2;

function isVersion1(): boolean {
  const env = { ...process.env, PATH: SEARCH_PATH };
  return spawnSync('docker-compose', ['version', '--short'], { env, encoding: 'utf8' }).stdout.startsWith(
    '1.',
  );
}

/** The name that Compose gives a container of the project `stack` that has no `container_name`. */
export const composeName = (service: string, number = 1): string =>
  ['stack', service, number].join(COMPOSE === 1 ? '_' : '-');

/** Like `describeOnPrivateEngine`, but only if Docker Compose is installed. */
export function describeWithCompose(suite: string, body: (engine: PrivateEngine) => void): void {
  if (findProgram('docker-compose') === undefined) describeAbsence(suite, { reason: 'needs docker-compose' });
  else describeOnPrivateEngine(suite, body);
}
