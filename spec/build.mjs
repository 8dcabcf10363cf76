import { relative } from 'node:path';
import { build } from 'esbuild';
import { keepFolders } from './keep-folders.mjs';

/**
 * The demo: the same monitor, with the simulated engine and, for `--docker`, what the end-to-end specs have; chaos and
 * soak on a real engine; the benchmarks, and how soon trouble is noticed; and the random histories.
 */
const PROGRAMS = {
  demo: 'spec/demo/main.ts',
  chaos: 'spec/lab/chaos/main.ts',
  soak: 'spec/lab/soak/main.ts',
  matrix: 'spec/lab/matrix/main.ts',
  bench: 'spec/lab/bench/main.ts',
  noticing: 'spec/lab/bench/noticing.ts',
  simulate: 'spec/lab/histories/main.ts',
  page: 'spec/lab/page/main.ts',
};

/** Wherever the repository is: seen from dist/. */
const fromDist = (folder) =>
  `require('node:path').join(__dirname, ${JSON.stringify(relative('dist', folder))})`;

/** `shared` is what the monitor itself is built with, the page included. */
export async function buildPrograms(shared) {
  const plugins = [...shared.plugins, keepFolders(fromDist)];
  for (const [name, main] of Object.entries(PROGRAMS))
    await build({
      ...shared,
      entryPoints: [main],
      outfile: `dist/${name}.js`,
      plugins,
      external: ['axe-core', 'puppeteer-core'],
    });
}
