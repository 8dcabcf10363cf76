import { insertTable } from '../config/config-table.ts';
import { metricsTable, ownMetrics } from '../src/edges/metrics/metrics-table.ts';
import { readText, readYaml, writeText } from './repository.ts';

const DOCUMENT = 'docs/metrics.md';
const DASHBOARD = 'docker/grafana/dashboard.json';
const RULES = 'docker/prometheus/alerts.yaml';

/** The names of metrics in an expression, without the suffixes of a histogram's series. */
const namesIn = (text: string): readonly string[] => [
  ...new Set(
    [...text.matchAll(/gluetun_monitor_\w+/g)].map(([name]) => name.replace(/_(?:bucket|sum|count)$/, '')),
  ),
];

interface Panel {
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly w: number };
  readonly targets: readonly { readonly expr: string }[];
}

describe('docs/metrics.md', () => {
  it('has the table of all metrics', async () => {
    const wanted = insertTable(readText(DOCUMENT), 'metrics', metricsTable(await ownMetrics()));
    if (process.env['UPDATE_README'] === '1') writeText(DOCUMENT, wanted);
    expect(readText(DOCUMENT)).toBe(wanted);
  });
});

describe.each([RULES, DASHBOARD, 'docker/prometheus/alerts.test.yaml'])('%s', (path) => {
  it('asks only for metrics that exist', async () => {
    const known = (await ownMetrics()).map(({ name }) => name);
    const asked = namesIn(readText(path));
    expect(asked.length).toBeGreaterThan(2);
    expect(asked.filter((name) => !known.includes(name))).toEqual([]);
  });
});

describe('the alert rules', () => {
  it('names for each alert who is concerned, and what to do', () => {
    const { groups } = readYaml(RULES) as {
      groups: readonly { rules: readonly { alert: string; annotations: Record<string, string> }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(4);
    for (const { annotations } of rules) {
      expect(annotations['summary']).toMatch(/\{\{ \$labels\.instance \}\}/);
      expect(annotations['description']).toMatch(/\.$/);
    }
  });
});

describe('the dashboard', () => {
  const { panels } = JSON.parse(readText(DASHBOARD)) as { panels: readonly Panel[] };

  it('has panels that fill their rows, each with a question to ask', () => {
    for (const { gridPos, targets } of panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      expect(targets.filter(({ expr }) => expr === '')).toEqual([]);
    }
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
  });
});
