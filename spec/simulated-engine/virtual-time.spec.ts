import fc from 'fast-check';
import { VirtualTimeScheduler } from 'rxjs';
import { VirtualTime } from './virtual-time.ts';

interface Task {
  readonly after: number;
  /** The tasks that it schedules when it runs. */
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

/** The order and the times of all tasks. */
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
  it('runs actions in the same order as the scheduler of RxJS', () => {
    fc.assert(
      fc.property(fc.array(task, { maxLength: 8 }), (tasks) => {
        expect(played(new VirtualTime(), tasks)).toEqual(played(new VirtualTimeScheduler(), tasks));
      }),
    );
  });
});
