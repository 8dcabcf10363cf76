import { isParked, originalName, parkedName } from '../../src/parked.ts';
import { idOf } from './builders.ts';

const id = idOf('app');
const named = (name: string) => ({ id, name });

describe('the name of what is parked', () => {
  const name = parkedName('app', 'gluetun', id);

  it('tells what it was called, whose orphan it is, and its own id', () => {
    expect(name).toBe(`app.orphan-of-gluetun-${id.slice(0, 12)}`);
    expect(isParked(named(name))).toBe(true);
    expect(originalName(named(name), 'gluetun')).toBe('app');
  });

  it('is one the engine accepts', () => {
    expect(name).toMatch(/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/);
  });

  it.each([
    ['of another gateway', parkedName('app', 'gluetun-us', id)],
    ['of no container at all', parkedName('', 'gluetun', id)],
    ['by chance, without its own id', parkedName('app', 'gluetun', idOf('other'))],
    ['not at all', 'app'],
  ])('has no original name for this gateway where it is named so %s', (_, given) => {
    expect(originalName(named(given), 'gluetun')).toBeUndefined();
  });

  it('keeps apart gateways whose names end alike', () => {
    expect(originalName(named(parkedName('app', 'us-gluetun', id)), 'gluetun')).toBeUndefined();
  });

  it('is not read into a name that only looks like one', () => {
    expect(isParked(named(parkedName('app', 'gluetun', idOf('other'))))).toBe(false);
    expect(isParked(named('app'))).toBe(false);
  });
});
