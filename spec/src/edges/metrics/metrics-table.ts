import { tableOf } from '../../../config/config-table.ts';
import { createMetrics } from '../../../../src/edges/metrics/metrics.ts';

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

const OWN = 'gluetun_monitor_';

/** Every metric of the monitor's own, as its exposition and its definitions tell. */
export async function ownMetrics(): Promise<readonly Metric[]> {
  const { text, labelsOf } = createMetrics(() => undefined);
  const lines = (await text()).split('\n');
  const field = (word: string, name: string): string =>
    lines.find((line) => line.startsWith(`# ${word} ${name} `))?.slice(`# ${word} ${name} `.length) ?? '';
  return lines
    .filter((line) => line.startsWith(`# TYPE ${OWN}`))
    .map((line) => line.split(' ')[2] ?? '')
    .map((name) => ({ name, help: field('HELP', name), type: field('TYPE', name), labels: labelsOf(name) }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** In Markdown, a row for each. */
export const metricsTable = (metrics: readonly Metric[]): string =>
  tableOf([
    ['Metric', 'Type', 'Labels', 'Meaning'],
    ...metrics.map(({ name, type, labels, help }) => [
      `\`${name}\``,
      type,
      labels.length === 0 ? '–' : labels.map((label) => `\`${label}\``).join(', '),
      help,
    ]),
  ]);
