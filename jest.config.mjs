/** Specs run as CommonJS through swc: types are checked by `npm run lint`, not here. */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  setupFilesAfterEnv: ['<rootDir>/spec/no-secret-shown.ts'],
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
};

/** The one story on a real engine that belongs to `npm test`. */
const MAIN_JOB = 'spec/e2e/main-job.spec.ts';
/** What needs no engine, but minutes, with the specs of its own judges. */
const LAB = 'spec/lab/';

const ignoring = (...paths) => paths.map((path) => `<rootDir>/${path}`);

export default {
  testSequencer: './spec/longest-first.mjs',
  projects: [
    {
      ...shared,
      displayName: 'spec',
      testMatch: ['<rootDir>/spec/**/*.spec.ts'],
      testPathIgnorePatterns: ignoring('spec/e2e/', LAB),
    },
    { ...shared, displayName: 'main-job', testMatch: [`<rootDir>/${MAIN_JOB}`] },
    { ...shared, displayName: 'long', testMatch: [`<rootDir>/${LAB}**/*.spec.ts`] },
    {
      ...shared,
      displayName: 'e2e',
      testMatch: ['<rootDir>/spec/e2e/**/*.spec.ts'],
      testPathIgnorePatterns: ignoring(MAIN_JOB),
    },
  ],
};
