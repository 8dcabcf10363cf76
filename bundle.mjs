import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const UNUSED = /^(ssh2|cpu-features|@grpc\/.*|protobufjs|tar-fs|@balena\/dockerignore)$/;

const leaveOutUnused = {
  name: 'leave-out-unused',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: UNUSED }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** For Node alone. What only `DOCKER_HOST=ssh://` and image builds need is left out: the configuration refuses the one,
 * and the monitor never does the other. That halves the memory it takes. */
export const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  minifySyntax: true,
  minifyWhitespace: true,
  // LICENSES.txt beside the bundle has them all.
  legalComments: 'none',
  // Node's own choice would be the CommonJS build, of which nothing can be left out.
  alias: { rxjs: resolve('node_modules/rxjs/dist/esm/index.js') },
  plugins: [leaveOutUnused],
  logLevel: 'warning',
};

/** The page, for browsers of the last years. It becomes a part of the bundle: nothing of it is fetched from elsewhere. */
const page = {
  bundle: true,
  platform: 'browser',
  target: ['chrome111', 'firefox113', 'safari16.4'],
  format: 'iife',
  minify: true,
  legalComments: 'none',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  entryPoints: ['src/page/main.tsx'],
  outdir: 'dist/page',
  write: false,
  metafile: true,
  logLevel: 'warning',
};

/** Its script and its style, and what is in them. */
async function buildPage() {
  if (!existsSync('src/page/main.tsx')) return { define: {}, outputs: {} };
  const { outputFiles, metafile } = await build(page);
  const textOf = (extension) =>
    JSON.stringify(outputFiles.find(({ path }) => path.endsWith(extension))?.text.trim() ?? '');
  return {
    define: { PAGE_SCRIPT: textOf('.js'), PAGE_STYLE: textOf('.css') },
    outputs: metafile.outputs,
  };
}

const { define, outputs: pageOutputs } = await buildPage();

/** The monitor itself. */
export const monitor = {
  ...shared,
  define,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/gluetun-monitor.js',
  banner: { js: '#!/usr/bin/env node' },
  metafile: true,
};

/** What the page has in it is in the bundle, too, though as text. */
export { pageOutputs };
