import { isParked, parkedAs, parkedName } from '../../../src/model/parked.ts';
import { inTime } from '../../in-time.ts';
import { idOf } from '../builders.ts';

const id = idOf('app');
const named = (name: string) => ({ id, name });

describe('the name of what is parked', () => {
  const name = parkedName('app', 'gluetun', id);

  it('tells what it was called, whose orphan it is, and its own id', () => {
    expect(name).toBe(`app.orphan-of-gluetun-${id.slice(0, 12)}`);
    expect(isParked(named(name))).toBe(true);
    expect(parkedAs(named(name))).toEqual({ name: 'app', gateway: 'gluetun' });
  });

  it('is one the engine accepts', () => {
    expect(name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);
  });

  it('keeps apart gateways whose names end alike', () => {
    expect(parkedAs(named(parkedName('app', 'us-gluetun', id)))?.gateway).toBe('us-gluetun');
  });

  it.each([
    ['no container at all', parkedName('', 'gluetun', id)],
    ['a container that has not its id in its name', parkedName('app', 'gluetun', idOf('other'))],
    ['a container of an ordinary name', 'app'],
    ['a container whose name goes on', `${name}0`],
    ['a container whose name has two lines', `x\n${name}`],
  ])('is not that of %s', (_, given) => {
    expect(isParked(named(given))).toBe(false);
  });
});

it('is not looked for in the longest of names', () => {
  expect(inTime(() => parkedAs({ id: 'abc', name: '.orphan-of-'.repeat(20_000) }))).toBeUndefined();
});

it('is looked for in names of a thousand characters, and in no longer ones', () => {
  const ofLength = (length: number): string => {
    const rest = parkedName('', 'gluetun', id);
    return 'a'.repeat(length - rest.length) + rest;
  };
  expect(isParked(named(ofLength(1_000)))).toBe(true);
  expect(isParked(named(ofLength(1_001)))).toBe(false);
});
