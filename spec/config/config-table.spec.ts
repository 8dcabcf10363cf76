import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { variables } from '../../config/schema-list.ts';
import {
  MOST_SET,
  configTable,
  foreignVariablesTable,
  insertTable,
  shortConfigTable,
} from './config-table.ts';

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
    { shows: 'choices', then: /^\| `LOG_FORMAT`.* One of `text`, `json`\. / },
    { shows: 'the file of a secret', then: /^\| `GLUETUN_API_KEY`.*`GLUETUN_API_KEY_FILE`/ },
  ])('shows $shows', ({ then }) => {
    expect(configTable().split('\n')).toContainEqual(expect.stringMatching(then));
  });
});

describe('shortConfigTable', () => {
  it('has a row for each of the ten variables most people set', () => {
    const rows = shortConfigTable().split('\n').slice(2);
    expect(rows.map((row) => /`(\w+)`/.exec(row)?.[1])).toEqual(MOST_SET);
    expect(rows).toHaveLength(10);
  });

  it('shows the default and the first sentence', () => {
    const cells = shortConfigTable()
      .split('\n')
      .map((row) => row.split('|').map((cell) => cell.trim()));
    expect(cells).toContainEqual([
      '',
      '`FAIL_THRESHOLD`',
      '`2`',
      'Consecutive failures after which a site counts as down.',
      '',
    ]);
  });

  it('shows the choices', () => {
    expect(shortConfigTable()).toMatch(/^\| `RECOVERY_STRATEGY`.* One of `restart`, `vpn-first`\. +\|$/m);
  });
});

describe('foreignVariablesTable', () => {
  it("shows the replacement of another monitor's variable as code", () => {
    expect(foreignVariablesTable()).toMatch(/^\| `MONITOR_STATE_FILE` +\| use `STATE_FILE` +\|$/m);
  });
});

describe('insertTable', () => {
  const [BEGIN, END] = ['<!-- some table -->', '<!-- end of some table -->'];

  it('replaces only what is between the markers', () => {
    const document = insertTable(`before\n${BEGIN}\nold\n${END}\nafter\n`, 'some table', 'new');
    expect(document).toBe(`before\n${BEGIN}\n\nnew\n\n${END}\nafter\n`);
    expect(insertTable(document, 'some table', 'new')).toBe(document);
  });

  it.each(['', BEGIN, END, `${END}\n${BEGIN}`])(
    'throws if the markers are missing or swapped: %p',
    (document) => {
      expect(() => insertTable(document, 'some table', 'new')).toThrow('no "<!-- some table -->"');
    },
  );
});

describe('the documents', () => {
  it.each([
    { file: 'README.md', name: 'ten variables', table: shortConfigTable() },
    { file: 'docs/configuration.md', name: 'configuration table', table: configTable() },
    { file: 'docs/coming-from.md', name: 'foreign variables', table: foreignVariablesTable() },
  ])('$file has the current table', ({ file, name, table }) => {
    const path = join(__dirname, '../..', file);
    const written = readFileSync(path, 'utf8');
    const wanted = insertTable(written, name, table);
    if (process.env['UPDATE_README'] === '1') writeFileSync(path, wanted);
    const isCurrent = readFileSync(path, 'utf8') === wanted;
    expect(isCurrent ? 'current' : 'older than the code: npm run readme brings it up to date').toBe(
      'current',
    );
  });
});
