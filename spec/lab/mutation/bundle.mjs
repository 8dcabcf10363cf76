import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { keepFolders } from '../../keep-folders.mjs';

/**
 * The specs that run against mutants: all that pin down a decision and take milliseconds. Left out are random histories
 * and days of virtual time, which every surviving mutant would run in full, and the specs of the edges and of the
 * wordings, as they write or read files.
 */
const LEFT_OUT = ['loop/bounded-state', 'loop/reduce', 'loop/stages', 'cli/command-line', 'notices/wording'];
const OTHERS = [
  'spec/streams/probe-verdict.spec.ts',
  'spec/streams/vpn-restart-verdict.spec.ts',
  'spec/world/recreation.spec.ts',
  'spec/world/repairs.spec.ts',
];

const specFiles = () => [
  ...readdirSync('spec/src', { recursive: true })
    .filter(
      (name) =>
        name.endsWith('.spec.ts') &&
        !name.startsWith('edges/') &&
        !LEFT_OUT.includes(name.replace(/\.spec\.ts$/, '')),
    )
    .map((name) => join('spec/src', name))
    .sort(),
  ...OTHERS,
];

/** The specs and all their imports as one script, which calls `ofFile(name, define)` for each spec file. */
export async function bundle() {
  const contents = specFiles()
    .map((name) => `ofFile(${JSON.stringify(name)}, () => require(${JSON.stringify(`./${name}`)}));`)
    .join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: process.cwd() },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    alias: { rxjs: resolve('node_modules/rxjs/dist/esm/index.js') },
    plugins: [keepFolders(JSON.stringify)],
    logLevel: 'error',
  });
  return outputFiles[0].text;
}
