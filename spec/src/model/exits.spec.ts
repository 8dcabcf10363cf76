import { type Exit, exitOf, isExpectedToEnd, withExit, withoutExits } from '../../../src/model/exits.ts';
import { engineText, idOf, onGateway } from '../builders.ts';

const app = onGateway('app');
const exit: Exit = { run: engineText(2_000), by: 'itself', stage: 'certain', at: 1 };

describe('the record of an exit', () => {
  it.each([
    { given: 'the run in the facts', record: exit, facts: app, then: exit },
    { given: 'another run', record: { ...exit, run: engineText(1_999) }, facts: app, then: undefined },
    {
      given: 'an unknown run',
      record: { ...exit, run: undefined },
      facts: app,
      then: { ...exit, run: undefined },
    },
    {
      given: 'a run of a container that could not be inspected',
      record: exit,
      facts: { ...app, details: undefined },
      then: exit,
    },
  ])('of $given is by: $then.by', ({ record, facts, then }) => {
    expect(exitOf({ exits: { [app.id]: record } }, facts)).toEqual(then);
  });

  it('does not exist for an unknown container', () => {
    expect(exitOf({ exits: {} }, app)).toBeUndefined();
  });

  it.each([
    { by: 'operator', stage: 'expected', then: true },
    { by: 'operator', stage: 'open', then: false },
    { by: 'operator', stage: 'certain', then: false },
    { by: 'monitor', stage: 'expected', then: false },
  ] as const)('says whether a stop by hand is expected: by $by, $stage, $then', (one) => {
    expect(isExpectedToEnd({ ...exit, ...one })).toBe(one.then);
  });
});

describe('the records of exits', () => {
  const all = { exits: { [app.id]: exit }, ending: false };

  it('can be extended and replaced', () => {
    const other: Exit = { ...exit, by: 'operator' };
    expect(withExit(all, idOf('db'), other).exits).toEqual({ [app.id]: exit, [idOf('db')]: other });
    expect(withExit(all, app.id, other)).toEqual({ exits: { [app.id]: other }, ending: false });
  });

  it('can be dropped by ID', () => {
    const more = withExit(all, idOf('db'), exit);
    expect(withoutExits(more, [app.id, idOf('tv')])).toEqual({
      exits: { [idOf('db')]: exit },
      ending: false,
    });
  });

  it('stay the same object if there is nothing to drop', () => {
    expect(withoutExits(all, [idOf('db')])).toBe(all);
    expect(withoutExits(all, [])).toBe(all);
  });
});
