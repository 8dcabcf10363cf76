import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const REPOSITORY = join(__dirname, '../..');

/** A file of the repository, by its path there. */
export function readText(path: string): string {
  return readFileSync(join(REPOSITORY, path), 'utf8');
}

/** A YAML file of the repository; throws if it is none, or names a key twice. */
export function readYaml(path: string): unknown {
  return parse(readText(path));
}

export function writeText(path: string, text: string): void {
  writeFileSync(join(REPOSITORY, path), text);
}
