import type { Notice } from '../../../src/notices/notice.ts';
import { worded } from '../../../src/notices/condition-wording.ts';
import { WORDINGS, lineOf } from '../../../src/notices/wording.ts';
import { CONDITION_SAMPLES } from './condition-samples.ts';
import { MORE_SAMPLES } from './more-samples.ts';
import { SAMPLES } from './samples.ts';
import { VALUES } from './values.ts';

export const samples: readonly Notice[] = [...Object.values(SAMPLES), ...MORE_SAMPLES];

/** What a tool may rely on: each kind with the fields it can have. */
export function fieldsByKind(all: readonly { readonly kind: string }[]): Record<string, string[]> {
  const known: Record<string, string[]> = {};
  for (const { kind, ...fields } of all)
    known[kind] = [...new Set([...(known[kind] ?? []), ...Object.keys(fields)])];
  return known;
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
const codes = (names: readonly string[]): string => (names.length === 0 ? '–' : names.map(code).join(', '));
const plain = (text: string): string => text.replaceAll('|', '\\|').replaceAll('_', '\\_');

const levelsOf = (kind: string): string => {
  const levels = samples.filter((one) => one.kind === kind).map((one) => lineOf(one).level);
  return [...new Set(levels)].join(', ');
};

export const noticesTable = (): string =>
  [
    row(['Kind', 'Level', 'Audience', 'Fields', 'For example']),
    row(['---', '---', '---', '---', '---']),
    ...Object.values(SAMPLES).map((notice) => {
      const fields = fieldsByKind(samples)[notice.kind] ?? [];
      const { audience } = WORDINGS[notice.kind];
      const { message } = lineOf(notice);
      return row([code(notice.kind), levelsOf(notice.kind), audience, codes(fields), plain(message)]);
    }),
  ].join('\n');

export const valuesTable = (): string =>
  [
    row(['Field', 'Values']),
    row(['---', '---']),
    ...Object.entries(VALUES).map(([field, values]) => row([code(field), codes(values)])),
  ].join('\n');

export const conditionsTable = (): string =>
  [
    row(['Kind', 'Severity', 'Fields', 'What is wrong', 'Remedy']),
    row(['---', '---', '---', '---', '---']),
    ...Object.values(CONDITION_SAMPLES).map((finding) => {
      const { severity, remedy, sentence } = worded(finding);
      const fields = fieldsByKind([finding])[finding.kind] ?? [];
      const what = plain(sentence);
      return row([code(finding.kind), severity, codes(fields), what, remedy === '' ? '–' : plain(remedy)]);
    }),
  ].join('\n');
