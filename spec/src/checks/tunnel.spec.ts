import type { State } from '../../../src/model/state.ts';
import {
  checkBlind,
  checkFailed,
  checkPassed,
  destroyed,
  inspectedAs,
  paused,
  restartMessages,
  seconds,
  site,
  started,
  stoppedByHand,
  turned,
} from '../builders.ts';
import { type Steps, settled } from '../history.ts';

const begins: Steps = [started('gluetun'), inspectedAs('gluetun', { health: 'starting' })];
const healthy: Steps = [turned('gluetun', 'healthy')];
const down: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];

describe('the tunnel', () => {
  it.each<{ is: State['tunnel']['value']; if: string; story: Steps }>([
    { is: 'up', if: 'the latest check passed', story: [] },
    { is: 'up', if: 'one check has failed', story: [seconds(30), checkFailed()] },
    {
      is: 'up',
      if: 'too few sites are down',
      story: [seconds(30), checkFailed('a'), seconds(10), checkFailed('a')],
    },
    { is: 'down', if: 'all sites have failed often enough', story: down },
    { is: 'down', if: 'the monitor restarts the gateway', story: [...down, ...stoppedByHand('gluetun')] },
    { is: 'unknown', if: 'the gateway is starting', story: begins },
    {
      is: 'unknown',
      if: 'no check has ended since the gateway became ready',
      story: [...begins, ...healthy],
    },
    {
      is: 'up',
      if: 'a check has passed since the gateway started',
      story: [...begins, ...healthy, checkPassed()],
    },
    { is: 'unknown', if: 'no probe can run', story: [seconds(30), checkBlind()] },
    {
      is: 'stopped',
      if: 'somebody has stopped the gateway',
      story: [...stoppedByHand('gluetun'), seconds(20)],
    },
    { is: 'stopped', if: 'the gateway is paused', story: [paused('gluetun')] },
    { is: 'stopped', if: 'the gateway is gone', story: [...stoppedByHand('gluetun'), destroyed('gluetun')] },
  ])('is $is if $if', ({ is, story }) => {
    const history = settled([], { sites: [site('a'), site('b')], settings: { siteQuorum: 'all' } });
    expect(history.feed(...story).state.tunnel.value).toBe(is);
  });

  it('is down since the first sign of the outage, and up since the check that passed', () => {
    const history = settled().feed(seconds(30));
    const firstSign = history.now;
    history.feed(checkFailed(), seconds(10), checkFailed(), seconds(5));
    expect(history.state.tunnel).toEqual({ value: 'down', since: firstSign });
    history.feed(...restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }), checkPassed());
    const { since } = history.state.tunnel;
    expect(history.feed(seconds(30), checkPassed()).state.tunnel).toEqual({ value: 'up', since });
  });
});
