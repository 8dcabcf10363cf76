import type { Cause } from './causes.ts';
import { FATES, cellOf, fateOf } from './cell.ts';
import { DEPENDENTS } from './dependents.ts';
import { BYSTANDER, GATEWAY, RENAMED } from './names.ts';
import { type Play, cellIn } from './play.ts';

const ROWS = (cause: Cause): readonly { title: string; name: string; fate: keyof typeof FATES }[] =>
  DEPENDENTS.map((dependent) => ({ ...dependent, fate: fateOf(cause, dependent) }));

/** The tests of one cause: the outcome for each dependent, and what holds for every cause. */
export function itComesOut(cause: Cause, played: () => Play): void {
  it.each(ROWS(cause))('has a dependent $title $fate', ({ name, fate }) => {
    expect(cellIn(cause, played(), name)).toMatchObject(FATES[fate]);
  });

  it('is not touched itself by the monitor', () => {
    const { brought, after } = played();
    const name = cause.leaves === 'another name' ? RENAMED : GATEWAY;
    expect(cellOf(name, brought, after)).toMatchObject(FATES['left running']);
  });

  it('affects no unrelated container, and leaves no container behind', () => {
    const { brought, after } = played();
    expect(cellIn(cause, played(), BYSTANDER)).toMatchObject(FATES['left alone']);
    expect([...after.keys()].sort()).toEqual([...brought.keys()].sort());
  });

  it('has only the dependents put back that need it, and each of them once', () => {
    const repaired = repairedIn(played().said);
    const mayBe = ROWS(cause).filter(({ fate }) => /put back|created/.test(fate));
    expect(repaired.filter((one) => !mayBe.some(({ name }) => name === one))).toEqual([]);
    expect(repaired.filter((one, index) => repaired.indexOf(one) !== index)).toEqual([]);
  });
}

/** The dependents that the monitor tried to put back according to its log, once for each attempt. */
const repairedIn = (messages: readonly string[]): readonly string[] =>
  messages.flatMap((message) => /(?:Restarting|Re-creating) (.+)\.\.\.$/.exec(message)?.[1] ?? []);
