import { World, type WorldOptions, dependent } from './world.ts';

/** What Podman does not tell: the network in a listing, who sent a signal, whether the gateway is healthy. */
describe('on Podman,', () => {
  let world: World;
  afterEach(() => world.end());
  const running = (options: WorldOptions = {}): World =>
    (world = new World({ ...options, isPodman: true }).populate().startMonitor().pass(70_000));
  const expectLive = (withinMs = 60_000): void => {
    world.until(areLive, withinMs);
    expect(world.cutOff()).toEqual([]);
  };
  const areLive = (): boolean => ['app1', 'app2', 'app3'].every((name) => world.engine.isOnLiveNetwork(name));

  it('the engine is named once, with what does not work there', () => {
    running().client.cutStreams();
    world.pass(60_000);
    expect(world.said(/^The engine is Podman/)).toEqual([
      expect.stringMatching(
        /^The engine is Podman 5\.8\.6: .* no dependent is created anew \(docs\/podman\.md\)$/,
      ),
    ]);
  });

  it('the dependents are found, although no listing tells their network', () => {
    running();
    expect(world.said(/^Dependent containers \(auto/)).toEqual([
      'Dependent containers (auto-discovery): app1,app2,app3',
    ]);
    world.pass(3_600_000);
    expect(world.said(/^Dependent container (added|removed)/)).toEqual([]);
  });

  it('no dependent counts as removed while it cannot be inspected', () => {
    running();
    world.client.disturb = (call) => (call === 'inspect app1' ? { answerMs: Infinity } : undefined);
    world.pass(300_000);
    world.client.disturb = () => undefined;
    world.pass(120_000);
    expect(world.said(/^Dependent container (added|removed)/)).toEqual([]);
  });

  it('a dependent that could not be inspected at the start is added as soon as it can', () => {
    world = new World({ isPodman: true }).populate();
    world.client.disturb = (call) => (call === 'inspect app3' ? { answerMs: Infinity } : undefined);
    world.startMonitor().pass(30_000);
    expect(world.said(/^Dependent containers \(auto/)).toEqual([
      'Dependent containers (auto-discovery): app1,app2',
    ]);
    world.client.disturb = () => undefined;
    world.untilSaid(/^Dependent container added: app3$/, 120_000);
    expect(world.said(/^Dependent container removed/)).toEqual([]);
  });

  it('a broken tunnel is recovered, and every dependent put back', () => {
    running().standIn.breakTunnel();
    world.untilSaid(/^Recovery complete/).pass(1_000);
    expect(areLive()).toBe(true);
  });

  it('a gateway whose health stays "starting" is ready by its log and a check', () => {
    running().engine.restart('gluetun');
    world.untilSaid(/^gluetun is healthy after .*: its log shows the tunnel and a check passed$/, 30_000);
    expectLive();
  });

  it('a gateway whose health stays "starting" and whose log cannot be read is ready when its time is over', () => {
    running();
    world.client.disturb = (call) => (call === 'logs' ? { answerMs: Infinity } : undefined);
    world.client.cutStreams();
    world.engine.restart('gluetun');
    world.untilSaid(
      /^gluetun is healthy after .*: a check passed, though Docker does not call it healthy$/,
      200_000,
    );
    expectLive();
  });

  it.each([0, 137, 143])(
    'a gateway that ended with exit code %i was stopped by hand, and stays stopped',
    (code) => {
      running({ restartPolicy: 'no' });
      world.engine.crash('gluetun', code);
      world.pass(600_000);
      expect(world.client.written).toEqual([]);
      expect(world.said(/^gluetun was stopped/)).toHaveLength(1);
    },
  );

  it('a gateway stopped by hand stays stopped, and its dependents are put back once it is started', () => {
    running().engine.stop('gluetun');
    world.pass(600_000);
    expect(world.client.written).toEqual([]);
    world.engine.start('gluetun');
    expectLive();
  });

  it('a gateway that crashed is started, and its dependents put back', () => {
    running({ restartPolicy: 'no' });
    world.engine.crash('gluetun', 3);
    world.untilSaid(/^gluetun has not come back; starting it$/);
    expectLive();
  });

  it('a dependent stopped by hand stays stopped in a recovery', () => {
    running().engine.stop('app3');
    world.pass(30_000).standIn.breakTunnel();
    world.untilSaid(/^Recovery complete/).pass(60_000);
    expect(world.engine.get('app3').state.running).toBe(false);
    expect(world.client.written).not.toContain('restart app3');
  });

  it('a dependent that somebody starts brings the stopped gateway with it, and the others are put back', () => {
    running().engine.stop('gluetun');
    world.engine.stop('app3');
    world.pass(30_000).engine.start('app3');
    expectLive();
    expect([...world.client.written].sort()).toEqual(['restart app1', 'restart app2']);
  });

  it('a dependent created and started is added, and one removed is gone at once', () => {
    running();
    world.engine.create(dependent('late', 'gluetun'));
    world.engine.start('late');
    world.untilSaid(/^Dependent container added: late$/, 5_000);
    world.engine.remove('late', { force: true });
    world.untilSaid(/^Dependent container removed: late$/, 5_000);
    expect(world.said(/^Dependent container (added|removed)/)).toHaveLength(2);
  });
});
