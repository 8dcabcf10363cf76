import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Notice } from '../../../src/notices/notice.ts';
import { lineOf } from '../../../src/notices/wording.ts';
import { CONDITION_SAMPLES } from './condition-samples.ts';
import { conditionsTable, fieldsByKind, noticesTable, samples, valuesTable } from './kinds.ts';
import { VALUES } from './values.ts';

const DOCUMENT = join(__dirname, '../../../docs/what-it-says.md');
const between = (name: string): RegExp =>
  new RegExp(`(<!-- ${name} -->\n\n).*?(\n\n<!-- end of ${name} -->)`, 's');

describe('notices', () => {
  // Users' tools read them: within a major version a kind or field may be added, and none taken away.
  it('have the kinds, fields and values that were published', () => {
    expect(fieldsByKind(samples)).toMatchSnapshot();
    expect(VALUES).toMatchSnapshot();
  });

  it('are listed in docs/what-it-says.md, with the conditions', () => {
    const written = readFileSync(DOCUMENT, 'utf8');
    const wanted = written
      .replace(between('notices'), (_, begin: string, end: string) => begin + noticesTable() + end)
      .replace(between('values'), (_, begin: string, end: string) => begin + valuesTable() + end)
      .replace(between('conditions'), (_, begin: string, end: string) => begin + conditionsTable() + end);
    if (process.env['UPDATE_README'] === '1') writeFileSync(DOCUMENT, wanted);
    const isCurrent = readFileSync(DOCUMENT, 'utf8') === wanted;
    expect(isCurrent ? 'current' : 'older than the code: npm run readme brings it up to date').toBe(
      'current',
    );
  });

  it.each(samples)('$kind is one sentence, with nothing left out', (notice) => {
    const { message, fields } = lineOf(notice);
    expect(message).toMatch(/^\S.*\S$/);
    expect(message).not.toMatch(/undefined|NaN|\[object|\$\{/);
    expect(fields?.['kind']).toBe(notice.kind);
  });

  it('tell whose they are if several gateways are watched, and what is only decided', () => {
    const notice: Notice = { kind: 'gatewayResumed', gateway: 'us', name: 'gluetun-us', dryRun: true };
    expect(lineOf(notice).message).toBe('[DRY-RUN] gluetun-us is resumed');
    expect(lineOf(notice, true).message).toBe('us: [DRY-RUN] gluetun-us is resumed');
    expect(lineOf({ kind: 'listingRecovered' }, true).message).toBe('The containers can be listed again');
  });

  it.each<{ notice: Notice; level: string }>([
    { notice: { kind: 'selfHealingBegun', name: 'gluetun', isKnown: false }, level: 'info' },
    { notice: { kind: 'selfHealingBegun', name: 'gluetun', isKnown: true }, level: 'debug' },
    { notice: { kind: 'dependentRepairBegun', name: 'app', repair: 'restart', attempt: 2 }, level: 'debug' },
    {
      notice: { kind: 'dependentsCutOff', attachment: 'stale', names: [], isInRecovery: true },
      level: 'debug',
    },
  ])('are quieter if they come again, or of our own doing: $notice', ({ notice, level }) => {
    expect(lineOf(notice).level).toBe(level);
  });
});

describe('conditions', () => {
  it('have the kinds and fields that were published', () => {
    expect(fieldsByKind(Object.values(CONDITION_SAMPLES))).toMatchSnapshot();
  });
});
