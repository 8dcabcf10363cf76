import type { SchedulerLike } from 'rxjs';
import { changesIn } from '../../notices/conditions.ts';
import type { Condition } from '../../notices/condition.ts';
import type { Notice } from '../../notices/notice.ts';
import type { Edge } from '../edge.ts';
import { createEntryText, isKept } from './entry.ts';

export interface HistoryEdgeDeps {
  readonly scheduler: Pick<SchedulerLike, 'now'>;
  /** The system's clock: milliseconds since the epoch. */
  readonly wall: () => number;
  readonly secrets: readonly string[];
  /** Takes lines with their line feed. Never throws, and never waits. */
  readonly write: (line: string) => void;
}

export interface HistoryEdge extends Edge {
  /** Writes a notice that no step has. */
  readonly keep: (notice: Notice) => void;
}

/** Writes down what somebody may want to know afterwards: notices, and the conditions that began and ended. */
export function historyEdge({ scheduler, wall, secrets, write }: HistoryEdgeDeps): HistoryEdge {
  const textOf = createEntryText(secrets);
  const keep = (notice: Notice, at = scheduler.now()): void => {
    // A step of the system's clock since then is made up for.
    if (isKept(notice)) write(`${textOf(notice, wall() - (scheduler.now() - at))}\n`);
  };
  return {
    name: 'history',
    keep: (notice) => keep(notice),
    take: ({ event: { at }, before, state, notices }) => {
      const { began, ended } = changesIn(before, state);
      [...notices, ...ended.map((one) => conditionEnded(one, at)), ...began.map(conditionBegan)].forEach(
        (notice) => keep(notice, at),
      );
    },
  };
}

const conditionBegan = (condition: Condition): Notice => ({ kind: 'conditionBegan', ...factsOf(condition) });

const conditionEnded = (condition: Condition, at: number): Notice => ({
  kind: 'conditionEnded',
  ...factsOf(condition),
  lastedMs: Math.max(0, at - condition.since),
});

const factsOf = ({ kind, key, gateway, subject, severity, sentence }: Condition) => ({
  ...(gateway !== undefined && { gateway }),
  condition: kind,
  key,
  subject,
  severity,
  sentence,
});
