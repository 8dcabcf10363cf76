import type { Recovery } from '../../../src/model/recovery-phase.ts';
import { type Moment, type Signal, next } from '../../../src/recovery/machine.ts';
import { type Edge, edgesOf, linesOf, rowsOf, sectionOf } from '../../machine-diagram.ts';

type Name = Recovery['value'];

const MOMENT: Moment = { at: 5_000, begunAt: 4_000, healthyWaitMs: 120_000, verificationMs: 30_000 };
/** Each phase with times of its own, so that a test sees which of them a step keeps. */
const PHASES: { readonly [N in Name]: Extract<Recovery, { value: N }> } = {
  none: { value: 'none' },
  restartingVpn: { value: 'restartingVpn', begunAt: 1_000 },
  verifyingVpn: { value: 'verifyingVpn', begunAt: 1_000, since: 2_000, until: 3_000 },
  restarting: { value: 'restarting', begunAt: 1_000 },
  awaitingReady: { value: 'awaitingReady', begunAt: 1_000, until: 3_000, starts: 1 },
  verifying: { value: 'verifying', begunAt: 1_000, until: 3_000 },
  listing: { value: 'listing', begunAt: 1_000, isVerified: false, askedAt: 2_000, askAgainAt: 3_000 },
  repairing: { value: 'repairing', begunAt: 1_000, isVerified: false },
};

const WHEN: Readonly<Record<Signal, string>> = {
  vpnRestartBegun: 'the restart of the VPN begins',
  gatewayRestartBegun: 'the restart of the gateway begins',
  gatewayStartBegun: 'the start of a crashed gateway begins',
  restartDone: 'the restart is done',
  restartFailed: 'the restart has failed',
  restartSkipped: 'the restart was skipped',
  restartUncertain: 'the gateway was paused during the restart of its VPN',
  checkPassed: 'a check passes',
  timeOver: 'its time is over',
  gatewayReady: 'the gateway is ready by a new start',
  gatewayNotReady: 'the gateway is not ready any more',
  gatewayDown: 'the gateway does not run any more',
  gatewayStopped: 'the gateway is stopped by its operator',
  gatewayStartedAnew: 'somebody else starts the gateway anew',
  gatewayResumed: 'the gateway is resumed',
  listed: 'the containers are listed',
  allTried: 'every dependent has had a first try',
};

const NOTHING = 'nothing';

interface Row {
  readonly phase: Name;
  readonly signal: Signal;
  /** `NOTHING`: the signal does nothing. The phase's own name: something in it changes. */
  readonly target: Name | typeof NOTHING;
}

const TABLE: readonly Row[] = [
  { phase: 'none', signal: 'vpnRestartBegun', target: 'restartingVpn' },
  { phase: 'none', signal: 'gatewayRestartBegun', target: 'restarting' },
  { phase: 'none', signal: 'gatewayStartBegun', target: 'awaitingReady' },
  { phase: 'none', signal: 'restartDone', target: NOTHING },
  { phase: 'none', signal: 'restartFailed', target: NOTHING },
  { phase: 'none', signal: 'restartSkipped', target: NOTHING },
  { phase: 'none', signal: 'restartUncertain', target: NOTHING },
  { phase: 'none', signal: 'checkPassed', target: NOTHING },
  { phase: 'none', signal: 'timeOver', target: NOTHING },
  { phase: 'none', signal: 'gatewayReady', target: NOTHING },
  { phase: 'none', signal: 'gatewayNotReady', target: NOTHING },
  { phase: 'none', signal: 'gatewayDown', target: NOTHING },
  { phase: 'none', signal: 'gatewayStopped', target: NOTHING },
  { phase: 'none', signal: 'gatewayStartedAnew', target: NOTHING },
  { phase: 'none', signal: 'gatewayResumed', target: NOTHING },
  { phase: 'none', signal: 'listed', target: NOTHING },
  { phase: 'none', signal: 'allTried', target: NOTHING },

  { phase: 'restartingVpn', signal: 'vpnRestartBegun', target: NOTHING },
  { phase: 'restartingVpn', signal: 'gatewayRestartBegun', target: NOTHING },
  { phase: 'restartingVpn', signal: 'gatewayStartBegun', target: NOTHING },
  { phase: 'restartingVpn', signal: 'restartDone', target: 'verifyingVpn' },
  { phase: 'restartingVpn', signal: 'restartFailed', target: 'verifyingVpn' },
  { phase: 'restartingVpn', signal: 'restartSkipped', target: 'none' },
  { phase: 'restartingVpn', signal: 'restartUncertain', target: 'verifyingVpn' },
  { phase: 'restartingVpn', signal: 'checkPassed', target: NOTHING },
  { phase: 'restartingVpn', signal: 'timeOver', target: NOTHING },
  { phase: 'restartingVpn', signal: 'gatewayReady', target: NOTHING },
  { phase: 'restartingVpn', signal: 'gatewayNotReady', target: NOTHING },
  { phase: 'restartingVpn', signal: 'gatewayDown', target: 'none' },
  { phase: 'restartingVpn', signal: 'gatewayStopped', target: NOTHING },
  { phase: 'restartingVpn', signal: 'gatewayStartedAnew', target: 'none' },
  { phase: 'restartingVpn', signal: 'gatewayResumed', target: NOTHING },
  { phase: 'restartingVpn', signal: 'listed', target: NOTHING },
  { phase: 'restartingVpn', signal: 'allTried', target: NOTHING },

  { phase: 'verifyingVpn', signal: 'vpnRestartBegun', target: NOTHING },
  { phase: 'verifyingVpn', signal: 'gatewayRestartBegun', target: 'restarting' },
  { phase: 'verifyingVpn', signal: 'gatewayStartBegun', target: NOTHING },
  { phase: 'verifyingVpn', signal: 'restartDone', target: NOTHING },
  { phase: 'verifyingVpn', signal: 'restartFailed', target: NOTHING },
  { phase: 'verifyingVpn', signal: 'restartSkipped', target: NOTHING },
  { phase: 'verifyingVpn', signal: 'restartUncertain', target: NOTHING },
  { phase: 'verifyingVpn', signal: 'checkPassed', target: 'none' },
  { phase: 'verifyingVpn', signal: 'timeOver', target: 'verifyingVpn' },
  { phase: 'verifyingVpn', signal: 'gatewayReady', target: NOTHING },
  { phase: 'verifyingVpn', signal: 'gatewayNotReady', target: NOTHING },
  { phase: 'verifyingVpn', signal: 'gatewayDown', target: 'none' },
  { phase: 'verifyingVpn', signal: 'gatewayStopped', target: NOTHING },
  { phase: 'verifyingVpn', signal: 'gatewayStartedAnew', target: 'none' },
  { phase: 'verifyingVpn', signal: 'gatewayResumed', target: 'verifyingVpn' },
  { phase: 'verifyingVpn', signal: 'listed', target: NOTHING },
  { phase: 'verifyingVpn', signal: 'allTried', target: NOTHING },

  { phase: 'restarting', signal: 'vpnRestartBegun', target: NOTHING },
  { phase: 'restarting', signal: 'gatewayRestartBegun', target: NOTHING },
  { phase: 'restarting', signal: 'gatewayStartBegun', target: NOTHING },
  { phase: 'restarting', signal: 'restartDone', target: 'awaitingReady' },
  { phase: 'restarting', signal: 'restartFailed', target: 'awaitingReady' },
  { phase: 'restarting', signal: 'restartSkipped', target: 'none' },
  { phase: 'restarting', signal: 'restartUncertain', target: NOTHING },
  { phase: 'restarting', signal: 'checkPassed', target: NOTHING },
  { phase: 'restarting', signal: 'timeOver', target: NOTHING },
  { phase: 'restarting', signal: 'gatewayReady', target: NOTHING },
  { phase: 'restarting', signal: 'gatewayNotReady', target: NOTHING },
  { phase: 'restarting', signal: 'gatewayDown', target: NOTHING },
  { phase: 'restarting', signal: 'gatewayStopped', target: NOTHING },
  { phase: 'restarting', signal: 'gatewayStartedAnew', target: NOTHING },
  { phase: 'restarting', signal: 'gatewayResumed', target: NOTHING },
  { phase: 'restarting', signal: 'listed', target: NOTHING },
  { phase: 'restarting', signal: 'allTried', target: NOTHING },

  { phase: 'awaitingReady', signal: 'vpnRestartBegun', target: 'restartingVpn' },
  { phase: 'awaitingReady', signal: 'gatewayRestartBegun', target: 'restarting' },
  { phase: 'awaitingReady', signal: 'gatewayStartBegun', target: 'awaitingReady' },
  { phase: 'awaitingReady', signal: 'restartDone', target: NOTHING },
  { phase: 'awaitingReady', signal: 'restartFailed', target: NOTHING },
  { phase: 'awaitingReady', signal: 'restartSkipped', target: NOTHING },
  { phase: 'awaitingReady', signal: 'restartUncertain', target: NOTHING },
  { phase: 'awaitingReady', signal: 'checkPassed', target: 'none' },
  { phase: 'awaitingReady', signal: 'timeOver', target: 'awaitingReady' },
  { phase: 'awaitingReady', signal: 'gatewayReady', target: 'verifying' },
  { phase: 'awaitingReady', signal: 'gatewayNotReady', target: NOTHING },
  { phase: 'awaitingReady', signal: 'gatewayDown', target: NOTHING },
  { phase: 'awaitingReady', signal: 'gatewayStopped', target: 'none' },
  { phase: 'awaitingReady', signal: 'gatewayStartedAnew', target: NOTHING },
  { phase: 'awaitingReady', signal: 'gatewayResumed', target: NOTHING },
  { phase: 'awaitingReady', signal: 'listed', target: NOTHING },
  { phase: 'awaitingReady', signal: 'allTried', target: NOTHING },

  { phase: 'verifying', signal: 'vpnRestartBegun', target: NOTHING },
  { phase: 'verifying', signal: 'gatewayRestartBegun', target: NOTHING },
  { phase: 'verifying', signal: 'gatewayStartBegun', target: NOTHING },
  { phase: 'verifying', signal: 'restartDone', target: NOTHING },
  { phase: 'verifying', signal: 'restartFailed', target: NOTHING },
  { phase: 'verifying', signal: 'restartSkipped', target: NOTHING },
  { phase: 'verifying', signal: 'restartUncertain', target: NOTHING },
  { phase: 'verifying', signal: 'checkPassed', target: 'listing' },
  { phase: 'verifying', signal: 'timeOver', target: 'listing' },
  { phase: 'verifying', signal: 'gatewayReady', target: NOTHING },
  { phase: 'verifying', signal: 'gatewayNotReady', target: 'awaitingReady' },
  { phase: 'verifying', signal: 'gatewayDown', target: NOTHING },
  { phase: 'verifying', signal: 'gatewayStopped', target: NOTHING },
  { phase: 'verifying', signal: 'gatewayStartedAnew', target: NOTHING },
  { phase: 'verifying', signal: 'gatewayResumed', target: NOTHING },
  { phase: 'verifying', signal: 'listed', target: NOTHING },
  { phase: 'verifying', signal: 'allTried', target: NOTHING },

  { phase: 'listing', signal: 'vpnRestartBegun', target: NOTHING },
  { phase: 'listing', signal: 'gatewayRestartBegun', target: NOTHING },
  { phase: 'listing', signal: 'gatewayStartBegun', target: NOTHING },
  { phase: 'listing', signal: 'restartDone', target: NOTHING },
  { phase: 'listing', signal: 'restartFailed', target: NOTHING },
  { phase: 'listing', signal: 'restartSkipped', target: NOTHING },
  { phase: 'listing', signal: 'restartUncertain', target: NOTHING },
  { phase: 'listing', signal: 'checkPassed', target: NOTHING },
  { phase: 'listing', signal: 'timeOver', target: 'listing' },
  { phase: 'listing', signal: 'gatewayReady', target: NOTHING },
  { phase: 'listing', signal: 'gatewayNotReady', target: 'awaitingReady' },
  { phase: 'listing', signal: 'gatewayDown', target: NOTHING },
  { phase: 'listing', signal: 'gatewayStopped', target: NOTHING },
  { phase: 'listing', signal: 'gatewayStartedAnew', target: NOTHING },
  { phase: 'listing', signal: 'gatewayResumed', target: NOTHING },
  { phase: 'listing', signal: 'listed', target: 'repairing' },
  { phase: 'listing', signal: 'allTried', target: NOTHING },

  { phase: 'repairing', signal: 'vpnRestartBegun', target: NOTHING },
  { phase: 'repairing', signal: 'gatewayRestartBegun', target: NOTHING },
  { phase: 'repairing', signal: 'gatewayStartBegun', target: NOTHING },
  { phase: 'repairing', signal: 'restartDone', target: NOTHING },
  { phase: 'repairing', signal: 'restartFailed', target: NOTHING },
  { phase: 'repairing', signal: 'restartSkipped', target: NOTHING },
  { phase: 'repairing', signal: 'restartUncertain', target: NOTHING },
  { phase: 'repairing', signal: 'checkPassed', target: NOTHING },
  { phase: 'repairing', signal: 'timeOver', target: NOTHING },
  { phase: 'repairing', signal: 'gatewayReady', target: NOTHING },
  { phase: 'repairing', signal: 'gatewayNotReady', target: 'awaitingReady' },
  { phase: 'repairing', signal: 'gatewayDown', target: NOTHING },
  { phase: 'repairing', signal: 'gatewayStopped', target: NOTHING },
  { phase: 'repairing', signal: 'gatewayStartedAnew', target: NOTHING },
  { phase: 'repairing', signal: 'gatewayResumed', target: NOTHING },
  { phase: 'repairing', signal: 'listed', target: NOTHING },
  { phase: 'repairing', signal: 'allTried', target: 'none' },
];

const names = Object.keys(PHASES) as Name[];
const signals = Object.keys(WHEN) as Signal[];
const pairOf = ({ phase, signal }: Pick<Row, 'phase' | 'signal'>): string => `${phase}, ${signal}`;

function effectOf({ phase, target }: Row): string {
  if (target === NOTHING) return 'does nothing';
  if (target === 'none') return 'ends';
  return target === phase ? `stays ${target}, with something new,` : `becomes ${target}`;
}

const step = (name: Name, signal: Signal): Recovery => next(PHASES[name], signal, MOMENT);

describe.each(names)('a recovery in phase %s', (phase) => {
  const rows = TABLE.filter((row) => row.phase === phase);
  it.each(rows.map((row) => ({ ...row, title: `${effectOf(row)} when ${WHEN[row.signal]}` })))(
    '$title',
    ({ signal, target }) => {
      const after = step(phase, signal);
      expect(after === PHASES[phase] ? NOTHING : after.value).toBe(target);
    },
  );
});

describe('the table', () => {
  it('has one row for every phase and every signal', () => {
    const pairs = names.flatMap((phase) => signals.map((signal) => pairOf({ phase, signal })));
    expect(TABLE.map(pairOf).sort()).toEqual(pairs.sort());
  });
});

describe('a recovery', () => {
  it.each(TABLE.filter(({ phase, target }) => phase !== 'none' && target !== 'none' && target !== NOTHING))(
    'keeps when it began: $phase, $signal',
    ({ phase, signal }) => {
      expect(step(phase, signal)).toMatchObject({ begunAt: 1_000 });
    },
  );

  it.each(['vpnRestartBegun', 'gatewayRestartBegun', 'gatewayStartBegun'] as const)(
    'begins when its first act was due: %s',
    (signal) => {
      expect(step('none', signal)).toMatchObject({ begunAt: MOMENT.begunAt });
    },
  );
});

describe('the wait of a recovery', () => {
  const FROM_NOW = { since: 5_000, until: 35_000 };

  it('is for a passing check, with a deadline, once the VPN has been restarted', () => {
    expect(step('restartingVpn', 'restartDone')).toMatchObject(FROM_NOW);
    expect(step('restartingVpn', 'restartUncertain')).toMatchObject(FROM_NOW);
  });

  it('is for the restart of the container as soon as the restart of the VPN has failed', () => {
    expect(step('restartingVpn', 'restartFailed')).toMatchObject({ since: 5_000, until: undefined });
  });

  it('is for the restart of the container if no check passes in time after a restart of the VPN', () => {
    expect(step('verifyingVpn', 'timeOver')).toEqual({ ...PHASES.verifyingVpn, until: undefined });
  });

  it('is for a passing check, with a full deadline, once the gateway is resumed', () => {
    expect(step('verifyingVpn', 'gatewayResumed')).toMatchObject(FROM_NOW);
    expect(next({ ...PHASES.verifyingVpn, until: undefined }, 'gatewayResumed', MOMENT)).toMatchObject(
      FROM_NOW,
    );
  });

  it.each([
    ['restarting', 'restartDone'],
    ['restarting', 'restartFailed'],
    ['verifying', 'gatewayNotReady'],
    ['listing', 'gatewayNotReady'],
    ['repairing', 'gatewayNotReady'],
  ] as const)('is for a ready gateway that we have not started yet, after %s, %s', (phase, signal) => {
    const expected = { value: 'awaitingReady', begunAt: 1_000, until: 125_000, starts: 0 };
    expect(step(phase, signal)).toEqual(expected);
  });

  it('is for a ready gateway that we have started once, after a crash', () => {
    expect(step('none', 'gatewayStartBegun')).toMatchObject({ until: 125_000, starts: 1 });
  });

  it('only counts one more start if the gateway is started again', () => {
    const expected = { ...PHASES.awaitingReady, starts: 2 };
    expect(step('awaitingReady', 'gatewayStartBegun')).toEqual(expected);
  });

  it('has no deadline any more once the gateway is late', () => {
    const expected = { ...PHASES.awaitingReady, until: undefined };
    expect(step('awaitingReady', 'timeOver')).toEqual(expected);
  });

  it('is for a passing check, with a deadline, once the gateway is ready', () => {
    expect(step('awaitingReady', 'gatewayReady')).toMatchObject({ until: 35_000 });
  });

  it.each([
    ['checkPassed', true],
    ['timeOver', false],
  ] as const)('is for a listing requested now, after %s', (signal, isVerified) => {
    expect(step('verifying', signal)).toMatchObject({ isVerified, askedAt: 5_000, askAgainAt: 20_000 });
  });

  it('is for the same listing, requested again, if it does not arrive', () => {
    expect(step('listing', 'timeOver')).toEqual({ ...PHASES.listing, askAgainAt: 20_000 });
  });

  it.each([true, false])(
    'is for all dependents once they are listed, whether verified or not: %s',
    (isVerified) => {
      expect(next({ ...PHASES.listing, isVerified }, 'listed', MOMENT)).toMatchObject({ isVerified });
    },
  );
});

describe('the section on a recovery in docs/machines.md', () => {
  const section = sectionOf('A recovery');

  it('draws the transitions that are in the table, and no others', () => {
    const edges = TABLE.flatMap(({ phase, signal, target }): Edge[] =>
      target === NOTHING ? [] : [{ from: phase, to: target, signal }],
    );
    expect(linesOf(edgesOf(section))).toEqual(linesOf(edges));
  });

  it('explains every phase and every signal', () => {
    expect(rowsOf(section).sort()).toEqual([...names, ...signals].sort());
  });
});
