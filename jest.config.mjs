/** Specs run as CommonJS through swc: types are checked by `npm run lint`, not here. */
const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  transform: {
    '\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'spec',
      testMatch: ['<rootDir>/spec/**/*.spec.ts'],
      testPathIgnorePatterns: ['/spec/e2e/'],
    },
    { ...shared, displayName: 'e2e', testMatch: ['<rootDir>/spec/e2e/**/*.spec.ts'] },
  ],
};
