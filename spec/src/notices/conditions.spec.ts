import type { ConditionKind } from '../../../src/notices/condition.ts';
import { changesIn, conditionsOf } from '../../../src/notices/conditions.ts';
import {
  checkBlind,
  checkFailed,
  checkPassed,
  connected,
  destroyed,
  disconnected,
  gatewayFacts,
  idOf,
  inspectedAs,
  listedAgain,
  listingFailed,
  logReadable,
  logUnreadable,
  onGateway,
  paused,
  restartBegun,
  restartFailed,
  restartMessages,
  seconds,
  site,
  started,
  stoppedByHand,
  succeeded,
  turned,
  unpaused,
} from '../builders.ts';
import { type History, type Setting, type Steps, settled } from '../history.ts';

const keysOf = ({ everything }: History): readonly string[] => conditionsOf(everything).map(({ key }) => key);
const app = onGateway('app');
const excluded = { settings: { exclude: ['gluetun'] } };
const down: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];

describe('a condition', () => {
  it('is none when all is well', () => {
    expect(keysOf(settled([app]))).toEqual([]);
  });

  it.each<{ kind: ConditionKind; key: string; setting?: Setting; begins: Steps; ends: Steps }>([
    {
      kind: 'engineLost',
      key: 'engineLost',
      begins: [disconnected('socket hang up')],
      ends: [connected(), listedAgain(gatewayFacts())],
    },
    {
      kind: 'listingFailed',
      key: 'listingFailed',
      begins: [listingFailed('Forbidden'), listingFailed('Forbidden')],
      ends: [listedAgain(gatewayFacts())],
    },
    {
      kind: 'gatewayAbsent',
      key: 'gatewayAbsent gluetun',
      begins: [destroyed('gluetun')],
      ends: [listedAgain(gatewayFacts())],
    },
    {
      kind: 'gatewayDown',
      key: 'gatewayDown gluetun',
      begins: [stoppedByHand('gluetun')],
      ends: [started('gluetun')],
    },
    {
      kind: 'gatewayPaused',
      key: 'gatewayPaused gluetun',
      begins: [paused('gluetun')],
      ends: [unpaused('gluetun')],
    },
    {
      kind: 'gatewayNotReady',
      key: 'gatewayNotReady gluetun',
      begins: [started('gluetun'), inspectedAs('gluetun', { health: 'starting' }), seconds(121)],
      ends: [turned('gluetun', 'healthy')],
    },
    {
      kind: 'gatewayLogUnreadable',
      key: 'gatewayLogUnreadable gluetun',
      begins: [logUnreadable(), logUnreadable()],
      ends: [logReadable()],
    },
    {
      kind: 'probesFailed',
      key: 'probesFailed gluetun',
      begins: [seconds(30), checkBlind(), seconds(30), checkBlind()],
      ends: [seconds(30), checkPassed()],
    },
    {
      kind: 'siteDown',
      key: 'siteDown gluetun https://a/',
      setting: excluded,
      begins: down,
      ends: [seconds(10), checkPassed()],
    },
    {
      kind: 'recoveryHeldBack',
      key: 'recoveryHeldBack gluetun',
      setting: excluded,
      begins: down,
      ends: [seconds(10), checkPassed()],
    },
    {
      kind: 'dependentCutOff',
      key: `dependentCutOff gluetun ${idOf('app')}`,
      begins: [
        ...restartMessages('gluetun'),
        inspectedAs('gluetun', { health: 'healthy' }),
        restartBegun('app'),
        restartFailed('app'),
      ],
      ends: [...restartMessages('app'), inspectedAs('app')],
    },
    {
      kind: 'orphanUnclaimed',
      key: `orphanUnclaimed gluetun ${idOf('lost')}`,
      begins: [listedAgain(gatewayFacts(), app, onGateway('lost', { on: 'f'.repeat(64) }))],
      ends: [destroyed('lost')],
    },
  ])('$kind begins once, is kept since then, and ends', ({ kind, key, setting, begins, ends }) => {
    const history = settled([app], setting);
    history.feed(...begins);
    const begun = conditionsOf(history.everything).find((one) => one.kind === kind);
    expect(begun).toMatchObject({ key, severity: expect.any(String) as string });
    expect(begun?.since).toBeLessThanOrEqual(history.now);
    expect(history.feed(...ends).everything.conditionStarts).not.toHaveProperty([key]);
  });

  it('keeps the time at which it began, whatever happens meanwhile', () => {
    const history = settled([app]).feed(seconds(30), checkBlind('there is no wget'));
    const [first] = conditionsOf(history.everything);
    history.feed(seconds(30), checkBlind('exec is forbidden'), paused('app'), unpaused('app'));
    expect(conditionsOf(history.everything)).toMatchObject([
      { kind: 'probesFailed', since: first?.since, reason: 'exec is forbidden' },
    ]);
  });

  it('is not what a recovery does itself', () => {
    const history = settled([app], { sites: [site('a')] }).feed(...down);
    history.feed(...restartMessages('gluetun'));
    expect(keysOf(history)).toEqual(['siteDown gluetun https://a/']);
    history.feed(inspectedAs('gluetun', { health: 'starting' }), succeeded());
    expect(keysOf(history)).toEqual(['siteDown gluetun https://a/']);
  });
});

describe('what a step has changed', () => {
  it('is what began and what ended, each once', () => {
    const history = settled([app], { settings: { exclude: ['gluetun'], failThreshold: 1 } });
    const seen: string[] = [];
    const look = (...steps: Steps): void => {
      const { everything: before } = history;
      const { began, ended } = changesIn(before, history.feed(...steps).everything);
      seen.push(...began.map(({ kind }) => `+ ${kind}`), ...ended.map(({ kind }) => `- ${kind}`));
    };
    look(seconds(30));
    look(checkFailed());
    look(seconds(10), checkFailed());
    look(seconds(10), checkPassed());
    expect(seen).toEqual(['+ recoveryHeldBack', '+ siteDown', '- recoveryHeldBack', '- siteDown']);
  });

  it('is nothing if the event changed nothing', () => {
    const { everything } = settled([app]);
    expect(changesIn(everything, everything)).toEqual({ began: [], ended: [] });
  });
});
