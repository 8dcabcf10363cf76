import type { Everything } from '../model/state.ts';
import type { ConditionKind, ConditionOf } from './condition.ts';
import { changesIn } from './conditions.ts';
import type { Notice } from './notice.ts';

type Telling = {
  readonly [K in ConditionKind]?: {
    readonly began: (condition: ConditionOf<K>) => Notice;
    readonly ended: (condition: ConditionOf<K>) => Notice;
  };
};

/**
 * Notices for the beginning and the end of a condition. For conditions that are not listed here, the concern that
 * causes them reports more: what it does about them, or several of them in one sentence.
 */
const TELLING: Telling = {
  listingFailed: {
    began: ({ reason }) => ({ kind: 'listingFailed', reason }),
    ended: () => ({ kind: 'listingRecovered' }),
  },
  stateNotWritten: {
    began: ({ subject: path, reason }) => ({ kind: 'stateNotWritten', path, reason }),
    ended: ({ subject: path }) => ({ kind: 'stateWritten', path }),
  },
  gatewayLogUnreadable: {
    began: ({ subject: name, reason }) => ({ kind: 'gatewayLogUnreadable', name, reason }),
    ended: ({ subject: name }) => ({ kind: 'gatewayLogReadable', name }),
  },
};

export function conditionNotices(before: Everything, state: Everything): readonly Notice[] {
  const { began, ended } = changesIn(before, state);
  return [
    ...ended.map((condition) => ({ condition, which: 'ended' as const })),
    ...began.map((condition) => ({ condition, which: 'began' as const })),
  ].flatMap(({ condition, which }) => {
    const wording = TELLING[condition.kind] as NonNullable<Telling['listingFailed']> | undefined;
    if (wording === undefined) return [];
    const notice = wording[which](condition as ConditionOf<'listingFailed'>);
    return condition.gateway === undefined ? notice : { ...notice, gateway: condition.gateway };
  });
}
