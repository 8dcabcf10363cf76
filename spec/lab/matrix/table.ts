/** What came of all stories on one engine: the part of Jest's own report that the table needs. */
export interface Played {
  readonly name: string;
  /** The program and its version. */
  readonly version: string;
  /** When, by ISO 8601. */
  readonly at: string;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  /** The path of the file. */
  readonly name: string;
  readonly assertionResults: readonly {
    readonly ancestorTitles: readonly string[];
    readonly title: string;
    readonly status: string;
  }[];
}

/** The results with those of the same files replaced by later ones. */
export const replaced = (
  results: readonly FileResult[],
  later: readonly FileResult[],
): readonly FileResult[] => [
  ...results.filter(({ name }) => !later.some((one) => one.name === name)),
  ...later,
];

interface Count {
  readonly passed: number;
  readonly all: number;
}

/** A table in Markdown, a row for each group of stories, a column for each engine. */
export function tableOf(plays: readonly Played[]): string {
  const columns = plays.map(countsIn);
  const stories = [...new Set(columns.flatMap((counts) => [...counts.keys()]))].sort();
  const rows = [
    ['Stories', ...plays.map(({ version, at }) => `${version}, ${at.slice(0, 10)}`)],
    ['---', ...plays.map(() => '---')],
    ...stories.map((story) => [story, ...columns.map((counts) => cell(counts.get(story)))]),
    ['**All**', ...columns.map((counts) => cell(sum([...counts.values()])))],
  ];
  return rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function countsIn({ testResults }: Played): ReadonlyMap<string, Count> {
  const counts = new Map<string, Count>();
  const results = testResults.flatMap((file) => file.assertionResults);
  // What an engine does not have is left out.
  for (const { ancestorTitles, title, status } of results.filter((one) => one.status !== 'pending')) {
    const story = (ancestorTitles[0] ?? title).replace(/, seed \d+$/, '');
    const { passed, all } = counts.get(story) ?? { passed: 0, all: 0 };
    counts.set(story, { passed: passed + (status === 'passed' ? 1 : 0), all: all + 1 });
  }
  return counts;
}

const sum = (counts: readonly Count[]): Count => ({
  passed: counts.reduce((total, { passed }) => total + passed, 0),
  all: counts.reduce((total, { all }) => total + all, 0),
});

const cell = (count: Count | undefined): string =>
  count === undefined ? 'not played' : `${count.passed} of ${count.all} pass`;

const MARKS = [
  '<!-- matrix: written by `npm run test:matrix -- --docs` -->',
  '<!-- end of matrix -->',
] as const;

/** The text with the table between its marks. */
export function withTable(text: string, table: string): string {
  const [from, to] = MARKS.map((mark) => text.indexOf(mark));
  if (from === undefined || to === undefined || from < 0 || to < from)
    throw new Error(`needs the marks ${MARKS.join(' … ')}`);
  return `${text.slice(0, from)}${MARKS[0]}\n\n${table}\n\n${text.slice(to)}`;
}
