import fc from 'fast-check';
import { VirtualTimeScheduler } from 'rxjs';
import { VirtualTime } from './virtual-time.ts';

interface Task {
  readonly after: number;
  /** What it has begun when it is done, and what it takes back. */
  readonly then: readonly Task[];
  readonly cancels: boolean;
}

const { task } = fc.letrec<{ task: Task }>((tie) => ({
  task: fc.record({
    after: fc.integer({ min: 0, max: 5 }),
    then: fc.oneof({ maxDepth: 3 }, fc.constant([]), fc.array(tie('task'), { maxLength: 3 })),
    cancels: fc.boolean(),
  }),
}));

/** In which order, and when, everything happens. */
function played(scheduler: VirtualTimeScheduler, tasks: readonly Task[]): readonly string[] {
  const happened: string[] = [];
  const begin = (name: string, all: readonly Task[]): void => {
    const begun = all.map(({ after, then }, index) =>
      scheduler.schedule(() => {
        happened.push(`${scheduler.frame}: ${name}${index}`);
        begin(`${name}${index}.`, then);
      }, after),
    );
    all.forEach(({ cancels }, index) => cancels && begun[index]?.unsubscribe());
  };
  begin('', tasks);
  scheduler.flush();
  return happened;
}

describe('virtual time', () => {
  it('lets everything happen in the order of RxJS’s own', () => {
    fc.assert(
      fc.property(fc.array(task, { maxLength: 8 }), (tasks) => {
        expect(played(new VirtualTime(), tasks)).toEqual(played(new VirtualTimeScheduler(), tasks));
      }),
    );
  });
});
