import { isEndingSignal, isOutdated } from '../../src/messages.ts';
import { created, died, gatewayFacts, killed, restarted, started, stopped } from './builders.ts';
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

describe('a signal or an end', () => {
  const outdated = (say: typeof killed, startedAt: number, engineTimeMs: number): boolean => {
    const { everything, now } = settled([], { gateway: gatewayFacts({ startedAt }) });
    const [event] = say('gluetun')(everything as never, now);
    if (event === undefined) throw new Error('no message was made');
    return isOutdated(everything, { ...event, engineTimeMs } as never);
  };

  it.each([
    { given: 'from before the present start', startedAt: 5_000, told: 4_999, then: true },
    { given: 'from after it', startedAt: 5_000, told: 5_001, then: false },
  ])('$given is outdated: $then', ({ startedAt, told, then }) => {
    for (const say of [killed, died, stopped] as (typeof killed)[])
      expect(outdated(say, startedAt, told)).toBe(then);
  });

  it.each([started, created, restarted])(
    'is the only message that can be: the others lead to a look',
    (say) => {
      expect(outdated(say as typeof killed, 5_000, 4_000)).toBe(false);
    },
  );
});
