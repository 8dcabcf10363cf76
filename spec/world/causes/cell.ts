import type { Aftermath, Cause } from './causes.ts';
import type { Dependent } from './dependents.ts';
import type { Seen, Snapshot } from './stage.ts';

/** The outcome for one container. */
export interface Cell {
  readonly container: 'the same' | 'another' | 'gone';
  readonly runsIn: 'the live network' | 'a dead network' | 'none';
  /** Whether it started or exited since. */
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
  'left alone or put back': { container: 'the same' },
} as const satisfies Record<string, Partial<Cell>>;

export type Fate = keyof typeof FATES;

/** What SPEC sections 5 and 6 ask for. */
export function fateOf({ leaves, strands }: Cause, dependent: Dependent): Fate {
  const { life, isExcluded, joins, restartPolicy } = dependent;
  if (isExcluded) return 'left alone';
  if (life === 'stopped' || life === 'ended') return 'left stopped';
  const neverTried = !strands && (life === 'created' || life === 'stoppedThenTried');
  if (neverTried) return 'left stopped';
  // While its owner is not on the live network, a restart would leave it stopped, or where it is.
  if (isOn('stopped', dependent)) return 'left alone';
  if (isOn('excluded', dependent)) return fateOnExcluded(leaves);
  switch (leaves) {
    case 'another start':
      return 'put back under its id';
    case 'another id':
      // The name leads to the new gateway, and what joined through such a container still finds that one.
      return 'name' in joins || joins.idOf === 'by-name' ? 'put back under its id' : 'created anew';
    case 'another name':
      return 'left running';
    case 'another start of all by their engine':
      return restartPolicy === 'no' ? 'left stopped' : 'put back under its id';
    case 'another start of a dependent':
      return dependent.name === 'by-id' || isOn('by-id', dependent)
        ? 'put back under its id'
        : 'left running';
  }
}

/** An engine starts all containers at once, so either of the two may win the race. */
const fateOnExcluded = (leaves: Aftermath): Fate =>
  leaves === 'another start of all by their engine' ? 'left alone or put back' : 'left alone';

const isOn = (owner: string, { joins }: Dependent): boolean => 'idOf' in joins && joins.idOf === owner;

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
