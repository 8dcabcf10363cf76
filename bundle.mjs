import { resolve } from 'node:path';

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

/** The monitor itself. */
export const monitor = {
  ...shared,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/gluetun-monitor.js',
  banner: { js: '#!/usr/bin/env node' },
  metafile: true,
};
