import fc from 'fast-check';
import type { CallFate, Cast, Choices, Deed, History, RestartPolicy, Step } from './history.ts';
import { DEPENDENTS, GATEWAY, OF_SECOND, SECOND_GATEWAY, UNTOUCHABLE } from './roles.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const between = (least: number, most: number): fc.Arbitrary<number> => fc.integer({ min: least, max: most });

/** Faults come in bursts, with quiet hours in between. */
const gapMs = fc.oneof(
  { weight: 5, arbitrary: between(0, 8 * SECOND_MS) },
  { weight: 3, arbitrary: between(8 * SECOND_MS, 5 * MINUTE_MS) },
  { weight: 3, arbitrary: between(5 * MINUTE_MS, 3 * HOUR_MS) },
);

const forMs = fc.oneof(
  { weight: 3, arbitrary: between(100, 30 * SECOND_MS) },
  { weight: 3, arbitrary: between(30 * SECOND_MS, 10 * MINUTE_MS) },
  { weight: 1, arbitrary: between(10 * MINUTE_MS, 3 * HOUR_MS) },
);
const shortMs = between(100, 5 * MINUTE_MS);

const dependents = DEPENDENTS.map(({ name }) => name);
const gateways = fc.oneof(
  { weight: 4, arbitrary: fc.constant(GATEWAY) },
  { weight: 1, arbitrary: fc.constant(SECOND_GATEWAY) },
);
const anybody = fc.oneof(
  { weight: 3, arbitrary: gateways },
  { weight: 5, arbitrary: fc.constantFrom(...dependents, OF_SECOND.name) },
  { weight: 1, arbitrary: fc.constantFrom(...UNTOUCHABLE.map(({ name }) => name)) },
);

const callFate: fc.Arbitrary<CallFate> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ fate: 'fine' } as const) },
  {
    weight: 3,
    arbitrary: fc.record({
      fate: fc.constant('slow' as const),
      lateMs: between(0, 4000),
      answerMs: between(1, 12_000),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ fate: 'fails' } as const) },
  { weight: 2, arbitrary: fc.constant({ fate: 'answerLost' } as const) },
  { weight: 1, arbitrary: fc.constant({ fate: 'hangs' } as const) },
);

/** Lost, in time, late, twice. */
const messageFate = fc.oneof(
  { weight: 2, arbitrary: fc.constant([]) },
  { weight: 3, arbitrary: fc.constant([0]) },
  {
    weight: 2,
    arbitrary: fc.array(between(1, 20 * SECOND_MS), { minLength: 1, maxLength: 1, size: 'max' }),
  },
  {
    weight: 1,
    arbitrary: fc.array(between(0, 20 * SECOND_MS), { minLength: 2, maxLength: 2, size: 'max' }),
  },
);

const fates = <T>(fate: fc.Arbitrary<T>): fc.Arbitrary<T[]> =>
  fc.array(fate, { minLength: 1, maxLength: 6, size: 'max' });

const aheadMs = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: between(-2 * 24 * HOUR_MS, 2 * 24 * HOUR_MS) },
);

const what = <W extends Deed['what']>(...names: readonly W[]): fc.Arbitrary<W> => fc.constantFrom(...names);

const operatorDeed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      what: what('stop', 'start', 'restart', 'kill', 'recreate'),
      who: anybody,
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: what('remove', 'create'), who: anybody }) },
  { weight: 2, arbitrary: fc.record({ what: what('pause', 'rename'), who: anybody, forMs }) },
  { weight: 2, arbitrary: fc.record({ what: what('composeUp'), isGatewayOnly: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ what: what('crash'), who: anybody, exitCode: fc.constantFrom(0, 1, 137) }),
  },
  { weight: 1, arbitrary: fc.record({ what: what('outOfMemory'), who: anybody }) },
);

const tunnelDeed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: what('tunnelBreaks', 'tunnelHangs', 'dnsFails', 'providerFails'),
      forMs,
    }),
  },
  // The witness is asked every second while it lasts.
  { weight: 1, arbitrary: fc.record({ what: what('lineFails'), forMs: between(100, 20 * MINUTE_MS) }) },
  { weight: 2, arbitrary: fc.record({ what: what('siteBlocked'), site: between(0, 2), forMs }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: what('healthLies', 'execRefused', 'wgetGone', 'controlServerGone', 'secondTunnelBreaks'),
      forMs,
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: what('gluetunHealsItself') }) },
);

const engineDeed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      what: what('engineRestarts', 'engineRestarts', 'engineKilled', 'powerCut'),
      ownersFirst: fc.boolean(),
      forMs: shortMs,
    }),
  },
  { weight: 2, arbitrary: fc.record({ what: what('streamCut') }) },
  {
    weight: 1,
    arbitrary: fc.record({ what: what('clockJumps'), byMs: between(1, 6 * HOUR_MS) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: what('messagesDisturbed'), fates: fates(messageFate), forMs }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: what('callsDisturbed'),
      calls: fc.constantFrom('readings' as const, 'writes' as const),
      fates: fates(callFate),
      forMs: shortMs,
    }),
  },
);

const monitorDeed: fc.Arbitrary<Deed> = fc.record({
  what: what('monitorKilled', 'monitorStopped'),
  aheadMs,
  forMs,
});

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 9, arbitrary: operatorDeed },
  { weight: 6, arbitrary: tunnelDeed },
  { weight: 3, arbitrary: engineDeed },
  { weight: 2, arbitrary: monitorDeed },
);

const step: fc.Arbitrary<Step> = fc.record({ afterMs: gapMs, deed });

const policy = (...policies: readonly RestartPolicy[]): fc.Arbitrary<RestartPolicy> =>
  fc.constantFrom(...policies);

const cast: fc.Arbitrary<Cast> = fc.record({
  gatewayPolicy: policy('unless-stopped', 'always', 'unless-stopped', 'no', 'on-failure'),
  hasHealthCheck: fc.constantFrom(true, true, true, false),
  isOfCompose: fc.boolean(),
  dependents: fc.subarray(dependents, { minLength: 1, maxLength: 4 }),
  untouchable: fc.subarray(
    UNTOUCHABLE.map(({ name }) => name),
    { maxLength: 2 },
  ),
  second: fc.constantFrom('none' as const, 'none' as const, 'watched' as const, 'foreign' as const),
});

/** One a minute takes as long to play as everything else of a day. */
const checkIntervalMs = fc.oneof(
  { weight: 1, arbitrary: fc.constant(60_000) },
  { weight: 3, arbitrary: fc.constant(300_000) },
  { weight: 16, arbitrary: fc.constant(600_000) },
);

const choices: fc.Arbitrary<Choices> = fc.record({
  checkIntervalMs,
  failThreshold: between(1, 3),
  siteQuorum: fc.constantFrom('any' as const, 'any' as const, 'majority' as const, 'all' as const, 2),
  recoveryStrategy: fc.constantFrom('restart' as const, 'vpn-first' as const),
  selfHealGraceMs: fc.constantFrom(0, 0, 120_000),
  backoffMs: fc.constantFrom(60_000, 10_000),
  backoffMaxMs: fc.constantFrom(1_800_000, 300_000),
  autoRecreate: fc.constantFrom(true, true, true, true, false),
  restartConcurrency: fc.constantFrom(5, 1),
  dryRun: fc.integer({ min: 1, max: 25 }).map((one) => one === 25),
  sites: between(2, 3),
  hasWitness: fc.constantFrom(true, false, false),
});

/** Days, or parts of a day, of a monitor. */
export const historyOf = (hours: number): fc.Arbitrary<History> =>
  fc.record({
    hours: fc.constant(hours),
    cast,
    settings: choices,
    steps: fc.array(step, { minLength: 1, maxLength: 70, size: 'max' }),
  });
