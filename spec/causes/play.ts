import type { Cause } from './causes.ts';
import { type Cell, FATES, cellOf, fateOf, isAsExpected } from './cell.ts';
import { DEPENDENTS } from './dependents.ts';
import type { Snapshot, Stage } from './stage.ts';

/** What there was before the cause, when it had been brought about, and at the end. */
export interface Play {
  readonly before: Snapshot;
  readonly brought: Snapshot;
  readonly after: Snapshot;
}

/** One cause, from the setting to the quiet after it. Whether all came to be as expected is not said here. */
export async function play(cause: Cause, stage: Stage): Promise<Play> {
  await stage.setUp(cause.gateway, DEPENDENTS);
  const before = await stage.look();
  await cause.bringAbout(stage);
  const brought = await stage.look();
  await stage.lookUntil((after) => isSettled(cause, { before, brought, after }));
  await stage.untilQuiet();
  return { before, brought, after: await stage.look() };
}

const isSettled = (cause: Cause, played: Play): boolean =>
  DEPENDENTS.every((dependent) =>
    isAsExpected(FATES[fateOf(cause, dependent)], cellIn(cause, played, dependent.name)),
  );

/** An engine that restarts touches everyone: there only what comes after counts. */
export const cellIn = ({ leaves }: Cause, { before, brought, after }: Play, name: string): Cell =>
  cellOf(name, leaves === 'anotherEngine' ? brought : before, after);
