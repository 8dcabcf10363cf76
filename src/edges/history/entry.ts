import { printableJson } from '../../../config/shown-text.ts';
import { asObject, parseJson } from '../../../streams/json.ts';
import type { Notice, NoticeKind } from '../../notices/notice.ts';
import { WORDINGS, lineOf } from '../../notices/wording.ts';
import { createCleaner, createFieldCleaner } from '../log-format.ts';

/** One line of the history: a notice with its sentence. Kinds and fields are those of notices, and only ever grow. */
export interface HistoryEntry {
  /** ISO 8601, UTC, by the wall clock. */
  readonly time: string;
  readonly kind: string;
  readonly level: string;
  /** As `GLUETUN_CONTAINER` names it; absent if it concerns none, or all of them. */
  readonly gateway?: string;
  readonly message: string;
  /** The facts of the notice. */
  readonly [field: string]: unknown;
}

/** What every start says, and what its user has set up: it did not happen, it is so. */
const NOT_KEPT: ReadonlySet<NoticeKind> = new Set<NoticeKind>([
  'configWarned',
  'rootKept',
  'dryRunBegun',
  'siteRefused',
  'exclusionUnfit',
  'exclusionById',
  'gatewayExcluded',
  'reconnectListUnfit',
  'reconnectListUnsuitable',
  'dependentListUnfit',
  'dependentListExcluded',
  'dependentListAmbiguous',
  'monitorOnGatewayNetwork',
  'otherMonitorOnGatewayNetwork',
  'witnessBehindGateway',
  'engineBehindGateway',
  'podmanRecognised',
  'gatewayFound',
  'dependentsFound',
  'dependentsNotRunning',
  'dependentDiscoveryBegun',
  'dependentsDiscovered',
  'dependentsRestarted',
  'consoleLinesLost',
]);

/** Kept although it is not logged: nothing else tells when each condition began, and how long it lasted. */
const KEPT: ReadonlySet<NoticeKind> = new Set<NoticeKind>(['conditionBegan', 'conditionEnded']);

/** Whether somebody may want to know it afterwards. */
export function isKept(notice: Notice): boolean {
  const { kind } = notice;
  if (KEPT.has(kind)) return true;
  return WORDINGS[kind].audience !== 'debug' && lineOf(notice).level !== 'debug' && !NOT_KEPT.has(kind);
}

/** Makes the line of a notice. Secrets are masked in it, as in the log. */
export function createEntryText(secrets: readonly string[]): (notice: Notice, wallMs: number) => string {
  const clean = createFieldCleaner(createCleaner(secrets));
  return (notice, wallMs) => {
    const { level, message, fields } = lineOf(notice);
    const { kind, gateway, ...facts } = clean(fields) as Record<string, unknown>;
    const time = new Date(wallMs).toISOString();
    const head = { time, kind, level, ...(gateway !== undefined && { gateway }) };
    return printableJson(JSON.stringify({ ...head, ...facts, ...head, message: clean(message) }));
  };
}

/** Undefined: the text is no entry. */
export function readEntry(text: string): HistoryEntry | undefined {
  const json = asObject(parseJson(text));
  if (json === undefined) return undefined;
  const { time, kind, level, message, gateway } = json;
  const areTexts = [time, kind, level, message, gateway ?? ''].every((part) => typeof part === 'string');
  return areTexts && !Number.isNaN(timeOf(json as HistoryEntry)) ? (json as HistoryEntry) : undefined;
}

/** Milliseconds since the epoch. */
export const timeOf = ({ time }: HistoryEntry): number => Date.parse(time);
