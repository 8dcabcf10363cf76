import type { Cause } from './causes.ts';
import { type Cell, FATES, cellOf, fateOf, isAsExpected } from './cell.ts';
import { DEPENDENTS } from './dependents.ts';
import type { Snapshot, Stage } from './stage.ts';

/** The containers before the cause, right after it, and at the end. */
export interface Play {
  readonly before: Snapshot;
  readonly brought: Snapshot;
  readonly after: Snapshot;
  /** What the monitor said. */
  readonly said: readonly string[];
}

/** Plays one cause until all is quiet again. It does not check the outcome. */
export async function play(cause: Cause, stage: Stage): Promise<Play> {
  await stage.setUp(cause.gateway, DEPENDENTS);
  const before = await stage.look();
  await cause.bringAbout(stage);
  const brought = await stage.look();
  await stage.lookUntil((after) => isSettled(cause, { before, brought, after }));
  await stage.untilQuiet();
  return { before, brought, after: await stage.look(), said: stage.said() };
}

type Snapshots = Pick<Play, 'before' | 'brought' | 'after'>;

const isSettled = (cause: Cause, snapshots: Snapshots): boolean =>
  DEPENDENTS.every((dependent) =>
    isAsExpected(FATES[fateOf(cause, dependent)], cellIn(cause, snapshots, dependent.name)),
  );

/** A restart of the engine touches every container, so only what comes after it counts. */
export const cellIn = ({ leaves }: Cause, { before, brought, after }: Snapshots, name: string): Cell =>
  cellOf(name, leaves === 'another start of all by their engine' ? brought : before, after);
