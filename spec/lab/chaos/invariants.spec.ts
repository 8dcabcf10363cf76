import { type Call, type History, newHistory } from './history.ts';
import { violations } from './invariants.ts';

const T = 1_000_000;
const RULES = {
  backoffMs: 10_000,
  backoffMaxMs: 30_000,
  concurrency: 5,
  nameOf: (target: string): string => target,
};

const call = (verb: Call['verb'], target: string, from: number, to = from + 200, monitor = 1): Call => ({
  verb,
  target,
  from: T + from,
  to: T + to,
  monitor,
});

/** These calls, with a gateway that always ran and a monitor that was always connected. */
const seen = (calls: readonly Call[], more: Partial<History> = {}): History => ({
  ...newHistory(),
  gatewayRuns: [{ id: 'gluetun', from: 0, to: Infinity }],
  connections: [{ from: 0, to: Infinity }],
  monitors: [{ number: 1, from: 0, to: Infinity }],
  calls: [...calls],
  ...more,
});

const stop = { name: 'near', what: 'stop', from: T, to: T + 100 } as const;
const start = { name: 'near', what: 'start', from: T + 15_000, to: T + 15_100 } as const;
const full = { from: T - 10_000, to: T + 60_000 };

describe('the history of a chaos run', () => {
  it.each<{ given: string; history: History }>([
    { given: 'an empty history', history: seen([]) },
    {
      given: 'a recovery of the gateway, then of a wave of dependents in parallel',
      history: seen([
        call('restart', 'gluetun', 0, 500),
        call('restart', 'near', 600, 900),
        call('restart', 'keeper', 610, 950),
        call('restart', 'far', 1_000),
      ]),
    },
    {
      given: 'recoveries ten, twenty, thirty and thirty seconds apart',
      history: seen([0, 10_000, 30_000, 60_000, 90_000].map((at) => call('restart', 'gluetun', at))),
    },
    {
      given: "the monitor's own restart that left the gateway down, and the start after it",
      history: seen([call('restart', 'gluetun', 0, 400), call('start', 'gluetun', 5_000)], {
        gatewayRuns: [{ id: 'gluetun', from: 0, to: T + 100 }],
      }),
    },
    {
      given: 'a start after a stop and a start by hand',
      history: seen([call('restart', 'near', 16_000)], { acts: [stop, start] }),
    },
    {
      given: 'a start after a stop that no monitor could notice',
      history: seen([call('start', 'near', 20_000)], { acts: [stop], connections: [] }),
    },
    {
      given: 'an early restart by a monitor that could not know of the previous one',
      history: seen([call('restart', 'gluetun', 0), call('restart', 'gluetun', 4_000, 4_200, 2)], {
        diskFull: [full],
        monitors: [
          { number: 1, from: 0, to: T + 1_000 },
          { number: 2, from: T + 2_000, to: Infinity },
        ],
      }),
    },
  ])('violates no invariant: $given', ({ history }) => {
    expect(violations(history, RULES)).toEqual([]);
  });

  it.each<{ given: string; history: History; then: RegExp }>([
    ...['excluded', 'outsider', 'other', 'others-app', 'POST /volumes/prune'].map((name) => ({
      given: `a command for ${name}`,
      history: seen([call('restart', name, 0)]),
      then: new RegExp(`restart ${name}`),
    })),
    {
      given: 'a removal of the gateway',
      history: seen([call('remove', 'gluetun', 0)]),
      then: /remove gluetun/,
    },
    {
      given: 'a restart of a dependent during that of the gateway',
      history: seen([call('restart', 'gluetun', 0, 500), call('restart', 'near', 300)]),
      then: /restart near while there was another command for gluetun/,
    },
    {
      given: 'two commands for one dependent at the same time',
      history: seen([call('stop', 'near', 0, 500), call('start', 'near', 300)]),
      then: /start near while there was another command for near/,
    },
    {
      given: 'more commands for dependents at the same time than allowed',
      history: seen(
        ['near', 'far', 'keeper', 'named', 'always', 'resting'].map((name) => call('restart', name, 0)),
      ),
      then: /restart resting while/,
    },
    {
      given: 'a restart of a dependent while the gateway is down',
      history: seen([call('restart', 'near', 5_000)], { gatewayRuns: [{ id: 'gluetun', from: 0, to: T }] }),
      then: /restart near while its gateway did not run/,
    },
    {
      given: 'a restart of the gateway within the backoff',
      history: seen([0, 10_000, 21_000].map((at) => call('restart', 'gluetun', at))),
      then: /attempt 3 only 11000 ms after/,
    },
    {
      given: 'a restart of the gateway within the backoff of the previous monitor',
      history: seen([call('restart', 'gluetun', 0), call('restart', 'gluetun', 4_000, 4_200, 2)], {
        monitors: [
          { number: 1, from: 0, to: T + 1_000 },
          { number: 2, from: T + 2_000, to: Infinity },
        ],
      }),
      then: /attempt 2 only 4000 ms after/,
    },
    {
      given: 'a start of a dependent that was stopped by hand',
      history: seen([call('start', 'near', 20_000)], { acts: [stop] }),
      then: /start near, which its operator had stopped/,
    },
    {
      given: 'a start of a gateway that was stopped by hand',
      history: seen([call('start', 'gluetun', 20_000)], { acts: [{ ...stop, name: 'gluetun' }] }),
      then: /start gluetun, which its operator had stopped/,
    },
    {
      given: 'a start of a gateway that was stopped by hand while the monitor was not connected',
      history: seen([call('start', 'gluetun', 20_000)], {
        acts: [{ ...stop, name: 'gluetun' }],
        connections: [],
      }),
      then: /start gluetun, which its operator had stopped/,
    },
    {
      given: 'a dependent that did not exist',
      history: seen([], { losses: [{ at: T, name: 'keeper' }] }),
      then: /keeper exists neither under its name nor parked/,
    },
    {
      given: 'a monitor that ended by itself',
      history: seen([], { ends: [{ at: T, how: 'code 70' }] }),
      then: /ended by itself: code 70/,
    },
  ])('violates an invariant: $given', ({ history, then }) => {
    expect(violations(history, RULES)).toEqual([expect.stringMatching(then)]);
  });
});
