import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { checksIn, dueBy, figuresIn, rememberedIn, saidBy, timeOf } from './decision-lines.ts';
import { describeOnEngine } from './engine.ts';
import type { EngineMessage } from './engine-events.ts';
import { eventually } from './eventually.ts';
import type { MonitorProcess } from './monitor.ts';
import type { Timed } from './recorder.ts';
import { HARDLY_EVER, SITES } from './setting.ts';
import { type Gateway, type GatewayOptions, createGateway, sites } from './stand-in/gateway.ts';
import { WitnessStandIn } from './stand-in/witness.ts';
import { type Environment, useEvents, useScenario } from './scenario.ts';

const QUICK = { SITES, CHECK_INTERVAL: '1', RETRY_INTERVAL: '1' };
/** Much longer than a recovery and the wait for the next one. */
const LONG_MS = 240_000;
const SOON_MS = 60_000;

const ALL_DOWN = '3 of 3 critical sites down, and SITE_QUORUM=any asks for 1';

describeOnEngine('the decision to act', (engine) => {
  jest.setTimeout(LONG_MS);
  const { startMonitor, startWatching } = useScenario(engine);
  let gateway: Gateway;
  const events = useEvents(engine);

  /** A monitor that has seen the tunnel work. */
  const watch = async (env: Environment, options: Partial<GatewayOptions> = {}): Promise<MonitorProcess> => {
    gateway = await createGateway(engine, { name: 'gluetun', ...options });
    return startWatching({ ...QUICK, ...env }, SOON_MS);
  };

  const newStateFile = (): string => join(engine.folder, `state-${randomUUID()}.json`);

  const latest = (): Timed<EngineMessage> | undefined => events.all.at(-1);

  const checksSince = (since: Timed<EngineMessage> | undefined): readonly Timed<EngineMessage>[] =>
    checksIn(gateway, events, since);

  const untilChecked = async (times: number): Promise<void> => {
    const since = latest();
    await eventually(`${String(times)} more checks`, () => checksSince(since).length > times, SOON_MS);
  };

  /** A line that is followed by the restart of a container. */
  const killed = async (since?: Timed<EngineMessage>): Promise<Timed<EngineMessage>> =>
    events.waitFor('kill', gateway, LONG_MS, since);

  const check = async (env: Environment): Promise<{ code: number | null; text: string }> => {
    const checking = await startMonitor({ args: ['check'], env: { ...QUICK, ...env } });
    const { code } = await checking.exit;
    return { code, text: checking.lines.map(({ text }) => text).join('\n') };
  };

  const expectUntouched = (): void =>
    expect(events.of(gateway.id).map(({ action }) => action)).toEqual(['create', 'start']);

  describe('depends on a quorum', () => {
    it('and ignores one of three sites if a majority is required, which is logged once, with the figures', async () => {
      const monitor = await watch({ SITE_QUORUM: 'majority' });
      await gateway.setSite(sites.ok[0], 'refused');
      await monitor.waitForLine(/No recovery/, SOON_MS);
      await untilChecked(4);
      expect(saidBy(monitor, /recovery/)).toEqual([
        '[WARN] No recovery: 1 of 3 critical sites down, and SITE_QUORUM=majority asks for 2; so the tunnel counts as working',
      ]);
      expectUntouched();

      await gateway.setSite(sites.ok[1], 'refused');
      await killed();
      expect(saidBy(monitor, /Why:/)).toEqual([
        '[WARN] Why: 2 of 3 critical sites down, and SITE_QUORUM=majority asks for 2; recovery 1 since all was well, the next one not before 60s after its end',
      ]);
    });

    it('of any one site by default, and gives the reason in one line', async () => {
      const monitor = await watch({ SITES: `${SITES},${sites.hangs}|role=advisory` });
      await gateway.breakTunnel();
      await monitor.waitForLine(/Recovery complete/, SOON_MS);
      expect(saidBy(monitor, /Why:|No recovery/)).toEqual([
        `[WARN] Why: ${ALL_DOWN}; recovery 1 since all was well, the next one not before 60s after its end`,
      ]);
    });
  });

  describe('respects a backoff', () => {
    it('that a gateway which stays broken does not shorten, and logs it', async () => {
      const stateFile = newStateFile();
      const monitor = await watch({ RECOVERY_BACKOFF: '10', STATE_FILE: stateFile }, { staysBroken: true });
      await gateway.breakTunnel();
      const first = await killed();
      const ended = await monitor.waitForLine(/Recovery ended after/, LONG_MS);
      const held = await monitor.waitForLine(/No recovery: .* after 1 recovery the next is due in/, SOON_MS);
      const { attempts, notBefore } = await rememberedIn(stateFile);
      expect(attempts).toBe(1);
      expect(notBefore).toBeGreaterThanOrEqual(timeOf(ended) + 10_000);

      const second = await killed(first);
      expect(second.engineTimeMs).toBeGreaterThanOrEqual(notBefore);
      expect(second.engineTimeMs).toBeGreaterThanOrEqual(dueBy(held));
      expect(saidBy(monitor, /Why:|No recovery/)).toEqual([
        expect.stringContaining('recovery 1 since all was well, the next one not before 10s after its end'),
        expect.stringContaining(`No recovery: ${ALL_DOWN}; after 1 recovery the next is due in `),
        expect.stringContaining('recovery 2 since all was well, the next one not before 20s after its end'),
      ]);
    });

    it.each<{ given: string; signal: NodeJS.Signals; isOver: boolean }>([
      { given: 'is stopped after the recovery', signal: 'SIGTERM', isOver: true },
      { given: 'is killed during the recovery', signal: 'SIGKILL', isOver: false },
    ])('that persists if the monitor $given', async ({ signal, isOver }) => {
      const env = { RECOVERY_BACKOFF: '15', STATE_FILE: newStateFile() };
      const before = await watch(env);
      await gateway.breakTunnel();
      await (isOver ? before.waitForLine(/Recovery complete/, SOON_MS) : killed());
      await before.stop(signal);
      const restarted = await events.waitFor('restart', gateway, SOON_MS);
      expect(before.linesMatching(/Recovery complete/)).toHaveLength(isOver ? 1 : 0);
      const { attempts, notBefore } = await rememberedIn(env.STATE_FILE);
      expect(attempts).toBe(1);

      await gateway.untilServing();
      await gateway.breakTunnel();
      const after = await startMonitor({ env: { ...QUICK, ...env } });
      const held = await after.waitForLine(/No recovery: .* after 1 recovery the next is due in/, SOON_MS);
      const again = await killed(restarted);
      expect(again.engineTimeMs).toBeGreaterThanOrEqual(notBefore);
      expect(again.engineTimeMs).toBeGreaterThanOrEqual(dueBy(held));
      await after.waitForLine(/Restarting gluetun to force/, SOON_MS);
      expect(saidBy(after, /Why:/)).toEqual([
        `[WARN] Why: ${ALL_DOWN}; recovery 2 since all was well, the next one not before 30s after its end`,
      ]);
    });
  });

  describe('considers a witness', () => {
    let witness: WitnessStandIn;

    beforeEach(async () => {
      witness = await WitnessStandIn.open();
    });
    afterEach(async () => witness.goAway());

    /** The line goes down first, so that it is down when the sites fail. */
    const loseLine = async (env: Environment): Promise<MonitorProcess> => {
      const monitor = await watch({ WITNESS: witness.url, ...env });
      await eventually('the witness is asked', () => witness.connections > 0, SOON_MS);
      await witness.goAway();
      await gateway.breakTunnel();
      return monitor;
    };

    it('and starts no recovery while the line is down, then a check and a recovery as soon as it is back', async () => {
      const monitor = await loseLine({ ...HARDLY_EVER, FAIL_THRESHOLD: '1' });
      await gateway.setHealth('failing');
      await monitor.waitForLine(/The line itself seems down: the witness does not answer/, SOON_MS);
      await monitor.waitForLine(/No recovery/, SOON_MS);
      const unhealthy = await events.waitFor('health_status: unhealthy', gateway);
      await gateway.setHealth('healthy');
      await events.waitFor('health_status: healthy', gateway, SOON_MS, unhealthy);
      await monitor.waitForLine(/gluetun is healthy again, says Docker/, SOON_MS);
      await eventually(
        'the check that the message asks for',
        () => checksSince(unhealthy).length > 1,
        SOON_MS,
      );
      expectUntouched();

      const wentBack = latest();
      await witness.comeBack();
      const back = await monitor.waitForLine(
        /The line is up again after .*, says the witness; checking the sites now/,
      );
      const killing = await killed();
      const [asked] = checksSince(wentBack);
      expect(asked?.engineTimeMs).toBeLessThan(killing.engineTimeMs);
      await monitor.waitForLine(/Recovery complete/, SOON_MS, back);
      const said = saidBy(monitor, /Why:|No recovery|The line/);
      // Docker's report led to a question to the witness: its second failure may come before or after the end of the check.
      expect(said.slice(0, 2)).toContainEqual(
        expect.stringMatching(/^\[WARN\] The line itself seems down: .*ECONNREFUSED.*; no recovery starts/),
      );
      expect(said.slice(0, 2)).toContain(
        `[WARN] No recovery: ${ALL_DOWN}; the line itself is down: the witness does not answer either`,
      );
      expect(said.slice(2)).toEqual([
        expect.stringMatching(/^\[INFO\] The line is up again after /),
        `[WARN] Why: ${ALL_DOWN}; the line is up, says the witness; recovery 1 since all was well, the next one not before 60s after its end`,
      ]);
    });

    it('and restarts nothing after an outage of the line alone', async () => {
      const monitor = await loseLine({});
      const held = await monitor.waitForLine(/No recovery: .*the line itself is down/, SOON_MS);
      await untilChecked(3);
      await expect(check({ WITNESS: witness.url })).resolves.toEqual({
        code: 1,
        text: expect.stringMatching(
          /The witness does not answer either .*: the line itself is down, no recovery would start\./,
        ) as string,
      });
      await gateway.heal();
      await witness.comeBack();
      await monitor.waitForLine(/can be reached again/, SOON_MS, held);
      await untilChecked(2);
      expectUntouched();
    });

    it('but not one that has never answered', async () => {
      await witness.goAway();
      const monitor = await watch({ WITNESS: witness.url });
      await monitor.waitForLine(
        /The witness has not answered \(.*ECONNREFUSED.*\); it is ignored until it does/,
        SOON_MS,
      );
      await gateway.breakTunnel();
      await monitor.waitForLine(/Recovery complete/, SOON_MS);
      expect(saidBy(monitor, /Why:/)).toEqual([
        `[WARN] Why: ${ALL_DOWN}; recovery 1 since all was well, the next one not before 60s after its end`,
      ]);
    });
  });

  describe('leaves Gluetun its SELF_HEAL_GRACE', () => {
    it('and restarts nothing if Gluetun heals itself', async () => {
      const monitor = await watch({ SELF_HEAL_GRACE: '120' });
      await gateway.breakTunnel();
      await monitor.waitForLine(
        /No recovery: .*; Gluetun has \d+s left to heal itself \(SELF_HEAL_GRACE\)/,
        SOON_MS,
      );
      await gateway.healItself();
      await monitor.waitForLine(/gluetun restarts its VPN itself; checking the sites now/, SOON_MS);
      await monitor.waitForLine(/can be reached again/, SOON_MS);
      await untilChecked(2);
      expectUntouched();
    });

    it('and restarts a gateway that does not heal itself when the grace period is over, not before', async () => {
      const monitor = await watch({ SELF_HEAL_GRACE: '8' });
      await gateway.breakTunnel();
      const held = await monitor.waitForLine(/No recovery: .*Gluetun has .* left to heal itself/, SOON_MS);
      const killing = await killed();
      expect(killing.engineTimeMs).toBeGreaterThanOrEqual(dueBy(held));
      await monitor.waitForLine(/Recovery complete/, SOON_MS);
    });
  });

  describe('is explained by `check`', () => {
    it('with the same figures, and with what holds a recovery back', async () => {
      const env = { SITE_QUORUM: 'majority', RECOVERY_BACKOFF: '600', STATE_FILE: newStateFile() };
      const monitor = await watch(env);
      await gateway.setSite(sites.ok[2], 'refused');
      const few = await monitor.waitForLine(/No recovery/, SOON_MS);
      const working = await check(env);
      expect(working.code).toBe(0);
      expect(working.text).toContain('The tunnel counts as working: ');
      expect(figuresIn(working.text)).toBe(figuresIn(few.text));

      await gateway.breakTunnel();
      const why = await monitor.waitForLine(/Why:/, SOON_MS);
      const complete = await monitor.waitForLine(/Recovery complete/, SOON_MS);
      await gateway.breakTunnel();
      await monitor.waitForLine(
        /No recovery: .* after 1 recovery the next is due in \d+s/,
        SOON_MS,
        complete,
      );
      const broken = await check(env);
      expect(broken.code).toBe(1);
      expect(broken.text).toContain('The tunnel does not pass: ');
      expect(figuresIn(broken.text)).toBe(figuresIn(why.text));
      expect(broken.text).toMatch(/Not before 5\d\ds from now: it is recovery 2 in a row\./);
    });
  });
});
