/** What decides who is restarted, and when: here a wrong operator is an outage. */
export const AREAS = {
  Loop: ['src/loop/{acts,edges,next-act,reduce,shutdown,stores}.ts'],
  Model: [
    'src/model/{attachment,dependents-of,down-cause,exits,in-flight,network,parked,persisted,restart-loop,wish}.ts',
  ],
  Facts: ['src/facts/*.ts'],
  Gateway: ['src/gateway/*.ts'],
  Checks: ['src/checks/*.ts'],
  Recovery: ['src/recovery/*.ts'],
  Repairs: ['src/repairs/*.ts'],
  'Re-creation': ['src/acts/recreation/*.ts'],
  'Answers of probes and of the control server': ['streams/{probe-verdict,vpn-restart-verdict}.ts'],
};

export const REPORTS = 'coverage/mutation';

export default {
  packageManager: 'npm',
  plugins: ['./spec/lab/mutation/in-process-runner.mjs'],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  mutate: Object.values(AREAS).flat(),
  disableTypeChecks: false,
  ignorePatterns: ['dist', 'coverage', 'docker', 'docs', '.ci', '*.md', '!docs/machines.md'],
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
