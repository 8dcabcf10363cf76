import {
  checkBlind,
  checkFailed,
  checkPassed,
  happens,
  outOfMemory,
  idOf,
  publicIpLogged,
  seconds,
  selfHealingLogged,
  site,
  turned,
} from '../builders.ts';
import { type History, type Steps, settled } from '../history.ts';

describe('the grace for an outage', () => {
  const sites = [site('a'), site('b')];
  const settings = { selfHealGraceMs: 60_000 };
  const left = (line: string): RegExp =>
    new RegExp(`^No recovery: .*; Gluetun has ${line} left to heal itself \\(SELF_HEAL_GRACE\\)$`);
  /** Half a minute after the sign, if it was one, a site begins to fail. */
  const after = (sign: Steps): History =>
    settled([], { sites, settings }).feed(
      ...sign, seconds(30), checkFailed('a'), seconds(10), checkFailed('a'),
    ); // prettier-ignore

  it.each<{ given: string; sign: Steps }>([
    { given: 'Docker reports the gateway unhealthy', sign: [turned('gluetun', 'unhealthy')] },
    { given: 'Gluetun restarts its VPN by itself', sign: [selfHealingLogged()] },
  ])('begins when $given', ({ sign }) => {
    after(sign).expectLine(left('20s'));
  });

  it.each<{ given: string; sign: Steps }>([
    { given: 'nothing', sign: [] },
    { given: 'another unhealthy container', sign: [turned('other', 'unhealthy')] },
    { given: 'a healthy gateway', sign: [turned('gluetun', 'healthy')] },
    { given: "an IP in Gluetun's log", sign: [publicIpLogged('203.0.113.1')] },
    {
      given: 'a VPN restart of another gateway',
      sign: [happens({ type: 'selfHealingLogged', gatewayId: idOf('other'), isPast: false })],
    },
    { given: 'a sign followed by a check that passed', sign: [selfHealingLogged(), checkPassed()] },
    { given: 'an inconclusive check', sign: [outOfMemory('gluetun'), checkBlind()] },
  ])('begins with the first failed site if there was only $given before', ({ sign }) => {
    after(sign).expectLine(left('50s'));
  });
});
