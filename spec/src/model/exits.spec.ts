import { type Exit, exitOf, isExpectedToEnd, withExit, withoutExits } from '../../../src/model/exits.ts';
import { engineText, idOf, onGateway } from '../builders.ts';

const app = onGateway('app');
const exit: Exit = { run: engineText(2_000), by: 'itself', stage: 'certain', at: 1 };

describe('the record of an exit', () => {
  it.each([
    { given: 'the run that is shown', record: exit, facts: app, then: exit },
    { given: 'another run', record: { ...exit, run: engineText(1_999) }, facts: app, then: undefined },
    {
      given: 'a run that nobody has looked at',
      record: { ...exit, run: undefined },
      facts: app,
      then: { ...exit, run: undefined },
    },
    {
      given: 'a run, and the container could not be inspected,',
      record: exit,
      facts: { ...app, details: undefined },
      then: exit,
    },
  ])('that is of $given: $then.by', ({ record, facts, then }) => {
    expect(exitOf({ exits: { [app.id]: record } }, facts)).toEqual(then);
  });

  it('is none of one that nothing is known of', () => {
    expect(exitOf({ exits: {} }, app)).toBeUndefined();
  });

  it.each([
    { by: 'operator', stage: 'expected', then: true },
    { by: 'operator', stage: 'open', then: false },
    { by: 'operator', stage: 'certain', then: false },
    { by: 'monitor', stage: 'expected', then: false },
  ] as const)('tells of an end that is to come by the operator if it is $by, $stage: $then', (one) => {
    expect(isExpectedToEnd({ ...exit, ...one })).toBe(one.then);
  });
});

describe('the records of exits', () => {
  const all = { exits: { [app.id]: exit }, ending: false };

  it('take one more, or another one of the same container', () => {
    const other: Exit = { ...exit, by: 'operator' };
    expect(withExit(all, idOf('db'), other).exits).toEqual({ [app.id]: exit, [idOf('db')]: other });
    expect(withExit(all, app.id, other)).toEqual({ exits: { [app.id]: other }, ending: false });
  });

  it('lose those that are named, and only those', () => {
    const more = withExit(all, idOf('db'), exit);
    expect(withoutExits(more, [app.id, idOf('tv')])).toEqual({
      exits: { [idOf('db')]: exit },
      ending: false,
    });
  });

  it('are the same object if they have none of those that are named', () => {
    expect(withoutExits(all, [idOf('db')])).toBe(all);
    expect(withoutExits(all, [])).toBe(all);
  });
});
