import { connected, facts, gatewayFacts, idOf, listed, minutes, onGateway } from '../builders.ts';
import { History } from '../history.ts';

const begun = (ownerId: string, leadsToEngine = false): History =>
  new History({ hasWitness: true, ownNetwork: { ownerId, leadsToEngine } }).feed(
    connected(),
    listed(gatewayFacts(), onGateway('app'), facts('other')),
  );

describe('a monitor', () => {
  it("on the gateway's network is told so once, and asks no witness through the tunnel", () => {
    const history = begun(idOf('gluetun'))
      .expectLine(/^This monitor is on the network of gluetun and goes down with it: give /, 'warn')
      .expectLine(/^WITNESS is not asked, for that would be through the tunnel of gluetun itself/, 'error')
      .expectNoLine(/DOCKER_HOST/);
    expect(history.everything.witness).toEqual({ value: 'none' });
    history
      .forget()
      .feed(minutes(5))
      .expectNoLine(/network|WITNESS/)
      .expectCommandCount('probeWitness', 0);
  });

  it('that reaches its engine that way, too, is told of both', () => {
    begun(idOf('gluetun'), true).expectLine(/^DOCKER_HOST leads through gluetun: /, 'error');
  });

  it("on a network of its own, or anybody else's, is not", () => {
    const history = begun(idOf('other'), true).expectNoLine(/network of|WITNESS|DOCKER_HOST/);
    expect(history.everything.witness.value).not.toBe('none');
  });
});
