import type { ContainerChange } from '../../../streams/events.ts';
import { isOfFormerRun } from '../../../src/model/run-of.ts';
import { idOf, onGateway } from '../builders.ts';

const died: ContainerChange = { type: 'containerDied', exitCode: 137 };
const DAY_MS = 86_400_000;

describe('a message about a container that ended at 50,000 and started at 70,000', () => {
  const facts = onGateway('app', { finishedAt: 50_000, startedAt: 70_000 });
  const isFormer = (change: ContainerChange, engineTimeMs: number, known = facts): boolean =>
    isOfFormerRun({ ...change, at: 1, id: idOf('app'), name: 'app', labels: {}, engineTimeMs }, known);

  it.each<{ what: string; change: ContainerChange; of: number; then: boolean }>([
    { what: 'an end just after that end', change: died, of: 50_040, then: true },
    { what: 'an end nearly ten seconds after it', change: died, of: 59_999, then: true },
    { what: 'an end ten seconds after it', change: died, of: 60_000, then: false },
    { what: 'an end after the start', change: died, of: 70_001, then: false },
    { what: 'a stop just before that end', change: { type: 'containerStopped' }, of: 49_990, then: true },
    { what: 'a signal before it', change: { type: 'containerKilled', signal: '15' }, of: 40_001, then: true },
    {
      what: 'a signal long before it',
      change: { type: 'containerKilled', signal: '15' },
      of: 40_000,
      then: false,
    },
    { what: 'a start', change: { type: 'containerStarted' }, of: 50_040, then: false },
    { what: 'its removal', change: { type: 'containerDestroyed' }, of: 50_040, then: false },
  ])('is about the former run: $what, $then', ({ change, of, then }) => {
    expect(isFormer(change, of)).toBe(then);
  });

  it('is about the new run if both came in the same instant', () => {
    expect(isFormer(died, 50_000, onGateway('app', { finishedAt: 50_000, startedAt: 50_000 }))).toBe(false);
  });

  it('is about the new run if the clock was a day ahead at its start, and was set right', () => {
    expect(isFormer(died, 90_000, onGateway('app', { finishedAt: 50_000, startedAt: DAY_MS }))).toBe(false);
  });

  it('may be about any run if the container has never ended, or is not known', () => {
    expect(isFormer(died, 50_000, onGateway('app', { startedAt: 70_000 }))).toBe(false);
    expect(isFormer(died, 50_000, onGateway('app', { inspected: false }))).toBe(false);
    expect(
      isOfFormerRun({ ...died, at: 1, id: idOf('app'), name: 'app', labels: {}, engineTimeMs: 1 }, undefined),
    ).toBe(false);
  });
});
