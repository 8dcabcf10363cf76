import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { keepFolders } from '../../keep-folders.mjs';

/**
 * The specs that mutants must face: all that pin a decision down and take milliseconds. Left out are histories at random
 * and days of virtual time, which a surviving mutant would have to sit through each time, and the edges and the list of
 * wordings, for their specs write or read files.
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

/** The specs and all they import as one script, which calls `ofFile(name, define)` for each file of specs. */
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
