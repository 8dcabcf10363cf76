// One bundle, for Node alone. What only `DOCKER_HOST=ssh://` and image builds need is left out: the configuration
// refuses the one, and the monitor never does the other. That halves the memory it takes.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { build } from 'esbuild';

const UNUSED = /^(ssh2|cpu-features|@grpc\/.*|protobufjs|tar-fs|@balena\/dockerignore)$/;

const leaveOutUnused = {
  name: 'leave-out-unused',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  // Node's own choice would be the CommonJS build, of which nothing can be left out.
  alias: { rxjs: resolve('node_modules/rxjs/dist/esm/index.js') },
  plugins: [leaveOutUnused],
  logLevel: 'warning',
};

await build({
  ...shared,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/gluetun-monitor.js',
  banner: { js: '#!/usr/bin/env node' },
});

// The demo: the same monitor, with the simulated engine and, for `--docker`, what the end-to-end specs have; chaos
// and soak on a real engine; the benchmarks; and the random histories. The build of the image sees no spec/, and
// needs none.
const PROGRAMS = {
  demo: 'spec/demo/main.ts',
  chaos: 'spec/chaos/main.ts',
  soak: 'spec/soak/main.ts',
  bench: 'spec/bench/main.ts',
  simulate: 'spec/histories/main.ts',
};

/** `__dirname` stays the source's own folder, seen from dist/. */
const keepFolders = {
  name: 'keep-folders',
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]spec[/\\].*\.ts$/ }, async ({ path }) => {
      const folder = JSON.stringify(relative('dist', dirname(path)));
      const source = await readFile(path, 'utf8');
      const contents = source.replace(/\b__dirname\b/g, `require('node:path').join(__dirname, ${folder})`);
      return { contents, loader: 'ts' };
    });
  },
};

for (const [name, main] of Object.entries(PROGRAMS))
  if (existsSync(main))
    await build({
      ...shared,
      entryPoints: [main],
      outfile: `dist/${name}.js`,
      plugins: [...shared.plugins, keepFolders],
    });
