import { execFile } from 'node:child_process';
import { access, mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PACKAGES = ['docker.io', 'docker-compose', 'containerd', 'tini'];
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const PROGRAM_FOLDERS = ['usr/sbin', 'usr/bin', 'usr/libexec/docker/cli-plugins'];

/**
 * Unpacks the engine and the Compose of a Debian suite into a folder, without installing anything: the programs run
 * on an older Debian as they are. Done once; some 60 MB to download.
 *
 * @returns The folders to put first into the path.
 */
export async function unpackEngine(suite: string): Promise<readonly string[]> {
  const folder = join(tmpdir(), 'gluetun-monitor-engines', suite);
  if (!(await exists(folder))) {
    const unfinished = `${folder}.${process.pid}`;
    try {
      await download(suite, unfinished);
      await rename(unfinished, folder);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  return PROGRAM_FOLDERS.map((programs) => join(folder, programs));
}

async function download(suite: string, folder: string): Promise<void> {
  const apt = join(folder, '.apt');
  for (const part of ['lists/partial', 'cache/archives/partial'])
    await mkdir(join(apt, part), { recursive: true });
  await writeFile(join(apt, 'status'), '');
  await writeFile(join(apt, 'sources.list'), `deb [signed-by=${KEYRING}] ${await mirror()} ${suite} main\n`);
  const options = [
    `Dir::Etc::sourcelist=${apt}/sources.list`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${apt}/lists`,
    `Dir::State::status=${apt}/status`,
    `Dir::Cache=${apt}/cache`,
    // Its own user could not write into the folder.
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option]);
  await run('apt-get', [...options, 'update']);
  await run('apt-get', [...options, 'download', ...PACKAGES], { cwd: apt });
  const debs = (await readdir(apt)).filter((name) => name.endsWith('.deb'));
  for (const deb of debs) await run('dpkg', ['-x', join(apt, deb), folder]);
  await rm(apt, { recursive: true });
  // Newer builds of runc need a newer C library: the installed one serves.
  for (const bin of ['usr/bin', 'usr/sbin']) await rm(join(folder, bin, 'runc'), { force: true });
}

/** The mirror that this machine installs from. */
async function mirror(): Promise<string> {
  const lists = ['sources.list', 'sources.list.d'].map((name) => join('/etc/apt', name));
  const files = (await Promise.all(lists.map(filesAt))).flat();
  const texts = await Promise.all(files.map(async (file) => readFile(file, 'utf8')));
  const url = /\bhttps?:\/\/\S+\/debian\/?(?=\s|$)/m.exec(texts.join('\n'))?.[0];
  if (url === undefined)
    throw new Error('needs a Debian: no mirror of its packages in /etc/apt/sources.list*');
  return url;
}

async function filesAt(path: string): Promise<readonly string[]> {
  if (!(await exists(path))) return [];
  const names = await readdir(path).catch(() => undefined);
  return names === undefined ? [path] : names.map((name) => join(path, name));
}

const exists = async (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
