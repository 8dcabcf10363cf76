import * as v from 'valibot';
import { decoded, listOf, maybe, object, part, recordOf, text, textRecord } from '../../streams/schemas.ts';

describe('a schema for untrusted JSON', () => {
  const cases: { what: string; schema: v.GenericSchema; given: unknown; then: unknown }[] = [
    { what: 'accepts an object', schema: object({ a: text }), given: { a: 'b', more: 1 }, then: { a: 'b' } },
    { what: 'fills in a missing field', schema: object({ a: text }), given: {}, then: { a: '' } },
    { what: 'rejects a list as an object', schema: object({ a: text }), given: [], then: undefined },
    {
      what: 'keeps the valid items of a list',
      schema: listOf(v.string()),
      given: ['a', 1, null, 'b'],
      then: ['a', 'b'],
    },
    {
      what: 'rejects an object as a list',
      schema: listOf(v.string()),
      given: { length: 1 },
      then: undefined,
    },
    {
      what: 'keeps the valid entries of a record',
      schema: recordOf(v.number()),
      given: { a: 1, b: 'x' },
      then: { a: 1 },
    },
    {
      what: 'keeps any key of a record but __proto__',
      schema: recordOf(v.number()),
      given: JSON.parse('{"__proto__": 1, "constructor": 2}') as unknown,
      then: { constructor: 2 },
    },
    { what: 'rejects a list as a record', schema: recordOf(v.number()), given: [1], then: undefined },
    {
      what: 'handles optional fields',
      schema: object({ a: maybe(v.string()), b: maybe(v.string()), c: part({ d: text }), e: textRecord }),
      given: { a: 'x', b: 1 },
      then: { a: 'x', b: undefined, c: { d: '' }, e: {} },
    },
    {
      what: 'uses the default for an invalid field',
      schema: object({ a: text, c: part({ d: text }), e: textRecord }),
      given: { a: 1, c: [], e: { f: 'g', h: 2 } },
      then: { a: '', c: { d: '' }, e: { f: 'g' } },
    },
  ];
  it.each(cases)('$what', ({ schema, given, then }) => {
    expect(decoded(schema, given)).toStrictEqual(then);
  });
});
