/**
 * `knip` finds what nobody uses. `knip --production` finds what only specs use: the monitor itself starts at
 * src/main.ts. There an export that its own file uses is a seam for specs, and stays.
 */
const everything = {
  entry: [
    'src/main.ts',
    'src/page/main.tsx',
    'spec/build.mjs',
    'spec/{demo,lab/*}/main.ts',
    'spec/lab/bench/noticing.ts',
    'stryker.config.mjs',
    'spec/lab/mutation/in-process-runner.mjs',
  ],
  project: ['**/*.{ts,tsx,mjs,cjs}'],
  // It would take the name of our own test runner for a package.
  stryker: false,
  // Specs run programs that are no packages, such as `mount`.
  exclude: ['binaries'],
};

const production = {
  entry: ['src/main.ts!', 'src/page/main.tsx!'],
  project: ['{config,streams,src}/**/*.{ts,tsx}!'],
  ignoreExportsUsedInFile: true,
};

module.exports = process.argv.includes('--production') ? production : everything;
