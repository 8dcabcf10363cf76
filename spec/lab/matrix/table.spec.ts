import { type Played, replaced, tableOf, withTable } from './table.ts';

const story = (ancestor: string, title: string, status = 'passed') => ({
  ancestorTitles: [ancestor],
  title,
  status,
});

const OLD: Played = {
  name: '20.10',
  version: 'dockerd 20.10.24',
  at: '2026-11-30T09:00:00.000Z',
  testResults: [
    { name: 'a.spec.ts', assertionResults: [story('the monitor', 'repairs'), story('the monitor', 'waits')] },
    { name: 'b.spec.ts', assertionResults: [story('an orphan', 'is re-created')] },
  ],
};
const NEW: Played = {
  ...OLD,
  name: '28.5',
  version: 'dockerd 28.5.2',
  testResults: [
    {
      name: 'a.spec.ts',
      assertionResults: [story('the monitor', 'repairs', 'failed'), story('the monitor', 'waits')],
    },
    {
      name: 'b.spec.ts',
      assertionResults: [story('an orphan', 'is about what it does not have', 'pending')],
    },
  ],
};

describe('the table of the engines', () => {
  it('counts the stories that passed on each engine, and shows which were not played', () => {
    expect(tableOf([OLD, NEW]).split('\n')).toEqual([
      '| Stories | dockerd 20.10.24, 2026-11-30 | dockerd 28.5.2, 2026-11-30 |',
      '| --- | --- | --- |',
      '| an orphan | 1 of 1 pass | not played |',
      '| the monitor | 2 of 2 pass | 1 of 2 pass |',
      '| **All** | 3 of 3 pass | 1 of 2 pass |',
    ]);
  });

  it('counts the latest results of a file that was played once more', () => {
    const [first = { name: '', assertionResults: [] }, second] = OLD.testResults;
    const once = { ...first, assertionResults: [story('the monitor', 'repairs')] };
    expect(replaced(OLD.testResults, [once])).toEqual([second, once]);
  });

  it('takes the place of the table that is there', () => {
    const [from, to] = [
      '<!-- matrix: written by `npm run test:matrix -- --docs` -->',
      '<!-- end of matrix -->',
    ];
    const text = `before\n\n${from}\n\nold\n\n${to}\n\nafter\n`;
    expect(withTable(text, 'new')).toBe(`before\n\n${from}\n\nnew\n\n${to}\n\nafter\n`);
  });

  it('needs its marks', () => {
    expect(() => withTable('no marks', 'new')).toThrow('needs the marks');
  });
});
