// Asks the registry for known vulnerabilities in what ends up with the user:
//
//   node audit.mjs     fails if one is high or critical
//
// Without an answer nothing is known. That is said, and it fails only with REQUIRE_AUDIT=1, as in CI: a lint that needs
// a network could not be run on a train.
import { spawnSync } from 'node:child_process';

// No second try, and no minute of waiting: whoever has no network knows that soon.
const ARGUMENTS = ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=20000'];

const { stdout = '', error } = spawnSync('npm', ARGUMENTS, {
  encoding: 'utf8',
  stdio: ['ignore', 'pipe', 'ignore'],
});
const report = parsed(stdout);

if (report?.auditReportVersion === undefined) {
  const why = error?.message ?? report?.message ?? report?.error?.summary ?? 'no answer';
  const isRequired = process.env.REQUIRE_AUDIT === '1';
  const hint = isRequired ? '' : '; REQUIRE_AUDIT=1 makes this a failure';
  console.error(`npm audit could not ask, so nothing is known about vulnerabilities (${why})${hint}`);
  process.exitCode = isRequired ? 1 : 0;
} else {
  const found = Object.values(report.vulnerabilities);
  const grave = found.filter(({ severity }) => severity === 'high' || severity === 'critical');
  for (const { name, severity, range } of grave) console.error(`npm audit: ${name} ${range}: ${severity}`);
  console.log(`npm audit: ${grave.length} high or critical, ${found.length - grave.length} others`);
  process.exitCode = grave.length === 0 ? 0 : 1;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
