import { waitAfter } from '../../src/recovery/backoff.ts';
import { World, type WorldOptions } from './world.ts';

const HOUR_MS = 3600_000;
const NINE = Array.from({ length: 9 }, (_, index) => ({ url: `https://site${String(index)}.example/` }));
const BLOCKED = NINE[4]?.url ?? '';
const NO_ANSWER = { exitCode: 4, afterMs: 20 };

/** The most restarts in that time by the backoff's own formula, with a wait between any two. */
function mostWithin(ms: number): number {
  const waits = { backoffMs: 60_000, backoffMaxMs: 1_800_000 };
  let [recoveries, passed] = [1, 0];
  for (;;) {
    passed += waitAfter(recoveries, waits);
    if (passed > ms) return recoveries;
    recoveries += 1;
  }
}

describe('the monitor', () => {
  let world: World;
  const running = (options: WorldOptions = {}): World =>
    (world = new World(options).populate().startMonitor());
  afterEach(() => world.end());
  const restarts = (): readonly string[] =>
    world.client.written.filter((call) => /^(re)?start gluetun$/.test(call));

  it('restarts only three times on a day with one of nine sites blocked, if any one site triggers a recovery', () => {
    running({ sites: NINE });
    world.standIn.siteAnswers(BLOCKED, NO_ANSWER);
    world.pass(24 * HOUR_MS);
    expect(restarts()).toHaveLength(3);
    expect(world.said(/held as advisory until it passes once/)).toHaveLength(1);
    expect(world.cutOff()).toEqual([]);
  });

  it('restarts no more often for a blocked site if the monitor itself is restarted every hour', () => {
    running({ sites: NINE });
    world.standIn.siteAnswers(BLOCKED, NO_ANSWER);
    passRestarting(24 * HOUR_MS, HOUR_MS);
    expect(restarts()).toHaveLength(3);
    expect(world.said(/did not come back in 3 recoveries/)).toHaveLength(1);
    expect(
      world.said(/^Still held as advisory until it passes once: https:\/\/site4\.example\/$/),
    ).toHaveLength(23);
  });

  it('restarts no more often for a blocked site if the monitor ends after each of its recoveries', () => {
    running({ sites: NINE });
    world.standIn.siteAnswers(BLOCKED, NO_ANSWER);
    passRestarting(12 * HOUR_MS, 180_000);
    expect(restarts()).toHaveLength(3);
  });

  it('restarts nothing for a blocked site if a majority must be down', () => {
    running({ sites: NINE, settings: { siteQuorum: 'majority' } });
    world.standIn.siteAnswers(BLOCKED, NO_ANSWER);
    world.pass(24 * HOUR_MS);
    expect(restarts()).toEqual([]);
    expect(
      world.said(/^No recovery: 1 of 9 critical sites down, and SITE_QUORUM=majority asks for 5/),
    ).toHaveLength(1);
    expect(world.said(/THRESHOLD REACHED/)).toHaveLength(1);
  });

  it('counts a demoted site as critical again once it has passed', () => {
    running({ sites: NINE });
    world.standIn.siteAnswers(BLOCKED, NO_ANSWER);
    world.untilSaid(/held as advisory/, 4 * HOUR_MS).pass(HOUR_MS);
    world.standIn.siteRecovers(BLOCKED);
    world.untilSaid(/can be reached again, and counts as critical again/);
    const before = restarts().length;
    world.pass(HOUR_MS).standIn.breakTunnel();
    world.until(() => restarts().length > before);
    expect(world.said(/counts as critical again/)).toHaveLength(1);
  });

  it('starts no recovery during an hour without a line, and one check as soon as the line is back', () => {
    running({ hasWitness: true });
    world.isLineUp = false;
    world.standIn.breakTunnel();
    world.pass(HOUR_MS);
    expect(restarts()).toEqual([]);
    expect(world.said(/^The line itself seems down/)).toHaveLength(1);
    world.isLineUp = true;
    world.standIn.heal();
    const at = world.now;
    world.untilSaid(/^The line is up again/);
    expect(world.state.watches[0]?.checking.lastStartedAt).toBeGreaterThanOrEqual(at);
    expect(world.state.watches[0]?.checking.lastStartedAt).toBeLessThan(at + 1_200);
    world.pass(60_000);
    expect(restarts()).toEqual([]);
  });

  it('recovers a broken tunnel if the witness shows that the line is up', () => {
    running({ hasWitness: true });
    world.standIn.breakTunnel();
    world.untilSaid(/^Recovery complete/);
    expect(world.said(/^Why: .*the line is up, says the witness/)).toHaveLength(1);
  });

  it.each([
    ['a witness that has never answered', true],
    ['a witness that falls silent while the tunnel works', false],
  ])('reports %s, and ignores it until it answers', (_, fromTheStart) => {
    world = new World({ hasWitness: true }).populate();
    world.isLineUp = !fromTheStart;
    world.startMonitor();
    world.isLineUp = false;
    world.pass(5 * 60_000);
    expect(world.said(/ignored until it does/)).toHaveLength(1);
    world.standIn.breakTunnel();
    world.untilSaid(/^Recovery complete/);
    world.isLineUp = true;
    world.untilSaid(/^The witness answers, and counts from now on$/);
  });

  it.each([
    ['with one run of the monitor', Infinity],
    ['with a monitor that is restarted every hour', HOUR_MS],
  ])(
    'restarts as often as the backoff allows in six hours of an outage at the provider, %s',
    (_, everyMs) => {
      running({ gluetun: { healedByRestart: false } });
      world.standIn.breakTunnel();
      passRestarting(6 * HOUR_MS, everyMs);
      const most = mostWithin(6 * HOUR_MS);
      expect(restarts().length).toBeLessThanOrEqual(most);
      expect(restarts().length).toBeGreaterThan(most - 5);
    },
  );

  it.each([
    ['with one run of the monitor', Infinity],
    ['with a monitor that is restarted every hour', HOUR_MS],
  ])(
    'restarts as often as the backoff allows on a day when the provider drops each session after a minute, %s',
    (_, everyMs) => {
      running();
      const session = (): void => {
        if (world.standIn.tunnelWorks) world.standIn.breakTunnel();
      };
      for (let minute = 0; minute < 24 * 60; minute += 1) {
        session();
        passRestarting(60_000, everyMs, minute * 60_000);
      }
      expect(restarts().length).toBeLessThanOrEqual(mostWithin(24 * HOUR_MS));
      expect(restarts().length).toBeGreaterThan(20);
    },
  );

  function passRestarting(ms: number, everyMs: number, sinceMs = 0): void {
    for (let passed = 0; passed < ms; passed += Math.min(everyMs, 60_000)) {
      if (everyMs < Infinity && passed + sinceMs > 0 && (passed + sinceMs) % everyMs === 0) {
        world.killMonitor();
        world.startMonitor();
      }
      world.pass(Math.min(60_000, ms - passed));
    }
  }

  it('says when the next attempt is due, once', () => {
    running({ gluetun: { healedByRestart: false } });
    world.standIn.breakTunnel();
    const told = /^No recovery: 3 of 3 critical sites down, .* after 1 recovery the next is due in \d+s$/;
    world.untilSaid(told, HOUR_MS);
    expect(world.said(told)).toHaveLength(1);
  });

  it('gives Gluetun its grace period, and acts when it is over', () => {
    running({ settings: { selfHealGraceMs: 300_000 } });
    const at = world.now;
    world.standIn.breakTunnel();
    world.untilSaid(/^No recovery: .*Gluetun has .* left to heal itself/);
    world.untilSaid(/initiating recovery/);
    expect(world.now - at).toBeGreaterThan(300_000);
    expect(world.now - at).toBeLessThan(360_000);
  });

  it('changes nothing in a dry run, and says what it would do', () => {
    running({ settings: { dryRun: true } });
    world.standIn.breakTunnel();
    world.untilSaid(/^\[DRY-RUN\] Restarting gluetun to force new endpoint\.\.\.$/);
    expect(world.said(/^\[DRY-RUN\] Then its dependents: app1, app2, app3$/)).toHaveLength(1);
    world.engine.restart('gluetun');
    world.untilSaid(/^\[DRY-RUN\] Restarting app1\.\.\.$/);
    world.pass(6 * HOUR_MS);
    expect(world.client.written).toEqual([]);
  });
});

describe('a recovery that restarts the VPN first', () => {
  let world: World;
  const running = (options: WorldOptions = {}): World =>
    (world = new World({ ...options, settings: { recoveryStrategy: 'vpn-first', ...options.settings } })
      .populate()
      .startMonitor());
  afterEach(() => world.end());

  it('restarts the VPN inside the gateway, and no container', () => {
    running().standIn.breakTunnel();
    world.untilSaid(/^Recovery complete .*: the VPN was restarted, dependents untouched$/);
    expect(world.client.written).toEqual([]);
    expect(world.cutOff()).toEqual([]);
  });

  it('also restarts the dependents that the settings list', () => {
    running({ settings: { vpnRestartDependents: ['app3'] } }).standIn.breakTunnel();
    world.untilSaid(/^Recovery complete .*dependents untouched but app3$/);
    world.untilSaid(/^app3 restarted successfully$/);
    expect(world.client.written).toEqual(['restart app3']);
  });

  it('restarts the container if that does not help', () => {
    running({ gluetun: { healedByVpnRestart: false } }).standIn.breakTunnel();
    world.untilSaid(/^No check has passed since the VPN was restarted inside gluetun$/);
    world.untilSaid(/^Recovery complete/);
    expect(world.client.written[0]).toBe('restart gluetun');
    expect(world.cutOff()).toEqual([]);
  });

  it('restarts the container if there is no control server, and says why', () => {
    running();
    world.standIn.stopControlServer();
    world.standIn.breakTunnel();
    world.untilSaid(/^The VPN cannot be restarted inside gluetun: /);
    world.untilSaid(/^Recovery complete/);
    expect(world.client.written[0]).toBe('restart gluetun');
  });
});
