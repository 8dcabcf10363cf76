import { existsSync } from 'node:fs';
import { BorrowedEngine } from '../e2e/borrowed-engine.ts';
import { findProgram } from '../e2e/bound-process.ts';
import { messageOf } from '../e2e/eventually.ts';
import { PrivateEngine } from '../e2e/private-engine.ts';
import { type TestEngine, dockerAt } from '../e2e/test-engine.ts';
import { CannotPlay } from './failure.ts';

const LOCAL_SOCKET = '/var/run/docker.sock';
const ANSWER_MS = 5_000;

/** The programs that the stand-in's image needs, with their packages on Debian and Ubuntu. */
const PROGRAMS = { busybox: 'busybox-static', wget: 'wget', tar: 'tar' } as const;

/**
 * The engine at DOCKER_HOST or the local socket; if none answers, one that is started for the demo.
 *
 * @throws CannotPlay with everything that is missing
 */
export async function findEngine(env: NodeJS.ProcessEnv, note: (text: string) => void): Promise<TestEngine> {
  refuseWithoutPrograms();
  const host = env['DOCKER_HOST'] ?? '';
  if (host !== '' && !host.startsWith('unix://'))
    throw new CannotPlay(
      `DOCKER_HOST is ${host}, but the stand-in shares a folder with the demo: that takes an engine on this ` +
        'host, by its socket (unix:///…).',
    );
  const socketPath = host === '' ? LOCAL_SOCKET : host.slice('unix://'.length);
  const silence = await whySilent(socketPath);
  if (silence === undefined) return new BorrowedEngine(socketPath);
  if (host === '' && canStartEngine()) {
    note(`No engine answers at ${socketPath} (${silence}): starting one for the demo.`);
    return new PrivateEngine();
  }
  throw new CannotPlay(
    `no Docker Engine answers at ${socketPath} (${silence}). Start one, give this user access to its socket, or ` +
      'name its socket in DOCKER_HOST.',
  );
}

function refuseWithoutPrograms(): void {
  if (process.platform !== 'linux')
    throw new CannotPlay('the stand-in for Gluetun is made of programs of this host, which must be Linux.');
  const missing = Object.entries(PROGRAMS).filter(([program]) => findProgram(program) === undefined);
  if (missing.length === 0) return;
  const programs = missing.map(([program]) => program).join(', ');
  const packages = missing.map(([, name]) => name).join(' ');
  throw new CannotPlay(
    `this host has no ${programs}, which the stand-in for Gluetun is made of. On Debian and Ubuntu: ` +
      `apt-get install ${packages}`,
  );
}

const canStartEngine = (): boolean => process.getuid?.() === 0 && findProgram('dockerd') !== undefined;

/** Undefined: it answers. */
async function whySilent(socketPath: string): Promise<string | undefined> {
  if (!existsSync(socketPath)) return 'there is no such socket';
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`no answer in ${ANSWER_MS / 1000} s`), ANSWER_MS);
  });
  const answer = dockerAt(socketPath)
    .ping()
    .then(() => undefined, messageOf);
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
