import { texts, without } from '../../../../src/acts/recreation/json-parts.ts';

describe('of what the engine told', () => {
  it('a list has only its texts', () => {
    expect(texts(['a', 5, null, ['b'], ''])).toEqual(['a', '']);
  });

  it('nothing is asked for that has no value', () => {
    expect(Object.keys(without({ a: undefined, b: null, c: 0, d: 1 }, ['d']))).toEqual(['b', 'c']);
  });
});
