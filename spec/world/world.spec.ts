import { SITES, World, type WorldOptions } from './world.ts';

describe('the whole monitor, in virtual time,', () => {
  let world: World;
  const running = (options: WorldOptions = {}): World =>
    (world = new World(options).populate().startMonitor());
  afterEach(() => world.end());

  it('logs nothing on a healthy day', () => {
    running();
    const before = world.lines.length;
    world.pass(24 * 3600_000);
    expect(world.lines.slice(before)).toEqual([]);
    expect(world.client.written).toEqual([]);
  });

  it('recovers a broken tunnel, and restarts the dependents in the order of their networks', () => {
    running();
    world.standIn.breakTunnel();
    world.untilSaid(/^Recovery complete/);
    expect(world.client.written).toEqual(['restart gluetun', 'restart app1', 'restart app3', 'restart app2']);
    expect(world.cutOff()).toEqual([]);
  });

  it('restarts nothing for an advisory site that is down', () => {
    running({
      sites: [...SITES.map((url) => ({ url })), { url: 'https://blocked.example/', role: 'advisory' }],
    });
    world.standIn.siteAnswers('https://blocked.example/', { exitCode: 4, afterMs: 5 });
    world.pass(3600_000);
    expect(world.client.written).toEqual([]);
    expect(world.said(/THRESHOLD/)).toHaveLength(1);
  });

  it('puts the dependents back even if one site stays down after the restart', () => {
    running();
    world.standIn.siteAnswers(SITES[1], { exitCode: 4, afterMs: 5 });
    world.untilSaid(/^Recovery ended .* no check has passed/);
    expect(world.cutOff()).toEqual([]);
  });

  it('starts a gateway that its own restart left stopped', () => {
    world = new World().populate();
    world.startMonitor();
    world.client.failNext(/restart gluetun/, 'driver failed programming external connectivity');
    world.standIn.breakTunnel();
    world.untilSaid(/Restarting gluetun failed: driver failed/);
    world.pass(400_000);
    expect(world.cutOff()).toEqual([]);
    expect(world.said(/^Recovery complete/)).not.toEqual([]);
  });

  it('leaves a gateway alone if its operator stops it during a recovery', () => {
    running();
    world.standIn.breakTunnel();
    world.untilSaid(/^Discovered dependent containers/);
    world.engine.stop('gluetun');
    world.untilSaid(/gluetun was stopped/);
    const written = [...world.client.written];
    world.pass(3600_000);
    expect(world.client.written.filter((call) => call.includes('gluetun'))).toEqual(['restart gluetun']);
    expect(written.length).toBeGreaterThan(0);
  });

  it('continues if one dependent cannot be restarted, and puts it back later', () => {
    running();
    world.client.failNext(/restart app1/, 'device or resource busy');
    world.standIn.breakTunnel();
    world.untilSaid(/Restarting app1 failed: device or resource busy; trying again in 5s/);
    world.untilSaid(/Recovery ended .* not restarted: app1/);
    world.untilSaid(/app1 restarted successfully/);
    world.until(() => world.cutOff().length === 0, 120_000);
    expect(world.said(/Restarting app1 failed/)).toHaveLength(1);
  });

  it("notices all changes even if the engine's events are lost", () => {
    running();
    world.engine.events.loses = () => true;
    world.engine.create({ name: 'late', networkMode: 'container:gluetun' });
    world.engine.start('late');
    world.engine.remove('app3', { force: true });
    world.untilSaid(/Dependent container added: late/, 61_000);
    expect(world.said(/Dependent container removed: app3/)).toHaveLength(1);
    world.standIn.breakTunnel();
    world.untilSaid(/^Recovery complete/, 300_000);
    expect(world.cutOff()).toEqual([]);
  });

  it('reconnects to an engine that went away, reports it once, and carries on', () => {
    running();
    world.engine.shutDown();
    world.untilSaid(/^Lost the Docker engine/);
    world.pass(60_000);
    world.engine.boot({ ownersFirst: true });
    world.untilSaid(/^The Docker engine answers again/);
    expect(world.said(/^Lost/)).toHaveLength(1);
    world.pass(120_000);
    world.standIn.breakTunnel();
    world.untilSaid(/^Recovery complete/, 300_000);
    expect(world.cutOff()).toEqual([]);
  });

  it.each([
    ['always', 'app1, app2'],
    ['unless-stopped', 'app1, app2, gluetun'],
  ] as const)(
    'starts what a killed engine stopped at its next start, with restart policy %s, but not what its operator had stopped',
    (restartPolicy, names) => {
      running({ restartPolicy });
      world.engine.stop('app3');
      world.pass(60_000).engine.breakDown();
      world.untilSaid(/^Lost the Docker engine/);
      world.pass(30_000).engine.boot();
      world.untilSaid(/stopped what still ran/);
      expect(world.said(/stopped what still ran/)).toEqual([expect.stringMatching(`ran: ${names}$`)]);
      world.until(() => ['gluetun', 'app1', 'app2'].every((name) => world.engine.isOnLiveNetwork(name)));
      world.pass(3600_000);
      expect(world.client.written.filter((call) => call.includes('app3'))).toEqual([]);
      expect(world.cutOff()).toEqual([]);
    },
  );

  it('starts what a killed engine stopped even if the monitor was started only afterwards', () => {
    running({ restartPolicy: 'unless-stopped' }).killMonitor();
    world.engine.breakDown();
    world.pass(30_000).engine.boot();
    world.pass(20_000).startMonitor();
    world.until(() =>
      ['gluetun', 'app1', 'app2', 'app3'].every((name) => world.engine.isOnLiveNetwork(name)),
    );
    expect(world.cutOff()).toEqual([]);
  });

  it('starts what a killed engine stopped even if the engine and the monitor restart again before it could', () => {
    running({ restartPolicy: 'unless-stopped' });
    world.engine.breakDown();
    world.pass(30_000).engine.boot();
    world
      .untilSaid(/stopped what still ran/)
      .pass(1_000)
      .killMonitor();
    world.engine.shutDown();
    world.pass(1_000).engine.boot();
    world.pass(1_000).startMonitor();
    world.until(() =>
      ['gluetun', 'app1', 'app2', 'app3'].every((name) => world.engine.isOnLiveNetwork(name)),
    );
    expect(world.cutOff()).toEqual([]);
  });

  it('reports once that it cannot probe', () => {
    running();
    world.standIn.removeWget();
    world.pass(3600_000);
    expect(world.said(/cannot be probed/)).toHaveLength(1);
    expect(world.client.written).toEqual([]);
  });

  it.each([
    ['an idle monitor', (): void => undefined],
    ['a monitor that restarts its gateway', (): void => world.standIn.breakTunnel()],
  ])('ends within its grace period: %s', (_, given) => {
    running();
    given();
    world.pass(45_000);
    world.shutDownMonitor();
    world.pass(8_000);
    expect(world.hasEnded).toBe(true);
    expect(world.said(/Received shutdown signal, exiting\.\.\./)).toHaveLength(1);
  });

  it('recovers a gateway without a health check as soon as a check passes', () => {
    running({ health: null });
    world.standIn.breakTunnel();
    world.untilSaid(/^Recovery complete/);
    expect(world.said(/gluetun is healthy after .*no health check|its log shows the tunnel/)).not.toEqual([]);
    expect(world.cutOff()).toEqual([]);
  });
});
