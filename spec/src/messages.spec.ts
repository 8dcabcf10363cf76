import { isEndingSignal, isMessageOfStart } from '../../src/messages.ts';
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
