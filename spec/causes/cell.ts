import type { Cause } from './causes.ts';
import type { Dependent } from './dependents.ts';
import type { Seen, Snapshot } from './stage.ts';

/** What has become of one container. */
export interface Cell {
  readonly container: 'the same' | 'another' | 'gone';
  readonly runsIn: 'the live network' | 'a dead network' | 'none';
  /** Whether it has started or ended since. */
  readonly wasTouched: boolean;
}

const PUT_BACK: Partial<Cell> = { container: 'the same', runsIn: 'the live network' };
const LEFT_ALONE: Partial<Cell> = { container: 'the same', wasTouched: false };

export const FATES = {
  'put back under its id': PUT_BACK,
  'created anew': { container: 'another', runsIn: 'the live network' },
  'left alone': LEFT_ALONE,
  'left running': { ...LEFT_ALONE, ...PUT_BACK },
  'left stopped': { ...LEFT_ALONE, runsIn: 'none' },
} as const satisfies Record<string, Partial<Cell>>;

export type Fate = keyof typeof FATES;

/** What SPEC sections 5 and 6 ask for. */
export function fateOf({ leaves }: Pick<Cause, 'leaves'>, dependent: Dependent): Fate {
  const { life, isExcluded, joins, restartPolicy } = dependent;
  if (isExcluded) return 'left alone';
  if (life === 'stopped' || life === 'ended') return 'left stopped';
  const isTried = life === 'created' || life === 'stoppedThenTried';
  switch (leaves) {
    case 'anotherName':
      return isTried ? 'left stopped' : 'left running';
    case 'anotherEngine':
      // Nobody tries to start anyone: whom Docker leaves stopped is left so.
      return isTried || restartPolicy === 'no' ? 'left stopped' : 'put back under its id';
    case 'anotherStart':
      return 'put back under its id';
    case 'anotherId':
      // The name leads to the new gateway, and who joined the one so joined still finds it.
      return 'name' in joins || joins.idOf === 'by-name' ? 'put back under its id' : 'created anew';
  }
}

export function cellOf(name: string, before: Snapshot, after: Snapshot): Cell {
  const [was, is] = [before.get(name), after.get(name)];
  return {
    container: is === undefined ? 'gone' : is.id === was?.id ? 'the same' : 'another',
    runsIn: whereRuns(is),
    wasTouched: !isSameRun(was, is),
  };
}

const whereRuns = (seen: Seen | undefined): Cell['runsIn'] => {
  if (seen?.network === undefined) return 'none';
  return seen.network === 'live' ? 'the live network' : 'a dead network';
};

const isSameRun = (was: Seen | undefined, is: Seen | undefined): boolean =>
  was?.id === is?.id &&
  was?.status === is?.status &&
  was?.startedAt === is?.startedAt &&
  was?.finishedAt === is?.finishedAt;

export const isAsExpected = (expected: Partial<Cell>, cell: Cell): boolean =>
  Object.entries(expected).every(([key, value]) => cell[key as keyof Cell] === value);
