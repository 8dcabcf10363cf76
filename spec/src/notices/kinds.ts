import { CONDITION_SAMPLES } from './condition-samples.ts';
import type { Notice } from '../../../src/notices/notice.ts';
import { REMEDIES, WORDINGS, lineOf } from '../../../src/notices/wording.ts';
import { SAMPLES } from './samples.ts';

export const samples: readonly Notice[] = Object.values(SAMPLES);

/** What a tool may rely on: each kind with the fields it can have. */
export const fieldsByKind = (all: readonly { readonly kind: string }[]): Record<string, string[]> =>
  Object.fromEntries(all.map(({ kind, ...fields }) => [kind, Object.keys(fields)]));

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
const codes = (names: readonly string[]): string => (names.length === 0 ? '–' : names.map(code).join(', '));
/** What stands between angle brackets or bars would be taken for markup. */
const plain = (text: string): string => text.replaceAll('|', '\\|').replaceAll('_', '\\_');

export const noticesTable = (): string =>
  [
    row(['Kind', 'Level', 'Audience', 'Fields', 'For example']),
    row(['---', '---', '---', '---', '---']),
    ...samples.map((notice) => {
      const { level, message } = lineOf(notice);
      const fields = fieldsByKind([notice])[notice.kind] ?? [];
      const { audience } = WORDINGS[notice.kind];
      return row([code(notice.kind), level, audience, codes(fields), plain(message)]);
    }),
  ].join('\n');

export const conditionsTable = (): string =>
  [
    row(['Kind', 'Severity', 'Fields', 'Remedy']),
    row(['---', '---', '---', '---']),
    ...Object.values(CONDITION_SAMPLES).map((finding) => {
      const { severity, remedy } = REMEDIES[finding.kind];
      const fields = fieldsByKind([finding])[finding.kind] ?? [];
      return row([code(finding.kind), severity, codes(fields), remedy === '' ? '–' : plain(remedy)]);
    }),
  ].join('\n');
