import { VirtualTimeScheduler } from 'rxjs';
import { EngineClock, formatNanos, formatNanosPadded, parseUnixTime } from './clock.ts';

describe('the clock of the engine', () => {
  it('never shows the same instant twice, though the scheduler stands still', () => {
    const clock = new EngineClock(new VirtualTimeScheduler());
    const instants = [clock.stamp(), clock.stamp(), clock.stamp()];

    expect(new Set(instants).size).toBe(3);
    expect([...instants].sort((one, other) => (one < other ? -1 : 1))).toEqual(instants);
  });

  it.each([
    [1_795_373_766_670_542_220n, '2026-11-22T18:56:06.67054222Z'],
    [1_795_373_766_500_000_000n, '2026-11-22T18:56:06.5Z'],
    [1_795_373_766_000_000_000n, '2026-11-22T18:56:06Z'],
    [undefined, '0001-01-01T00:00:00Z'],
  ])('writes %s as %s', (nanos, text) => {
    expect(formatNanos(nanos)).toBe(text);
  });

  it('stamps log lines with all nine digits', () => {
    expect(formatNanosPadded(1_795_373_766_500_000_000n)).toBe('2026-11-22T18:56:06.500000000Z');
  });

  it.each([
    ['1795373766.5', 1_795_373_766_500_000_000n],
    ['1795373766.000000001', 1_795_373_766_000_000_001n],
    ['1795373766', 1_795_373_766_000_000_000n],
    ['yesterday', undefined],
  ])('reads %s', (text, nanos) => {
    expect(parseUnixTime(text)).toBe(nanos);
  });
});
