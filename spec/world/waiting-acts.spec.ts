import type { ContainerSpec } from '../simulated-engine/create-request.ts';
import type { Settings } from '../../src/model/state.ts';
import { World, type WorldOptions, dependent } from './world.ts';

const SLOW: ContainerSpec = {
  ...dependent('us1', 'gluetun-us'),
  workload: { ignoresTerm: true },
  body: { StopTimeout: 180 },
};
const OWN_SITES = [
  { url: 'https://one.example/', gateway: 'gluetun' },
  { url: 'https://two.example/', gateway: 'gluetun-us' },
];

/** The other gateway's dependent takes three minutes to stop, so every other act has to wait. */
describe('an act that is due while another one is under way', () => {
  let world: World;
  afterEach(() => world.end());

  const busy = (options: WorldOptions = {}): World => {
    world = new World({ sites: OWN_SITES, more: { 'gluetun-us': {} }, ...options })
      .populate([dependent('app1', 'gluetun'), SLOW])
      .startMonitor()
      .pass(60_000);
    world.engine.restart('gluetun-us');
    return world.until(() => world.client.written.includes('restart us1'));
  };
  const writesTo = (name: string): readonly string[] =>
    world.client.written.filter((call) => call.split(' ')[1] === name);
  const untilSitesAreDown = (): World => world.untilSaid(/^gluetun: Site .* THRESHOLD REACHED/);
  const untilHerWaveIsOver = (): World => world.untilSaid(/^gluetun-us: us1 restarted successfully$/);

  it.each(['restart', 'vpn-first'] as const)(
    'is neither started nor logged if a check passes meanwhile (%s)',
    (recoveryStrategy) => {
      busy({ settings: { recoveryStrategy } }).standIn.breakTunnel();
      untilSitesAreDown().pass(5_000);
      world.standIn.heal();
      untilHerWaveIsOver().pass(60_000);
      expect(writesTo('gluetun')).toEqual([]);
      expect(writesTo('app1')).toEqual([]);
      expect(world.said(/^gluetun: (Restarting|Health check failed|.*is not restarted)/)).toEqual([]);
    },
  );

  it('starts when the other one ends if its reason still holds', () => {
    busy().standIn.breakTunnel();
    untilSitesAreDown().pass(30_000);
    expect(writesTo('gluetun')).toEqual([]);
    expect(world.said(/^gluetun: (Restarting|Health check failed)/)).toEqual([]);
    untilHerWaveIsOver().untilSaid(/^gluetun: Recovery complete/, 60_000);
    expect(writesTo('gluetun')).toEqual(['restart gluetun']);
  });

  it('restarts a dependent only once if its gateway is to be restarted first', () => {
    busy().engine.restart('gluetun');
    world.pass(10_000).standIn.breakTunnel();
    untilSitesAreDown();
    untilHerWaveIsOver().untilSaid(/^gluetun: Recovery complete/, 60_000);
    expect(writesTo('app1')).toEqual(['restart app1']);
    expect(world.cutOff()).toEqual([]);
  });

  it("is not started if the operator stops the gateway meanwhile, and that stop counts as the operator's", () => {
    busy().standIn.breakTunnel();
    untilSitesAreDown().engine.stop('gluetun');
    world.untilSaid(/^gluetun: gluetun was stopped .*standing by until it starts$/);
    untilHerWaveIsOver().pass(600_000);
    expect(writesTo('gluetun')).toEqual([]);
    expect(world.memory.exits).toMatchObject({ [world.engine.get('gluetun').id]: { by: 'operator' } });
  });
});

/** It is slow to stop, and its tunnel is down before it ends. */
describe('a gateway that is stopped by its operator', () => {
  let world: World;
  afterEach(() => world.end());

  const broken = (settings: Partial<Settings>): World => {
    world = new World({ settings, exitMs: 60_000, gluetun: { healedByVpnRestart: false } });
    world.populate().startMonitor().standIn.breakTunnel();
    return world;
  };
  const expectLeftDown = (): void => {
    world.engine.stop('gluetun', 90);
    world.untilSaid(/^gluetun was stopped .*standing by until it starts$/, 120_000).pass(600_000);
    expect(world.client.written).toEqual([]);
  };

  it('is not restarted because its sites become unreachable', () => {
    broken({ failThreshold: 1 });
    expectLeftDown();
  });

  it('is not restarted because a restart of its VPN did not help', () => {
    broken({ recoveryStrategy: 'vpn-first' }).untilSaid(/^Restarting the VPN inside gluetun/);
    expectLeftDown();
  });
});

describe('a gateway that its operator restarts while the monitor restarts its VPN', () => {
  it('is not restarted again', () => {
    const world = new World({ settings: { recoveryStrategy: 'vpn-first' } }).populate().startMonitor();
    world.standIn.breakTunnel();
    world.untilSaid(/^Restarting the VPN inside gluetun/);
    world.engine.restart('gluetun');
    world.pass(120_000);
    expect(world.client.written.filter((call) => call.endsWith(' gluetun'))).toEqual([]);
    expect(world.cutOff()).toEqual([]);
    world.end();
  });
});
