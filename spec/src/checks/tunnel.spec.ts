import type { State } from '../../../src/model/state.ts';
import type { NoticeOf } from '../../../src/notices/notice.ts';
import {
  asked,
  type Happening,
  checkBlind,
  checkFailed,
  checkPassed,
  destroyed,
  happens,
  idOf,
  inspectedAs,
  paused,
  restartMessages,
  seconds,
  site,
  started,
  stoppedByHand,
  succeeded,
  turned,
} from '../builders.ts';
import { type History, type Steps, settled } from '../history.ts';

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
    expect(history.state.tunnel).toMatchObject({ value: 'down', since: firstSign });
    history.feed(
      ...restartMessages('gluetun'),
      inspectedAs('gluetun', { health: 'healthy' }),
      succeeded(),
      checkPassed(),
    );
    const { since } = history.state.tunnel;
    expect(history.feed(seconds(30), checkPassed()).state.tunnel).toEqual({ value: 'up', since });
  });
});

describe('the end of an outage', () => {
  const outages = (history: History): readonly NoticeOf<'outageEnded'>[] =>
    history.notices.filter((notice): notice is NoticeOf<'outageEnded'> => notice.kind === 'outageEnded');
  const restarted: Steps = [
    ...restartMessages('gluetun'),
    inspectedAs('gluetun', { health: 'healthy' }),
    succeeded(),
    checkPassed(),
  ];

  it('is told once, with how long it lasted since the first sign, the sites that were down, and why', () => {
    const history = settled().feed(seconds(30));
    const firstSign = history.now;
    history.feed(checkFailed(), seconds(10), checkFailed(), seconds(5), ...restarted);
    expect(outages(history)).toEqual([
      {
        kind: 'outageEnded',
        gateway: 'gluetun',
        name: 'gluetun',
        lastedMs: history.now - 1 - firstSign,
        cause: 'sites',
        sites: ['https://a'],
        reason: 'Network failure (DNS or connection)',
        trouble: undefined,
      },
    ]);
    expect(outages(history.feed(seconds(30), checkPassed()))).toHaveLength(1);
  });

  it('is not told of a tunnel that worked when the operator asked for a recovery', () => {
    const history = settled().feed(seconds(30), checkPassed(), asked('recover'), seconds(1), ...restarted);
    expect(history.state.tunnel.value).toBe('up');
    expect(history.state.latestRecovery).toBeDefined();
    expect(outages(history)).toEqual([]);
  });

  it('quotes what Gluetun said meanwhile, though its log begins anew', () => {
    const said = happens({
      type: 'gatewayTroubleLogged',
      gatewayId: idOf('gluetun'),
      isPast: false,
      text: 'AUTH_FAILED',
    });
    const history = settled().feed(...down, said, seconds(1), ...restarted);
    expect(outages(history)).toMatchObject([{ trouble: 'AUTH_FAILED' }]);
  });

  it('comes only when a check passes, also if somebody stops and starts the gateway to mend it', () => {
    const history = settled([], { settings: { exclude: ['gluetun'] } }).feed(...down);
    history.feed(...stoppedByHand('gluetun'), seconds(20));
    expect(history.state.tunnel.value).toBe('stopped');
    history.feed(...begins);
    expect(outages(history)).toEqual([]);
    expect(outages(history.feed(...healthy, checkPassed()))).toMatchObject([{ cause: 'sites' }]);
  });

  it('is not told of a failure that no other check confirmed, nor of a stop by hand', () => {
    const history = settled().feed(seconds(30), checkFailed(), seconds(10), checkPassed());
    history.feed(...stoppedByHand('gluetun'), seconds(20), ...begins, ...healthy, checkPassed());
    expect(outages(history)).toEqual([]);
  });

  it('names the line if the witness was silent at any time of it', () => {
    const asked = (answers: boolean): Happening => {
      return ({ shared: { witness } }, at) => [
        {
          type: 'witnessProbed',
          at,
          requestId: witness.value === 'none' ? -1 : (witness.awaited ?? -1),
          answers,
          ...(!answers && { reason: 'no answer' }),
        },
      ];
    };
    const history = settled([], { hasWitness: true }).feed(asked(true), ...down);
    expect(history.state.tunnel.outage?.cause).toBe('sites');
    history.feed(asked(false), seconds(1), asked(false));
    expect(history.state.tunnel.outage?.cause).toBe('line');
    history.feed(seconds(1), asked(true), seconds(10), checkPassed());
    expect(outages(history)).toMatchObject([{ cause: 'line' }]);
  });
});
