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

/** The other gateway's dependent takes three minutes to stop: whatever is wanted meanwhile waits. */
describe('what is wanted while another act is under way', () => {
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
    'is not begun, nor said, if a check passes meanwhile (%s)',
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

  it('is begun at the end of that if its reason is still there', () => {
    busy().standIn.breakTunnel();
    untilSitesAreDown().pass(30_000);
    expect(writesTo('gluetun')).toEqual([]);
    expect(world.said(/^gluetun: (Restarting|Health check failed)/)).toEqual([]);
    untilHerWaveIsOver().untilSaid(/^gluetun: Recovery complete/, 60_000);
    expect(writesTo('gluetun')).toEqual(['restart gluetun']);
  });

  it('is one restart of a dependent if its gateway is to be restarted first', () => {
    busy().engine.restart('gluetun');
    world.pass(10_000).standIn.breakTunnel();
    untilSitesAreDown();
    untilHerWaveIsOver().untilSaid(/^gluetun: Recovery complete/, 60_000);
    expect(writesTo('app1')).toEqual(['restart app1']);
    expect(world.cutOff()).toEqual([]);
  });

  it('is not begun if the operator stops the gateway meanwhile, and takes no blame for that', () => {
    busy().standIn.breakTunnel();
    untilSitesAreDown().engine.stop('gluetun');
    world.untilSaid(/^gluetun: gluetun was stopped .*standing by until it starts$/);
    untilHerWaveIsOver().pass(600_000);
    expect(writesTo('gluetun')).toEqual([]);
    expect(world.memory.exits).toMatchObject({ [world.engine.get('gluetun').id]: { by: 'operator' } });
  });
});

/** It takes its time to stop, and its tunnel has gone before it. */
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

  it('is not restarted for the sites that are out of reach by then', () => {
    broken({ failThreshold: 1 });
    expectLeftDown();
  });

  it('is not restarted for that a restart of its VPN has not helped', () => {
    broken({ recoveryStrategy: 'vpn-first' }).untilSaid(/^Restarting the VPN inside gluetun/);
    expectLeftDown();
  });
});

describe('a gateway that somebody restarts while its VPN is being restarted', () => {
  it('is not restarted once more', () => {
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
