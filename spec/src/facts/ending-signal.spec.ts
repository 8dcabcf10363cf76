import { isEndingSignal } from '../../../src/facts/ending-signal.ts';
import { gatewayFacts } from '../builders.ts';

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
