import { spawnSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TemporaryFolder } from '../config/temporary-folder.ts';
import { REPOSITORY } from './repository.ts';

const vulnerable = (severity: string): object => ({
  auditReportVersion: 2,
  vulnerabilities: { 'some-package': { name: 'some-package', severity, range: '<1.2.3' } },
});

describe('audit.mjs', () => {
  const folder = new TemporaryFolder();

  /** With an npm that answers like this. */
  const audit = (answer: string, env: NodeJS.ProcessEnv = {}) => {
    folder.file('answer', answer);
    const npm = folder.file(
      'bin/npm',
      `#!/bin/sh\necho "$@" >'${folder.at('asked')}'\ncat '${folder.at('answer')}'\nexit 1\n`,
    );
    chmodSync(npm, 0o755);
    const path = `${dirname(npm)}:${process.env['PATH'] ?? ''}`;
    const { REQUIRE_AUDIT: _, ...inherited } = process.env;
    return spawnSync(process.execPath, [join(REPOSITORY, 'audit.mjs')], {
      env: { ...inherited, PATH: path, ...env },
      encoding: 'utf8',
    });
  };

  it('passes if nothing is known against any package', () => {
    const { status, stdout } = audit(JSON.stringify({ auditReportVersion: 2, vulnerabilities: {} }));
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'npm audit: 0 high or critical, 0 others\n' });
  });

  it.each(['high', 'critical'])('fails for a %s vulnerability, and names the package', (severity) => {
    const { status, stderr } = audit(JSON.stringify(vulnerable(severity)));
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: `npm audit: some-package <1.2.3: ${severity}\n`,
    });
  });

  it('passes for a moderate one, and counts it', () => {
    const { status, stdout } = audit(JSON.stringify(vulnerable('moderate')));
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'npm audit: 0 high or critical, 1 others\n' });
  });

  describe.each([
    { answer: '', why: 'no answer' },
    { answer: '{"message":"405 Method Not Allowed"}', why: '405 Method Not Allowed' },
    { answer: '{"error":{"summary":"offline"}}', why: 'offline' },
  ])('if the registry says "$why"', ({ answer, why }) => {
    const said = `npm audit could not ask, so nothing is known about vulnerabilities (${why})`;

    it('says so, and passes', () => {
      const { status, stderr } = audit(answer);
      expect({ status, stderr }).toEqual({
        status: 0,
        stderr: `${said}; REQUIRE_AUDIT=1 makes this a failure\n`,
      });
    });

    it('fails with REQUIRE_AUDIT=1', () => {
      const { status, stderr } = audit(answer, { REQUIRE_AUDIT: '1' });
      expect({ status, stderr }).toEqual({ status: 1, stderr: `${said}\n` });
    });
  });
});
