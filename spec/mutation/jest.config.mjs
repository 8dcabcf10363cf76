import path from 'node:path';
import jestConfig from '../../jest.config.mjs';

const root = path.join(import.meta.dirname, '../..');
const [{ displayName: _, ...spec }] = jestConfig.projects;

/**
 * The specs that mutants must face: all that pin a decision down and take milliseconds. Left out are histories at
 * random and days of virtual time, which a surviving mutant would have to sit through each time.
 */
export default {
  ...spec,
  rootDir: root,
  testMatch: [
    '<rootDir>/spec/src/**/*.spec.ts',
    '<rootDir>/spec/streams/{probe-verdict,vpn-restart-verdict}.spec.ts',
    '<rootDir>/spec/world/{recreation,repairs}.spec.ts',
  ],
  testPathIgnorePatterns: [
    '/spec/src/(reduce|regressions-edges|state-file|command-line|messages)\\.spec\\.ts$',
  ],
  testEnvironment: path.join(import.meta.dirname, 'impatient-environment.cjs'),
  runner: '<rootDir>/spec/mutation/impatient-runner.mjs',
};
