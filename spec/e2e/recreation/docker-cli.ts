import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TestEngine } from '../test-engine.ts';

const run = promisify(execFile);

/** The classic builder: it is part of every engine, BuildKit's client is not part of every installation. */
const ENVIRONMENT = { DOCKER_BUILDKIT: '0' };

/** The Docker CLI on this engine, as users create their containers with its requests. */
export async function docker(engine: Pick<TestEngine, 'dockerHost'>, ...args: string[]): Promise<string> {
  const env = { ...process.env, ...ENVIRONMENT };
  const { stdout } = await run('docker', ['--host', engine.dockerHost, ...args], { env });
  return stdout.trim();
}
