/** What decides who is restarted, and when: here a wrong operator is an outage. */
export const AREAS = {
  'Whether to act': [
    'src/next-act.ts',
    'src/wish.ts',
    'src/in-flight.ts',
    'src/decision.ts',
    'src/quorum.ts',
    'src/backoff.ts',
    'src/reduce.ts',
  ],
  Reducers: ['src/reducers/*.ts', 'src/awaited-owner.ts', 'src/restart-loop.ts'],
  Classification: ['streams/probe-verdict.ts', 'streams/vpn-restart-verdict.ts', 'src/finished-check.ts'],
  Attachment: [
    'src/attachment.ts',
    'src/exits.ts',
    'src/down-cause.ts',
    'src/memory.ts',
    'src/dependents-of.ts',
    'src/network.ts',
  ],
  'Re-creation': ['src/recreation/*.ts', 'src/parked.ts'],
};

export const REPORTS = 'coverage/mutation';

export default {
  packageManager: 'npm',
  plugins: ['./spec/mutation/in-process-runner.mjs'],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  mutate: Object.values(AREAS).flat(),
  disableTypeChecks: false,
  ignorePatterns: ['dist', 'coverage', 'docker', 'docs', '.ci', '*.md'],
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: `${REPORTS}/report.html` },
  jsonReporter: { fileName: `${REPORTS}/report.json` },
  // What neither its code nor its specs have changed since is not tried again: `--force` tries everything.
  incremental: true,
  incrementalFile: `${REPORTS}/incremental.json`,
  concurrency: 2,
  timeoutMS: 5_000,
  // Below what was measured last: it only gets better.
  thresholds: { high: 95, low: 90, break: 97 },
};
