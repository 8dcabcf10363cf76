import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Creates parents first. Node's own `recursive` never returns if the kernel refuses a folder, as below /proc. */
export async function makeFolder(path: string): Promise<void> {
  if (await exists(path)) return;
  await makeFolder(dirname(path));
  await mkdir(path);
}

export const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
