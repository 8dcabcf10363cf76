import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * A script that Node loads before a program, which itself stays as it is.
 *
 * @returns The environment to start the program with.
 */
export async function preload(
  folder: string,
  name: string,
  script: string,
): Promise<Readonly<Record<string, string>>> {
  const file = join(folder, `${name}.cjs`);
  await writeFile(file, script);
  return { NODE_OPTIONS: `--require ${file}` };
}
