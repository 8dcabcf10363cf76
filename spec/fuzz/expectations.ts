import type { ContainerFacts } from '../../streams/events.ts';

const RUN_STATES = ['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead'];
const HEALTHS = ['none', 'starting', 'healthy', 'unhealthy'];
/** The longest delay of a timer in Node. */
const LONGEST_TIMER_SECONDS = 2 ** 31 / 1000;
const POLICIES = ['no', 'always', 'unless-stopped', 'on-failure'];

/** Safe as a key of the state and as a part of the engine's URLs. */
export const expectId = (id: string): void => expect(id).toMatch(/^[0-9a-f]{1,64}$/);

/** A map of texts whose keys are its own properties, whatever their names. */
export function expectHarmless(map: Readonly<Record<string, string>>): void {
  expect(Object.getPrototypeOf(map)).toBe(Object.prototype);
  expect(Object.values(map).filter((value) => typeof value !== 'string')).toEqual([]);
}

/** Everything a reducer may rely on. */
export function expectFacts(facts: ContainerFacts): void {
  expectId(facts.id);
  const { name, image, networkMode, labels, createdMs, runState, details } = facts;
  expect([name, image, networkMode].map((text) => typeof text)).toEqual(['string', 'string', 'string']);
  expect(name).not.toBe('');
  expect(RUN_STATES).toContain(runState);
  expect(createdMs).not.toBeNaN();
  expectHarmless(labels);
  if (details !== undefined) expectDetails(details);
}

function expectDetails(details: NonNullable<ContainerFacts['details']>): void {
  const { startedAt, startedAtMs, finishedAtMs, error, imageId, exitCode, stopTimeoutSeconds } = details;
  const { restartCount, maximumRetryCount, stopSignal } = details;
  expect([startedAt, error, imageId].map((text) => typeof text)).toEqual(['string', 'string', 'string']);
  for (const time of [startedAtMs ?? 1, finishedAtMs ?? 1])
    expect(time > 0 && Number.isFinite(time)).toBe(true);
  expect(stopTimeoutSeconds >= 0 && stopTimeoutSeconds < LONGEST_TIMER_SECONDS).toBe(true);
  for (const count of [exitCode, restartCount, maximumRetryCount]) expect(Number.isFinite(count)).toBe(true);
  expect(stopSignal > 0 && stopSignal <= 64).toBe(true);
  expect(typeof details.tty).toBe('boolean');
  expect(HEALTHS).toContain(details.health);
  expect(POLICIES).toContain(details.restartPolicy);
}
