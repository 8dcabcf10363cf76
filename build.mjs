// One bundle, for Node alone. What only `DOCKER_HOST=ssh://` and image builds need is left out: the configuration
// refuses the one, and the monitor never does the other. That halves the memory it takes.
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
  mainFields: ['es2015', 'module', 'main'],
  plugins: [leaveOutUnused],
  logLevel: 'warning',
};

await build({
  ...shared,
  entryPoints: ['src/main.ts'],
  outfile: 'dist/gluetun-monitor.js',
  banner: { js: '#!/usr/bin/env node' },
});
