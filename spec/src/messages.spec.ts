import { isEndingSignal, isMessageOfStart, isOutdated } from '../../src/messages.ts';
import { gatewayFacts, idOf, killed } from './builders.ts';
import { settled } from './history.ts';

describe('a signal', () => {
  it.each(['15', '9', '2', '3', 'SIGTERM', 'SIGKILL', 'quit', undefined])(
    '%s ends any container',
    (signal) => {
      expect(isEndingSignal(signal, gatewayFacts())).toBe(true);
      expect(isEndingSignal(signal, gatewayFacts({ stopSignal: 37 }))).toBe(true);
      expect(isEndingSignal(signal, undefined)).toBe(true);
    },
  );

  it.each(['1', '10', '28', '37', 'SIGHUP', 'SIGWINCH', 'RTMIN+3', 'no signal'])(
    '%s ends no container that is stopped by SIGTERM',
    (signal) => {
      expect(isEndingSignal(signal, gatewayFacts())).toBe(false);
      expect(isEndingSignal(signal, gatewayFacts({ inspected: false }))).toBe(false);
    },
  );

  it.each([
    { signal: '28', stopSignal: 28, then: true },
    { signal: 'SIGRTMIN+3', stopSignal: 37, then: true },
    { signal: '1', stopSignal: 1, then: true },
    { signal: '1', stopSignal: 28, then: false },
    { signal: '10', stopSignal: 37, then: false },
  ])('$signal ends a container that is stopped by $stopSignal: $then', ({ signal, stopSignal, then }) => {
    expect(isEndingSignal(signal, gatewayFacts({ stopSignal }))).toBe(then);
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
  const outdated = (heard: number, engineTimeMs: number): boolean => {
    const { everything, now } = settled();
    const [event] = killed('gluetun')(everything as never, now);
    if (event === undefined) throw new Error('no message was made');
    const containers = {
      ...everything.containers,
      byId: {},
      engineTimeMs: { [idOf('gluetun')]: heard },
    };
    return isOutdated({ containers }, { ...event, engineTimeMs } as never);
  };

  it.each([
    { given: 'older than another one of its container', heard: 5_000, told: 4_000, then: true },
    { given: 'heard already', heard: 5_000, told: 5_000, then: true },
    { given: 'younger', heard: 5_000, told: 5_001, then: false },
  ])('$given is outdated: $then', ({ heard, told, then }) => {
    expect(outdated(heard, told)).toBe(then);
  });
});
