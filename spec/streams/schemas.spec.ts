import * as v from 'valibot';
import { decoded, listOf, maybe, object, part, recordOf, text, textRecord } from '../../streams/schemas.ts';

describe('a schema for untrusted JSON', () => {
  const cases: { what: string; schema: v.GenericSchema; given: unknown; then: unknown }[] = [
    { what: 'an object', schema: object({ a: text }), given: { a: 'b', more: 1 }, then: { a: 'b' } },
    { what: 'an object with a part missing', schema: object({ a: text }), given: {}, then: { a: '' } },
    { what: 'no list as an object', schema: object({ a: text }), given: [], then: undefined },
    { what: 'of a list what fits', schema: listOf(v.string()), given: ['a', 1, null, 'b'], then: ['a', 'b'] },
    { what: 'no object as a list', schema: listOf(v.string()), given: { length: 1 }, then: undefined },
    { what: 'of a record what fits', schema: recordOf(v.number()), given: { a: 1, b: 'x' }, then: { a: 1 } },
    {
      what: 'any key of a record but __proto__',
      schema: recordOf(v.number()),
      given: JSON.parse('{"__proto__": 1, "constructor": 2}') as unknown,
      then: { constructor: 2 },
    },
    { what: 'no list as a record', schema: recordOf(v.number()), given: [1], then: undefined },
    {
      what: 'parts that may be missing',
      schema: object({ a: maybe(v.string()), b: maybe(v.string()), c: part({ d: text }), e: textRecord }),
      given: { a: 'x', b: 1 },
      then: { a: 'x', b: undefined, c: { d: '' }, e: {} },
    },
    {
      what: 'nothing of a part that is wrong',
      schema: object({ a: text, c: part({ d: text }), e: textRecord }),
      given: { a: 1, c: [], e: { f: 'g', h: 2 } },
      then: { a: '', c: { d: '' }, e: { f: 'g' } },
    },
  ];
  it.each(cases)('takes $what', ({ schema, given, then }) => {
    expect(decoded(schema, given)).toStrictEqual(then);
  });
});
