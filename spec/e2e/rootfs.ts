import { execFile, spawn } from 'node:child_process';
import { access, chmod, cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import type { TestEngine } from './test-engine.ts';

const run = promisify(execFile);

/**
 * The base of an image made from the host's files, as no image can be pulled where these tests run: only the empty
 * folders that a container expects.
 */
export async function createRootfs(folder: string): Promise<void> {
  for (const name of ['bin', 'usr/bin', 'etc', 'tmp', 'run', 'proc', 'sys', 'dev']) {
    await mkdir(join(folder, name), { recursive: true });
  }
  await chmod(join(folder, 'tmp'), 0o1777); // a tmpfs there gets the same mode
}

/**
 * BusyBox and a link for each of its applets, except those in `without`, which are removed from it.
 *
 * Leaving out a link is not enough: Debian's BusyBox prefers its own applets to any program in the path, so that
 * `timeout 5 wget` would always run BusyBox's wget; Alpine's BusyBox looks in the path.
 */
export async function addBusybox(folder: string, without: readonly string[] = []): Promise<void> {
  const busybox = await locate('busybox');
  const target = join(folder, 'bin/busybox');
  await copyWithLibraries(busybox, folder, 'bin/busybox');
  for (const applet of without) await forgetApplet(target, applet);
  const { stdout } = await run(busybox, ['--list']);
  const applets = stdout.split('\n').filter((applet) => !['', 'busybox', ...without].includes(applet));
  await Promise.all(applets.map(async (applet) => symlink('busybox', join(folder, 'bin', applet))));
}

/** Changes the last letter of the name in BusyBox's table of applets, which stays sorted by it. */
async function forgetApplet(busybox: string, applet: string): Promise<void> {
  const program = await readFile(busybox);
  const at = program.indexOf(`\0${applet}\0`);
  if (at < 0) throw new Error(`forgetting an applet: ${busybox} names no ${applet}`);
  program.write('_', at + applet.length);
  await writeFile(busybox, program);
}

export const locate = async (program: string): Promise<string> =>
  (await run('sh', ['-c', 'command -v "$1"', 'sh', program])).stdout.trim();

/** Copies a program of the host and every library that `ldd` names to where its loader looks for them. */
export async function copyWithLibraries(program: string, folder: string, target = program): Promise<void> {
  await copy(program, join(folder, target));
  for (const library of await librariesOf(program)) await copy(library, join(folder, library));
}

async function librariesOf(program: string): Promise<string[]> {
  try {
    const { stdout } = await run('ldd', [program]);
    return [...stdout.matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path);
  } catch {
    return []; // "not a dynamic executable", exit 1
  }
}

/** Libraries that are loaded only at run time, and so unknown to `ldd`: name resolution of older C libraries. */
export async function addNameResolution(folder: string): Promise<void> {
  const [loaderFolder = ''] = (await librariesOf(await locate('wget'))).filter((path) =>
    path.includes('libc.so'),
  );
  const isNss = (name: string): boolean => /^libnss_(dns|files)/.test(name);
  for (const name of (await readdir(dirname(loaderFolder))).filter(isNss)) {
    await copy(join(dirname(loaderFolder), name), join(folder, dirname(loaderFolder), name));
  }
}

export async function addIfPresent(path: string, folder: string): Promise<void> {
  const isPresent = await access(path).then(
    () => true,
    () => false,
  );
  if (isPresent) await copy(path, join(folder, path));
}

async function copy(source: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await cp(source, target, { dereference: true, recursive: true });
}

/**
 * Makes an image of a folder, as `docker import --change …` does.
 *
 * @param changes Dockerfile instructions, such as `CMD ["/app"]`.
 */
export async function importImage(
  engine: TestEngine,
  folder: string,
  tag: string,
  changes: readonly string[] = [],
): Promise<void> {
  const tar = spawn('tar', ['--owner=0', '--group=0', '-C', folder, '-c', '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [repo, version] = tag.split(':');
  try {
    const answer = await engine.docker.importImage(tar.stdout, { repo, tag: version, changes });
    const messages = await text(answer);
    if (messages.includes('"error"')) throw new Error(`importing ${tag}: ${messages}`);
  } finally {
    tar.kill(); // an engine that refuses does not read to the end, and tar would wait for ever
  }
}
