import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { putInOrder } from '../../../../src/edges/history/put-in-order.ts';
import {
  type StatisticsLine,
  readStatistics,
  statisticsOrder,
  statisticsText,
} from '../../../../src/edges/history/statistics-line.ts';
import { type Tally, addTo, countRecovery, countResult, emptyTally } from '../../../../src/status/tally.ts';
import { TemporaryFolder } from '../../../config/temporary-folder.ts';
import { site } from '../../builders.ts';

const HOUR_MS = 3_600_000;
const NOW = Date.parse('2026-06-30T12:30:00.000Z');
const HERE = Math.floor(NOW / HOUR_MS) * HOUR_MS;

/** As many checks as given, each of which passed. */
function tallyOf(checks: number): Tally {
  const tally = emptyTally();
  tally.seconds.up = checks * 30;
  for (let count = 0; count < checks; count += 1)
    countResult(tally, {
      site: site('a'),
      verdict: 'pass',
      reason: 'OK',
      latencyMs: 40 * (count + 1),
      httpStatus: 200,
    });
  return tally;
}
const hour = (hoursAgo: number, checks: number, gateway = 'gluetun'): StatisticsLine => ({
  span: 'hour',
  gateway,
  beganMs: HERE - hoursAgo * HOUR_MS,
  tally: tallyOf(checks),
});

describe('a line of the statistics', () => {
  const tally = fc
    .array(fc.record({ name: fc.string({ unit: 'binary' }), down: fc.boolean(), latencyMs: fc.nat(40_000) }))
    .map((results) => {
      const counted = tallyOf(0);
      for (const { name, down, latencyMs } of results) {
        const result = { site: site('a', { name }), reason: '', latencyMs, httpStatus: undefined };
        countResult(counted, { ...result, verdict: down ? 'fail' : 'pass' });
        if (down) countRecovery(counted, [name]);
      }
      return counted;
    });

  it('is read back equal', () => {
    fc.assert(
      fc.property(tally, fc.constantFrom('hour', 'day'), fc.nat(), (counted, span, beganMs) => {
        const line = { span, gateway: 'gluetun', beganMs, tally: counted } as const;
        expect(readStatistics(statisticsText(line))).toEqual(line);
      }),
    );
  });

  it.each(['', 'rubbish', '{}', '{"time":"x","span":"hour","gateway":"g"}', '[]'])('is none: %s', (text) => {
    expect(readStatistics(text)).toBeUndefined();
  });

  it('counts what is missing or strange as nothing', () => {
    const strange = '{"pass":-1,"fail":"x","latency":[1,null,"2"]}';
    const text = `{"time":"2026-06-30T12:00:00.000Z","span":"hour","gateway":"g","sites":{"__proto__":${strange},"b":7}}`;
    const counts = readStatistics(text)?.tally.sites.get('__proto__');
    expect(counts).toEqual({ pass: 0, fail: 0, unknown: 0, latency: [1, 0, 0], down: 0, alone: 0 });
    expect({}).not.toHaveProperty('pass');
  });
});

describe('the file of the statistics', () => {
  const folder = new TemporaryFolder();
  const order = statisticsOrder(90 * 24 * HOUR_MS, () => NOW);
  async function inOrder(lines: readonly StatisticsLine[]): Promise<readonly StatisticsLine[]> {
    const file = folder.file('s', lines.map((line) => `${statisticsText(line)}\n`).join(''));
    await putInOrder(file, order);
    const texts = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    return texts.flatMap((text) => readStatistics(text) ?? []);
  }
  const checksIn = ({ span, gateway, beganMs, tally }: StatisticsLine) => [
    span,
    gateway,
    new Date(beganMs).toISOString().slice(0, 13),
    tally.sites.get('https://a')?.pass,
  ];

  it('has one line for an hour in which the monitor was restarted', async () => {
    const lines = await inOrder([hour(2, 5), hour(2, 6, 'us'), hour(2, 7), hour(1, 8)]);
    expect(lines.map(checksIn)).toEqual([
      ['hour', 'gluetun', '2026-06-30T10', 12],
      ['hour', 'us', '2026-06-30T10', 6],
      ['hour', 'gluetun', '2026-06-30T11', 8],
    ]);
  });

  it('has one line for a day that ended a week ago, and none for what is older than is kept', async () => {
    const days = [100, 10, 10, 8, 3].map((daysAgo, index) => hour(daysAgo * 24 + (index % 2), 1));
    const lines = await inOrder(days);
    expect(lines.map(checksIn)).toEqual([
      ['day', 'gluetun', '2026-06-20T00', 2],
      ['day', 'gluetun', '2026-06-22T00', 1],
      ['hour', 'gluetun', '2026-06-27T12', 1],
    ]);
  });

  it('loses nothing by being put in order', async () => {
    const lines = Array.from({ length: 24 * 20 }, (_, index) => hour(24 * 20 - index, index % 3));
    const sum = emptyTally();
    const kept = emptyTally();
    lines.forEach(({ tally }) => addTo(sum, tally));
    (await inOrder(lines)).forEach(({ tally }) => addTo(kept, tally));
    expect(kept).toEqual(sum);
  });
});
