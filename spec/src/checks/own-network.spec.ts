import {
  MONITOR,
  SETTINGS,
  connected,
  destroyed,
  facts,
  gatewayFacts,
  idOf,
  listed,
  listedAgain,
  minutes,
  onGateway,
  site,
} from '../builders.ts';
import { initialState } from '../../../src/loop/initial-state.ts';
import { History, settled } from '../history.ts';

const begun = (ownerId: string, leadsToEngine = false): History =>
  new History({ hasWitness: true, ownNetwork: { ownerId, leadsToEngine } }).feed(
    connected(),
    listed(gatewayFacts(), onGateway('app'), facts('other')),
  );

describe('a monitor', () => {
  it("on the gateway's network is warned once and asks no witness through the tunnel", () => {
    const history = begun(idOf('gluetun'))
      .expectLine(/^This monitor is on the network of gluetun and goes down with it: give /, 'warn')
      .expectLine(
        /^WITNESS is not asked, because that would be through the tunnel of gluetun itself/,
        'error',
      )
      .expectNoLine(/DOCKER_HOST/);
    expect(history.everything.witness).toEqual({ value: 'none' });
    history
      .forget()
      .feed(minutes(5))
      .expectNoLine(/network|WITNESS/)
      .expectCommandCount('probeWitness', 0);
  });

  it('is warned, too, if it reaches its engine through the gateway', () => {
    begun(idOf('gluetun'), true).expectLine(/^DOCKER_HOST leads through gluetun: /, 'error');
  });

  it('is not warned again if it has no witness and was recognised by its label', () => {
    const ownNetwork = { ownerId: idOf('gluetun'), leadsToEngine: false };
    const history = new History({ ownNetwork }).feed(
      connected(),
      listed(gatewayFacts(), onGateway('watcher', { labels: MONITOR })),
    );
    expect(history.said).toStrictEqual([
      'Monitoring container: gluetun',
      'Dependent containers (auto-discovery): none',
      'watcher, a monitor, is on the network of gluetun and goes down with it: give it a network of its own',
    ]);
  });

  it('on the network of one of two gateways is warned only once', () => {
    const history = new History();
    const two = ['gluetun', 'gluetun-us'].map((gateway) => ({ ...SETTINGS, gateway }));
    const ownNetwork = { ownerId: idOf('gluetun'), leadsToEngine: false };
    history.everything = initialState(two, [site('a')], { ownNetwork });
    const both = [gatewayFacts(), facts('gluetun-us')];
    history
      .feed(connected(), listed(...both))
      .expectLine(/This monitor is on the network of gluetun /)
      .forget()
      .feed(listedAgain(...both))
      .expectNoLine(/This monitor is on the network/);
  });

  it('on no known network is not warned when a gateway is removed', () => {
    const history = settled([], { hasWitness: true }).feed(destroyed('gluetun'));
    history.expectNoLine(/This monitor|WITNESS/);
  });

  it('on its own or another network is not warned', () => {
    const history = begun(idOf('other'), true).expectNoLine(/network of|WITNESS|DOCKER_HOST/);
    expect(history.everything.witness.value).not.toBe('none');
  });
});
