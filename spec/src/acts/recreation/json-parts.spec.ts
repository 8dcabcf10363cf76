import { texts, without } from '../../../../src/acts/recreation/json-parts.ts';

describe("the parts of an engine's answer", () => {
  it('keep only the texts of a list', () => {
    expect(texts(['a', 5, null, ['b'], ''])).toEqual(['a', '']);
  });

  it('leave out fields without a value', () => {
    expect(Object.keys(without({ a: undefined, b: null, c: 0, d: 1 }, ['d']))).toEqual(['b', 'c']);
  });
});
