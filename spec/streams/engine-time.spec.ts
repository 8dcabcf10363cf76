import fc from 'fast-check';
import { engineTimeMs, sinceOf } from '../../streams/engine-time.ts';

describe('engineTimeMs', () => {
  it.each([
    ['2026-11-22T18:14:49Z', 1795371289000],
    ['2026-11-22T18:14:49.5Z', 1795371289500],
    ['2026-11-22T18:14:49.018670542Z', 1795371289018.6704],
    ['2026-11-22T18:14:49.01867054Z', 1795371289018.6704],
    ['2026-11-22T20:14:49.5+02:00', 1795371289500],
    ['2026-11-22T13:14:49.5-05:00', 1795371289500],
  ])('reads %s', (written, ms) => {
    expect(engineTimeMs(written)).toBeCloseTo(ms, 3);
  });

  it.each([
    ['the zero time of a container that never ran', '0001-01-01T00:00:00Z'],
    ['an empty string', ''],
    ['a date alone', '2026-11-22'],
    ['a time without a zone', '2026-11-22T18:14:49'],
    ['ten fractional digits', '2026-11-22T18:14:49.0123456789Z'],
    ['an invalid month', '2026-13-22T18:14:49Z'],
    ['text around it', 'at 2026-11-22T18:14:49Z'],
    ['seconds since the epoch', '1795371289.000000000'],
  ])('reads no time from %s', (_, written) => {
    expect(engineTimeMs(written)).toBeUndefined();
  });

  it('orders times with trimmed zeros correctly, which a string comparison would not', () => {
    expect(engineTimeMs('2026-11-22T18:14:49.09Z')).toBeLessThan(engineTimeMs('2026-11-22T18:14:49.1Z') ?? 0);
    expect(engineTimeMs('2026-11-22T18:14:49Z')).toBeLessThan(engineTimeMs('2026-11-22T18:14:49.1Z') ?? 0);
  });
});

describe('sinceOf', () => {
  it.each([
    ['2026-11-22T18:14:49Z', '1795371289.000000000'],
    ['2026-11-22T18:14:49.5Z', '1795371289.500000000'],
    ['2026-11-22T18:14:49.018670542Z', '1795371289.018670542'],
    ['2026-11-22T20:14:49.5+02:00', '1795371289.500000000'],
    ['2026-11-22T18:14:49.999999999Z', '1795371289.999999999'],
    ['0001-01-01T00:00:00Z', '0.000000000'],
    ['', '0.000000000'],
  ])('writes %s as %s', (written, since) => {
    expect(sinceOf(written)).toBe(since);
  });

  it('is exact to the nanosecond at any time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4e9 }), fc.integer({ min: 0, max: 999_999_999 }), (s, ns) => {
        const nanos = String(ns).padStart(9, '0');
        const written = new Date(s * 1000).toISOString().replace('.000Z', `.${nanos}Z`);
        expect(sinceOf(written)).toBe(`${s}.${nanos}`);
      }),
    );
  });
});
