import type { Act } from '../../../src/model/act.ts';
import { begunBetween, isBeingStarted, isInWave, outcomeOf, waveOf } from '../../../src/model/in-flight.ts';
import type { State } from '../../../src/model/state.ts';
import type { Event } from '../../../streams/events.ts';
import { idOf, waveUnderWay } from '../builders.ts';
import { settled } from '../history.ts';

const OWNER = { id: idOf('gluetun'), name: 'gluetun' };
const wave = waveUnderWay({
  id: idOf('app'),
  name: 'app',
  how: 'restart',
  run: undefined,
  startedAt: undefined,
  owner: OWNER,
});
const start: Act = { kind: 'startGateway', id: 7, gateway: OWNER };

const acting = (act: Act | undefined, gateway = 'gluetun'): State => ({
  ...settled().state,
  shared: { ...settled().state.shared, inFlight: act && { ...wave, act, gateway } },
});
const over = (id: number): Event => ({
  type: 'actEnded',
  at: 1,
  id,
  kind: 'any',
  outcome: { ok: true },
});

describe('the act in flight', () => {
  it('counts as a wave only for the gateway whose dependents it repairs', () => {
    expect(waveOf(acting(wave.act))).toEqual({
      ...wave.progress,
      dependents: [expect.objectContaining({ name: 'app' })],
    });
    expect(waveOf(acting(wave.act, 'another'))).toBeUndefined();
    expect(waveOf(acting(start))).toBeUndefined();
    expect(waveOf(acting(undefined))).toBeUndefined();
  });

  it('has exactly the dependents being repaired in its wave', () => {
    expect(isInWave(acting(wave.act), idOf('app'))).toBe(true);
    expect(isInWave(acting(wave.act), idOf('far'))).toBe(false);
    expect(isInWave(acting(undefined), idOf('app'))).toBe(false);
  });

  it('counts as a start only for the gateway that it starts', () => {
    expect(isBeingStarted(acting(start))).toBe(true);
    expect(isBeingStarted(acting(start, 'another'))).toBe(false);
    expect(isBeingStarted(acting(wave.act))).toBe(false);
    expect(isBeingStarted(acting(undefined))).toBe(false);
  });

  it.each<{ given: string; event: Event; state: State; outcome: object | undefined }>([
    { given: 'its end', event: over(7), state: acting(start), outcome: { ok: true } },
    { given: 'the end of another act', event: over(8), state: acting(start), outcome: undefined },
    { given: "the end of another gateway's act", event: over(7), state: acting(start, 'another'), outcome: undefined },
    { given: 'the end of an act of another kind', event: over(wave.act.id), state: acting(wave.act), outcome: undefined },
    { given: 'an end while no act is in flight', event: over(7), state: acting(undefined), outcome: undefined },
    { given: 'another event', event: { type: 'timeReached', at: 1 }, state: acting(start), outcome: undefined },
  ])('given $given has this outcome: $outcome', ({ event, state, outcome }) => {
    expect(outcomeOf(event, state, 'startGateway')).toEqual(outcome);
  }); // prettier-ignore

  it('has begun between two states if only the later one contains it', () => {
    const [idle, busy] = [acting(undefined).shared, acting(start).shared];
    const further = { ...busy, inFlight: busy.inFlight && { ...busy.inFlight, progress: wave.progress } };
    expect(begunBetween(idle, busy)).toBe(start);
    expect(begunBetween(acting(wave.act).shared, busy)).toBe(start);
    expect(begunBetween(busy, further)).toBeUndefined();
    expect(begunBetween(busy, idle)).toBeUndefined();
    expect(begunBetween(idle, idle)).toBeUndefined();
  });
});
