import { KEY_FOLDERS } from '../../streams/control-server-script.ts';
import type { ExecCommand } from '../../streams/engine.ts';

/** The command with other folders for the key's file; in each, `$TMPDIR` is a folder of the script's host. */
export const inFolders = (
  { cmd: [shell = '', option = '', script = '', ...rest], env }: ExecCommand,
  folders: readonly string[],
): ExecCommand => {
  const list = `for folder in ${KEY_FOLDERS.join(' ')} \${TMPDIR:+"$TMPDIR"};`;
  if (!script.includes(list)) throw new Error(`the script does not say "${list}"`);
  const other = `for folder in ${folders.map((folder) => `"${folder}"`).join(' ')};`;
  return { cmd: [shell, option, script.replace(list, () => other), ...rest], env };
};

/** Where a spec can look for leftover files. */
export const inOwnFolder = (command: ExecCommand): ExecCommand => inFolders(command, ['$TMPDIR']);
