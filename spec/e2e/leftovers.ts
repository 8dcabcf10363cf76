import { spawnSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { eventually, isMissing } from './eventually.ts';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly commandLine: string;
}

/**
 * Ends the processes whose command line names `folder` (containerd and shims of an engine that was killed),
 * and their children (the containers), each by its id. `folder` must be unique to the engine.
 */
export async function killProcessesOf(folder: string): Promise<void> {
  await eventually(`the processes of ${folder} are gone`, async () => {
    const found = await listProcessesOf(folder);
    for (const { pid } of found) killQuietly(pid);
    return found.length === 0;
  });
}

export async function listProcessesOf(folder: string): Promise<Process[]> {
  const processes = await listProcesses();
  const named = processes.filter(({ commandLine }) => commandLine.includes(`${folder}/`));
  const parents = new Set(named.map(({ pid }) => pid));
  return [...named, ...processes.filter(({ parent }) => parents.has(parent))];
}

async function listProcesses(): Promise<Process[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const processes = await Promise.all(pids.map(async (pid) => readProcess(pid)));
  return processes.filter((one) => one !== undefined);
}

async function readProcess(pid: number): Promise<Process | undefined> {
  try {
    const [status, commandLine] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    return { pid, parent: Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]), commandLine };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

/** Unmounts everything that is still mounted below `folder`, the innermost first. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = (await readFile('/proc/self/mounts', 'utf8'))
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((path) => path.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length);
  for (const path of mounts) spawnSync('umount', ['--lazy', path]);
}
