import { initialState } from '../../../src/loop/initial-state.ts';
import { reduce } from '../../../src/loop/reduce.ts';
import {
  type Happening,
  SETTINGS,
  checkFailed,
  checkPassed,
  connected,
  facts,
  gatewayFacts,
  happens,
  listed,
  minutes,
  seconds,
  site,
} from '../builders.ts';
import { History, settled } from '../history.ts';

const awaited = ({ everything: { witness } }: History): number =>
  witness.value === 'none' ? -1 : (witness.awaited ?? -1);
const probed = (history: History, answers: boolean, reason?: string): History =>
  history.feed(
    happens({ type: 'witnessProbed', requestId: awaited(history), answers, ...(reason && { reason }) }),
  );
const answers = (history: History): History => probed(history, true);
const fails = (history: History, reason?: string): History => probed(history, false, reason);

/** It has just answered for the first time, and all is well. */
const answering = (): History => answers(settled([], { hasWitness: true })).forget();
const ignored = (): History => fails(settled([], { hasWitness: true }));
const nextCheck = (history: History, outcome: Happening): History =>
  history.feed(...(history.state.checking.running === undefined ? [seconds(30)] : []), outcome);
/** It did not answer once, and is asked again. */
const silent = (): History => fails(answering().feed(minutes(1))).feed(seconds(1));

const DOWN =
  'The line itself seems down: the witness does not answer (no answer within 3 s); no recovery starts until it does';
const REASON = 'no answer within 3 s';

/** When it was asked, in seconds from now on, while it answers so each time at once. */
function askedWithin(history: History, total: number, answer: (history: History) => History): number[] {
  const times: number[] = [];
  for (let tenth = 1; tenth <= total * 10; tenth += 1) {
    history.feed({ waitMs: 100 });
    if (awaited(history) === -1) continue;
    times.push(Math.floor(tenth / 10));
    answer(history);
  }
  return times;
}

describe('the witness is probed', () => {
  it('at the start, once', () => {
    const history = settled([], { hasWitness: true });
    const questions = new History({ hasWitness: true }).feed(connected()).commands;
    expect(questions).toContainEqual({ kind: 'probeWitness', requestId: awaited(history) });
  });

  it.each<{ given: string; history: () => History; answer: typeof answers; within: number; at: number[] }>([
    {
      given: 'every minute while all is well',
      history: answering,
      answer: answers,
      within: 150,
      at: [60, 120],
    },
    {
      given: 'every minute while it is ignored',
      history: ignored,
      answer: fails,
      within: 150,
      at: [60, 120],
    },
    {
      given: 'every second while it does not answer',
      history: () => fails(silent()),
      answer: fails,
      within: 3.5,
      at: [1, 2, 3],
    },
    {
      given: 'every five seconds during an outage in which it answers',
      history: () => answers(nextCheck(answering(), checkFailed())),
      answer: answers,
      within: 19,
      at: [5, 10, 15],
    },
  ])('$given', ({ history, answer, within, at }) => {
    expect(askedWithin(history(), within, answer)).toEqual(at);
  });

  it('never if there is none', () => {
    nextCheck(settled(), checkFailed()).feed(minutes(5)).expectCommandCount('probeWitness', 0);
  });

  it('once at a time, even if an outage begins meanwhile', () => {
    nextCheck(answering().feed(minutes(1)), checkFailed())
      .feed(minutes(3))
      .expectCommandCount('probeWitness', 1);
  });

  it('with requests that have their own IDs', () => {
    const history = settled([], { hasWitness: true });
    for (let minute = 0; minute < 4; minute += 1) nextCheck(answers(history).feed(minutes(1)), checkPassed());
    const ids = history.commands.flatMap((command) => {
      if (command.kind === 'probeWitness') return [command.requestId];
      return command.kind === 'checkSites' ? [command.checkId] : [];
    });
    expect(ids.length).toBeGreaterThan(5);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('at the first failure of one of two gateways', () => {
    const history = new History();
    const settings = [SETTINGS, { ...SETTINGS, gateway: 'vpn2' }];
    history.everything = initialState(settings, [site('a')], { hasWitness: true });
    history.feed(connected(), listed(gatewayFacts(), facts('vpn2', { health: 'healthy' })), checkPassed());
    answers(history).expectCommandCount('probeWitness', 1);
    nextCheck(history, checkFailed()).expectCommandCount('probeWitness', 2);
    expect(askedWithin(answers(history), 9, answers)).toEqual([5]);
    // If a check of one gateway passes, the line is up; it takes no second one.
    fails(history.feed(seconds(1))).feed(seconds(1));
    nextCheck(history, checkPassed());
    fails(fails(history).feed(seconds(1))).expectLine(/it is ignored until it does$/);
  });

  it('without a change of the state while nothing is due', () => {
    const { everything, now } = answering().feed(seconds(1));
    expect(reduce(everything, { type: 'timeReached', at: now }).state).toBe(everything);
  });
});

describe('the answer of the witness', () => {
  it('counts only if it belongs to the current request', () => {
    const history = silent();
    const late = happens({ type: 'witnessProbed', requestId: awaited(history) - 1, answers: true });
    fails(history.feed(late), REASON).expectLines(DOWN);
  });

  it('leads to one line when the line goes down and one when it is up again', () => {
    const history = fails(silent(), REASON)
      .expectLines(DOWN)
      .expectLine(/seems down/, 'warn')
      .forget();
    expect(fails(history.feed(seconds(1))).said).toHaveLength(0);
    answers(history.feed(seconds(10)))
      .expectLines('The line is up again after 12s, says the witness; checking the sites now')
      .expectLine(/up again/, 'info');
  });

  it('is not logged while it comes, nor if it is missing once', () => {
    expect(answers(answering().feed(minutes(1))).said).toHaveLength(0);
    expect(answers(silent()).said).toHaveLength(0);
  });

  it('makes an ignored witness count again', () => {
    const history = ignored().forget().feed(minutes(1));
    expect(fails(history).said).toHaveLength(0);
    answers(history.feed(minutes(1)))
      .expectLines('The witness answers, and counts from now on')
      .expectLine(/counts from now on/, 'info');
    fails(fails(history.forget().feed(minutes(1)), REASON).feed(seconds(1)), REASON).expectLines(DOWN);
  });

  it('is no longer waited for if it is missing although a check has passed', () => {
    const history = nextCheck(silent(), checkPassed());
    // This question was under way before.
    fails(history, REASON).expectLines(DOWN).forget().feed(seconds(1));
    // One more check that passes does not put it off.
    nextCheck(history, checkPassed());
    fails(history).expectLines(
      'The witness does not answer though the sites can be reached through the tunnel; it is ignored until it does',
    );
    expect(askedWithin(history, 150, fails)).toEqual([60, 120]);
  });
});
