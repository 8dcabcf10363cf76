import type { ContainerFacts, Store } from '../../../streams/events.ts';
import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import type { ConditionKind, Unrepaired } from '../../../src/notices/condition.ts';
import { changesIn, conditionsOf } from '../../../src/notices/conditions.ts';
import {
  asked,
  type Happening,
  checkBlind,
  checkFailed,
  checkPassed,
  connected,
  destroyed,
  died,
  disconnected,
  endpointUnavailable,
  gatewayFacts,
  happens,
  inspectedAs,
  listed,
  listedAgain,
  listingFailed,
  logReadable,
  logUnreadable,
  minutes,
  onGateway,
  paused,
  publicIpLogged,
  renamed,
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
import { idOf } from '../containers.ts';
import { History, type Setting, type Steps, settled } from '../history.ts';

const cutOff: Steps = [...restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' })];

/** DNS fails for the first site, which has a name; the other passes. */
const onlyDnsFails: Happening = ({ checking: { running } }, at) => [
  ...(running?.sites ?? []).map((one, index) => ({
    type: 'siteProbed' as const,
    at,
    checkId: running?.checkId ?? -1,
    result: {
      site: one,
      verdict: index === 0 ? ('fail' as const) : ('pass' as const),
      reason: 'x',
      ...(index === 0 && { cause: 'dns' as const }),
      latencyMs: 40,
      httpStatus: undefined,
    },
  })),
  { type: 'checkFinished' as const, at, checkId: running?.checkId ?? -1, cutShort: undefined },
];

const keysOf = ({ everything }: History): readonly string[] => conditionsOf(everything).map(({ key }) => key);
const app = onGateway('app');
const excluded = { settings: { exclude: ['gluetun'] } };
const down: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];

describe('a condition', () => {
  it('does not exist while all is well', () => {
    expect(keysOf(settled([app]))).toEqual([]);
  });

  interface Story {
    readonly key: string;
    readonly from?: () => History;
    readonly begins: Steps;
    readonly ends: Steps;
  }

  const excludedGateway = (): History => settled([app], excluded);
  const fresh = (setting: Setting = {}): History =>
    new History({ sites: [site('a'), site('b')], ...setting }).feed(connected(), listed(gatewayFacts(), app));
  const failing = (store: Store): Happening =>
    happens({ type: 'storeFailed', store, path: `/logs/${store}`, reason: 'ENOSPC' });
  const works = (store: Store): Happening =>
    happens({ type: 'storeRecovered', store, path: `/logs/${store}` });
  const witness =
    (answers: boolean): Happening =>
    ({ shared: { witness: known } }, at) => [
      {
        type: 'witnessProbed',
        at,
        requestId: known.value === 'none' ? -1 : (known.awaited ?? -1),
        answers,
        ...(!answers && { reason: 'no answer' }),
      },
    ];
  const crash: Steps = [
    died('app', 1),
    inspectedAs('app', { runState: 'exited' }),
    started('app'),
    inspectedAs('app'),
  ];
  const demoted = {
    ...NOTHING_PERSISTED,
    sites: { gluetun: { held: ['https://a/'], blocked: undefined, passed: ['https://a/', 'https://b/'] } },
  };

  const STORIES: Readonly<Record<ConditionKind, Story>> = {
    engineLost: {
      key: 'engineLost',
      begins: [disconnected('socket hang up')],
      ends: [connected(), listedAgain(gatewayFacts())],
    },
    listingFailed: {
      key: 'listingFailed',
      begins: [listingFailed('Forbidden'), listingFailed('Forbidden')],
      ends: [listedAgain(gatewayFacts())],
    },
    engineUnheard: {
      key: 'engineUnheard',
      begins: [
        minutes(1),
        listedAgain(onGateway('app', { startedAt: 3_000 })),
        minutes(1),
        listedAgain(onGateway('app', { startedAt: 4_000 })),
      ],
      ends: [died('stranger')],
    },
    callForbidden: {
      key: 'callForbidden start',
      begins: [happens({ type: 'callForbidden', call: 'start', reason: 'Forbidden' })],
      ends: [happens({ type: 'callAllowed', call: 'start' })],
    },
    lineDown: {
      key: 'lineDown',
      from: () => settled([app], { hasWitness: true }).feed(witness(true)),
      begins: [minutes(1), witness(false), seconds(1), witness(false)],
      ends: [seconds(1), witness(true)],
    },
    witnessIgnored: {
      key: 'witnessIgnored',
      from: () => settled([app], { hasWitness: true }),
      begins: [witness(false)],
      ends: [minutes(1), witness(true)],
    },
    logFileNotWritten: { key: 'logFileNotWritten', begins: [failing('log')], ends: [works('log')] },
    stateNotWritten: { key: 'stateNotWritten', begins: [failing('state')], ends: [works('state')] },
    historyNotWritten: {
      key: 'historyNotWritten /logs/history',
      begins: [failing('history')],
      ends: [works('history')],
    },
    edgeFailed: {
      key: 'edgeFailed page',
      begins: [happens({ type: 'edgeFailed', edge: 'page', reason: 'no paper' })],
      ends: [happens({ type: 'edgeRecovered', edge: 'page', lostSteps: 0 })],
    },
    addressNotServed: {
      key: 'addressNotServed :8080',
      begins: [happens({ type: 'edgeFailed', edge: 'page at :8080', address: ':8080', reason: 'taken' })],
      ends: [happens({ type: 'edgeRecovered', edge: 'page at :8080', lostSteps: 0 })],
    },
    gatewayAbsent: {
      key: 'gatewayAbsent gluetun',
      begins: [destroyed('gluetun')],
      ends: [listedAgain(gatewayFacts())],
    },
    gatewayDown: {
      key: 'gatewayDown gluetun',
      begins: [stoppedByHand('gluetun')],
      ends: [started('gluetun')],
    },
    paused: {
      key: 'paused gluetun',
      begins: [asked('pause', { forMs: 60_000 })],
      ends: [asked('resume')],
    },
    gatewayPaused: { key: 'gatewayPaused gluetun', begins: [paused('gluetun')], ends: [unpaused('gluetun')] },
    gatewayNotReady: {
      key: 'gatewayNotReady gluetun',
      begins: [started('gluetun'), inspectedAs('gluetun', { health: 'starting' }), seconds(121)],
      ends: [turned('gluetun', 'healthy')],
    },
    gatewayLooping: {
      key: 'gatewayLooping gluetun',
      from: () => settled([app], { gateway: gatewayFacts({ restartPolicy: 'always' }) }),
      begins: Array.from({ length: 4 }, () => [
        died('gluetun', 1),
        inspectedAs('gluetun', { runState: 'restarting', restartPolicy: 'always' }),
        started('gluetun'),
      ]).flat(),
      ends: [turned('gluetun', 'healthy')],
    },
    gatewayExcluded: {
      key: 'gatewayExcluded gluetun',
      from: excludedGateway,
      begins: [],
      ends: [destroyed('gluetun')],
    },
    gatewayLogUnreadable: {
      key: 'gatewayLogUnreadable gluetun',
      begins: [logUnreadable(), logUnreadable()],
      ends: [logReadable()],
    },
    controlServerUnusable: {
      key: 'controlServerUnusable gluetun',
      from: fresh,
      begins: [endpointUnavailable()],
      ends: [publicIpLogged('203.0.113.1')],
    },
    monitorOnGatewayNetwork: {
      key: 'monitorOnGatewayNetwork gluetun',
      from: () => fresh({ ownNetwork: { ownerId: idOf('gluetun'), leadsToEngine: false } }),
      begins: [],
      ends: [destroyed('gluetun')],
    },
    probesFailed: {
      key: 'probesFailed gluetun',
      begins: [seconds(30), checkBlind(), seconds(30), checkBlind()],
      ends: [seconds(30), checkPassed()],
    },
    siteDown: {
      key: 'siteDown gluetun https://a/',
      from: excludedGateway,
      begins: down,
      ends: [seconds(10), checkPassed()],
    },
    siteDemoted: {
      key: 'siteDemoted gluetun https://a/',
      from: () => fresh({ memory: demoted }),
      begins: [checkFailed('a')],
      ends: [seconds(30), checkPassed()],
    },
    siteNeverPassed: {
      key: 'siteNeverPassed gluetun https://b/',
      from: fresh,
      begins: [checkFailed('b'), seconds(30), checkFailed('b')],
      ends: [seconds(30), checkPassed()],
    },
    dnsFailed: {
      key: 'dnsFailed gluetun',
      from: () =>
        settled([app], {
          sites: [site('n'), { ...site('i'), url: 'https://192.0.2.1/' }],
          settings: { exclude: ['gluetun'], failThreshold: 1 },
        }),
      begins: [seconds(30), onlyDnsFails],
      ends: [seconds(30), checkPassed()],
    },
    recoveryHeldBack: {
      key: 'recoveryHeldBack gluetun',
      from: excludedGateway,
      begins: down,
      ends: [stoppedByHand('gluetun')],
    },
    dependentCutOff: {
      key: `dependentCutOff gluetun ${idOf('app')}`,
      begins: [...cutOff, restartBegun('app'), restartFailed('app')],
      ends: [...restartMessages('app'), inspectedAs('app')],
    },
    dependentLooping: {
      key: `dependentLooping gluetun ${idOf('app')}`,
      begins: [crash, crash, crash].flat(),
      ends: [minutes(11), listedAgain(gatewayFacts())],
    },
    orphanUnclaimed: {
      key: `orphanUnclaimed gluetun ${idOf('lost')}`,
      begins: [listedAgain(gatewayFacts(), app, onGateway('lost', { on: 'f'.repeat(64) }))],
      ends: [destroyed('lost')],
    },
  };

  it.each(Object.entries(STORIES))('%s begins, keeps its start time and ends', (kind, story) => {
    const { key, from = () => settled([app]), begins, ends } = story;
    const history = from().feed(...begins);
    const begun = conditionsOf(history.everything).find((one) => one.kind === kind);
    expect(begun).toMatchObject({ key, severity: expect.any(String) as string });
    expect(begun?.since).toBeLessThanOrEqual(history.now);
    expect(history.feed(...ends).everything.conditionStarts).not.toHaveProperty([key]);
  });

  it.each<{ because: Unrepaired; setting?: Setting; dependents?: readonly ContainerFacts[]; steps: Steps }>([
    { because: 'failing', steps: [restartBegun('app'), restartFailed('app')] },
    { because: 'refused', steps: [restartBegun('app'), restartFailed('app', { refused: true })] },
    { because: 'paused', dependents: [onGateway('app', { runState: 'paused' })], steps: [] },
    { because: 'dryRun', setting: { settings: { dryRun: true } }, steps: [] },
  ])('gives the reason why a cut-off dependent is not repaired: $because', (given) => {
    const { because, setting, dependents = [app], steps } = given;
    const history = settled(dependents, setting).feed(...cutOff, ...steps);
    expect(conditionsOf(history.everything)).toMatchObject([
      { kind: 'dependentCutOff', subject: 'app', because },
    ]);
  });

  it('stays the same one when the gateway is renamed', () => {
    const history = settled([app]).feed(seconds(30), checkBlind('there is no wget'));
    const before = keysOf(history);
    history.feed(renamed('gluetun', 'vpn'));
    expect(keysOf(history)).toEqual(before);
  });

  it('about a site ends when the site passes, not with the recovery', () => {
    const history = settled([app], { settings: { dryRun: true, failThreshold: 1 } });
    history.feed(seconds(30), checkFailed());
    expect(keysOf(history)).toEqual(['siteDown gluetun https://a/']);
    expect(keysOf(history.feed(seconds(30), checkPassed()))).toEqual([]);
  });

  it('about a dependent ends when the dependent is removed, even without a gateway', () => {
    const history = settled([app]).feed(...cutOff, restartBegun('app'), restartFailed('app'));
    history.feed(destroyed('gluetun'), destroyed('app'));
    expect(keysOf(history)).toEqual(['gatewayAbsent gluetun']);
  });

  it('keeps its start time, whatever happens meanwhile', () => {
    const history = settled([app]).feed(seconds(30), checkBlind('there is no wget'));
    const [first] = conditionsOf(history.everything);
    history.feed(seconds(30), checkBlind('exec is forbidden'), paused('app'), unpaused('app'));
    expect(conditionsOf(history.everything)).toMatchObject([
      { kind: 'probesFailed', since: first?.since, reason: 'exec is forbidden' },
    ]);
  });

  it('does not arise from what a recovery itself does', () => {
    const history = settled([app], { sites: [site('a')] }).feed(...down);
    history.feed(...restartMessages('gluetun'));
    expect(keysOf(history)).toEqual(['siteDown gluetun https://a/']);
    history.feed(inspectedAs('gluetun', { health: 'starting' }), succeeded());
    expect(keysOf(history)).toEqual(['siteDown gluetun https://a/']);
  });
});

describe('the changes of a step', () => {
  it('contain each condition that began or ended exactly once', () => {
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

  it('are empty if the event changed nothing', () => {
    const { everything } = settled([app]);
    expect(changesIn(everything, everything)).toEqual({ began: [], ended: [] });
  });
});
