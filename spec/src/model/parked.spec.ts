import { isParked, parkedAs, parkedName } from '../../../src/model/parked.ts';
import { inTime } from '../../in-time.ts';
import { idOf } from '../builders.ts';

const id = idOf('app');
const named = (name: string) => ({ id, name });

describe('the parked name', () => {
  const name = parkedName('app', 'gluetun', id);

  it('contains the plain name, the gateway and the ID', () => {
    expect(name).toBe(`app.orphan-of-gluetun-${id.slice(0, 12)}`);
    expect(isParked(named(name))).toBe(true);
    expect(parkedAs(named(name))).toEqual({ name: 'app', gateway: 'gluetun' });
  });

  it('is accepted by the engine', () => {
    expect(name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);
  });

  it('tells apart gateways whose names end the same way', () => {
    expect(parkedAs(named(parkedName('app', 'us-gluetun', id)))?.gateway).toBe('us-gluetun');
  });

  it.each([
    ['an empty plain name', parkedName('', 'gluetun', id)],
    ['the ID of another container', parkedName('app', 'gluetun', idOf('other'))],
    ['an ordinary name', 'app'],
    ['a longer name', `${name}0`],
    ['a name with two lines', `x\n${name}`],
  ])('is not recognised for %s', (_, given) => {
    expect(isParked(named(given))).toBe(false);
  });
});

it('the search for a parked name is fast in a very long name', () => {
  expect(inTime(() => parkedAs({ id: 'abc', name: '.orphan-of-'.repeat(20_000) }))).toBeUndefined();
});

it('the search for a parked name accepts up to a thousand characters', () => {
  const ofLength = (length: number): string => {
    const rest = parkedName('', 'gluetun', id);
    return 'a'.repeat(length - rest.length) + rest;
  };
  expect(isParked(named(ofLength(1_000)))).toBe(true);
  expect(isParked(named(ofLength(1_001)))).toBe(false);
});
