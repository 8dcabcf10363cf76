import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { variables } from '../../config/variables.ts';
import { configTable, insertConfigTable } from './config-table.ts';

const README = join(__dirname, '../../README.md');
const BEGIN = '<!-- configuration table -->';
const END = '<!-- end of configuration table -->';
const UPDATE = 'UPDATE_README=1 npx jest spec/config/config-table';

describe('configTable', () => {
  it('has a row for every variable', () => {
    const [head, rule, ...rows] = configTable().split('\n');
    expect(head).toMatch(/^\| Variable +\| Default +\| Meaning +\|$/);
    expect(rule).toMatch(/^\| -+ \| -+ \| -+ \|$/);
    expect(rows.map((row) => /`(\w+)`/.exec(row)?.[1])).toEqual(variables.map(({ env }) => env));
  });

  it('has rows of equal length', () => {
    expect(
      new Set(
        configTable()
          .split('\n')
          .map((row) => row.length),
      ).size,
    ).toBe(1);
  });

  it.each([
    { shows: 'a default', then: /^\| `CHECK_INTERVAL` +\| `30` / },
    { shows: 'the default of a boolean', then: /^\| `AUTO_RECREATE` +\| `true` / },
    { shows: 'the default of a list', then: /^\| `GLUETUN_CONTAINER` +\| `gluetun` / },
    { shows: 'a dash for an empty list', then: /^\| `VPN_RESTART_DEPENDENTS` +\| – / },
    { shows: 'a dash for no default', then: /^\| `SITES` +\| – / },
    { shows: 'limits', then: /^\| `TIMEOUT`.* 1 to 600\. / },
    { shows: 'limits that begin at 0', then: /^\| `SELF_HEAL_GRACE`.* 0 to 3600\. / },
    { shows: 'choices', then: /^\| `LOG_FORMAT`.*`text`, `json`\. / },
    { shows: 'the file of a secret', then: /^\| `GLUETUN_API_KEY`.*`GLUETUN_API_KEY_FILE`/ },
  ])('shows $shows', ({ then }) => {
    expect(configTable().split('\n')).toContainEqual(expect.stringMatching(then));
  });
});

describe('insertConfigTable', () => {
  it('replaces only what is between the markers', () => {
    const readme = insertConfigTable(`before\n${BEGIN}\nold\n${END}\nafter\n`);
    expect(readme).toBe(`before\n${BEGIN}\n\n${configTable()}\n\n${END}\nafter\n`);
    expect(insertConfigTable(readme)).toBe(readme);
  });

  it.each(['', BEGIN, END, `${END}\n${BEGIN}`])(
    'throws if the markers are missing or swapped: %p',
    (readme) => {
      expect(() => insertConfigTable(readme)).toThrow('README.md: no "<!-- configuration table -->"');
    },
  );
});

describe('README.md', () => {
  function stateOfReadme(): string {
    const readme = existsSync(README) ? readFileSync(README, 'utf8') : '';
    if (!readme.includes(BEGIN) || !readme.includes(END)) return `lacks "${BEGIN}" and "${END}"`;
    const wanted = insertConfigTable(readme);
    if (process.env['UPDATE_README'] === '1') writeFileSync(README, wanted);
    else if (readme !== wanted) return `is out of date: run ${UPDATE}`;
    return 'is up to date';
  }

  it('has the table of the current schema', () => {
    expect(`README.md ${stateOfReadme()}`).toBe('README.md is up to date');
  });
});
