import { isEndingSignal, isMessageOfStart, isOutdated } from '../../src/messages.ts';
import { idOf, killed } from './builders.ts';
import { settled } from './history.ts';

describe('a signal', () => {
  const isEnding = (signal: string | undefined, to = 'gluetun'): boolean => {
    const { state, now } = settled();
    const [event] = killed(to, signal)(state, now);
    return event !== undefined && isEndingSignal({ ...event, signal } as never, idOf('gluetun'));
  };

  it.each(['15', '9', '2', '3', 'SIGTERM', 'SIGKILL', undefined])('%s ends it', (signal) => {
    expect(isEnding(signal)).toBe(true);
  });

  it.each(['1', '10', 'SIGHUP'])('%s does not', (signal) => {
    expect(isEnding(signal)).toBe(false);
  });

  it('to another container is none', () => {
    expect(isEnding('15', 'other')).toBe(false);
  });
});

describe('the message of a start', () => {
  it.each([
    { given: 'right after it', startedAtMs: 1_000, engineTimeMs: 1_000.4, then: true },
    { given: 'a good while after it', startedAtMs: 1_000, engineTimeMs: 6_000, then: false },
    { given: 'before it', startedAtMs: 1_000, engineTimeMs: 999, then: false },
    { given: 'where no start is known', startedAtMs: undefined, engineTimeMs: 1_000, then: false },
  ])('$given speaks of it: $then', ({ startedAtMs, engineTimeMs, then }) => {
    expect(isMessageOfStart(startedAtMs, engineTimeMs)).toBe(then);
  });
});

describe('a message', () => {
  const HOUR_MS = 3_600_000;
  const listedAt = 10 * HOUR_MS;
  const outdated = (heard: number, engineTimeMs: number, engineMs: number): boolean => {
    const { everything, now } = settled();
    const [event] = killed('gluetun')(everything as never, now);
    if (event === undefined) throw new Error('no message was made');
    const containers = {
      ...everything.containers,
      byId: {},
      engineTimeMs: { [idOf('gluetun')]: heard },
      engineClock: { engineMs, at: listedAt },
    };
    return isOutdated({ containers }, { ...event, at: listedAt, engineTimeMs } as never);
  };

  it.each([
    { given: 'older than another one of its container', heard: 5_000, told: 4_000, clock: 6_000, then: true },
    { given: 'heard already', heard: 5_000, told: 5_000, clock: 6_000, then: true },
    { given: 'younger', heard: 5_000, told: 5_001, clock: 6_000, then: false },
    {
      given: 'from after the clock was set back: the other one lies in the future',
      heard: 5 * HOUR_MS,
      told: 2 * HOUR_MS,
      clock: 2 * HOUR_MS,
      then: false,
    },
  ])('$given is outdated: $then', ({ heard, told, clock, then }) => {
    expect(outdated(heard, told, clock)).toBe(then);
  });
});
