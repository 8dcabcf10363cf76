import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { TemporaryFolder } from '../config/temporary-folder.ts';
import { REPOSITORY } from './repository.ts';

describe('the licences of what is in the bundle', () => {
  const folder = new TemporaryFolder();

  /** A program that imports a package, which is under this licence, and one that the build leaves out. */
  const createProgram = (license?: string): void => {
    folder.file(
      'src/main.ts',
      "import { work } from '@scope/used';\nimport { connect } from 'ssh2';\nconsole.log(work, connect);\n",
    );
    folder.file(
      'node_modules/@scope/used/package.json',
      JSON.stringify({ name: '@scope/used', version: '1.0.0', license }),
    );
    folder.file('node_modules/@scope/used/index.js', 'exports.work = 1;');
    folder.file('node_modules/@scope/used/LICENCE.md', 'Do with it what you like.\n');
    folder.file('node_modules/@scope/used/NOTICE', 'Somebody made this.\n');
    folder.file(
      'node_modules/unused/package.json',
      '{"name":"unused","version":"1.0.0","sideEffects":false}',
    );
    folder.file('node_modules/unused/index.js', 'exports.nothing = 1;');
  };

  const run = (script: string) =>
    spawnSync(process.execPath, [join(REPOSITORY, script)], { cwd: folder.at('.'), encoding: 'utf8' });

  it('are allowed if they ask for no more than their text', () => {
    createProgram('MIT');
    const { status, stdout } = run('licences.mjs');
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: '1 packages in the bundle, all licences allowed\n',
    });
  });

  it.each([
    { license: 'GPL-3.0-only', named: 'GPL-3.0-only' },
    { license: undefined, named: 'none named' },
  ])('are refused if it is $named', ({ license, named }) => {
    createProgram(license);
    const { status, stderr } = run('licences.mjs');
    expect(status).toBe(1);
    expect(stderr).toBe(`@scope/used 1.0.0 is in the bundle, and its licence is not allowed: ${named}\n`);
  });

  it('are written beside the bundle, our own first', () => {
    createProgram('MIT');
    expect(run('build.mjs')).toMatchObject({ status: 0 });
    const text = readFileSync(folder.at('dist/LICENSES.txt'), 'utf8');
    expect(text.startsWith(readFileSync(join(REPOSITORY, 'LICENSE'), 'utf8').trim())).toBe(true);
    expect(text).toContain('@scope/used 1.0.0 (MIT)\n\nDo with it what you like.\n\nSomebody made this.\n');
    expect(text).not.toContain('ssh2');
  });
});
