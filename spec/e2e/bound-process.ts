import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** The folders of daemons are not in every user's path. */
export const SEARCH_PATH = `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

export function findProgram(name: string): string | undefined {
  return SEARCH_PATH.split(':')
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The command, changed so that the kernel sends it SIGTERM when this process ends, however it ends: a test
 * run that is killed leaves neither engines nor monitors behind. Unchanged if util-linux's `setpriv` is missing.
 */
export function bindToThisProcess(program: string, args: readonly string[]): [string, string[]] {
  const setpriv = findProgram('setpriv');
  return setpriv === undefined ? [program, [...args]] : [setpriv, ['--pdeathsig', 'TERM', program, ...args]];
}
