import type { ContainerFacts } from '../../../streams/events.ts';
import type { Settings } from '../../../src/model/state.ts';
import {
  compose,
  connected,
  facts,
  gatewayFacts,
  listed,
  listedAgain,
  minutes,
  onGateway,
} from '../builders.ts';
import { History } from '../history.ts';

const LABEL = { 'org.gluetun-monitor.exclude': 'true' };
const jackett = onGateway('media-jackett-1', { labels: compose('jackett') });

const told = (exist: readonly ContainerFacts[], settings: Partial<Settings>): History =>
  new History({ settings }).feed(connected(), listed(...exist), minutes(1), listedAgain());
const warned = ({ lines }: History): readonly string[] =>
  lines.filter(({ level }) => level === 'warn').map(({ message }) => message);

describe('the warning about the lists in the settings', () => {
  it.each<{ given: string; exist: ContainerFacts[]; settings: Partial<Settings>; then: string[] }>([
    {
      given: 'an exclusion that fits no container, with the nearest name',
      exist: [gatewayFacts(), jackett],
      settings: { exclude: ['jacket', 'jackett'] },
      then: ['EXCLUDE_CONTAINERS: jacket fits no container (nearest: media-jackett-1)'],
    },
    {
      given: 'an exclusion by ID, which changes when the container is re-created',
      exist: [gatewayFacts(), jackett],
      settings: { exclude: [jackett.id] },
      then: [
        `EXCLUDE_CONTAINERS: ${jackett.id.slice(0, 12)} is the id of media-jackett-1, which changes when it is created anew: name it instead`,
      ],
    },
    {
      given: 'an exclusion that fits no container, even without a gateway',
      exist: [facts('db')],
      settings: { exclude: ['other'] },
      then: ['Container gluetun not found; waiting for it', 'EXCLUDE_CONTAINERS: other fits no container'],
    },
    {
      given: 'a gateway excluded by its service',
      exist: [gatewayFacts({ labels: compose('vpn') })],
      settings: { exclude: ['vpn'] },
      then: ['gluetun is in EXCLUDE_CONTAINERS: it is watched, but never restarted'],
    },
    {
      given: 'a gateway excluded by its label',
      exist: [gatewayFacts({ labels: LABEL })],
      settings: {},
      then: [
        'gluetun is excluded by its label org.gluetun-monitor.exclude: it is watched, but never restarted',
      ],
    },
    {
      given: 'a gateway excluded by its name (no warning, because the start has reported it)',
      exist: [gatewayFacts()],
      settings: { exclude: ['gluetun'] },
      then: [],
    },
    {
      given: 'a VPN_RESTART_DEPENDENTS entry that is missing, not on the network or excluded',
      exist: [
        gatewayFacts(),
        jackett,
        facts('db'),
        onGateway('sonarr', { labels: LABEL }),
        onGateway('radarr'),
      ],
      settings: {
        recoveryStrategy: 'vpn-first',
        vpnRestartDependents: ['jackett', 'jacket', 'db', 'sonarr', 'radarr'],
        exclude: ['radarr'],
      },
      then: [
        'VPN_RESTART_DEPENDENTS: jacket fits no container (nearest: media-jackett-1)',
        'VPN_RESTART_DEPENDENTS: db is no dependent of gluetun: it is not restarted',
        'VPN_RESTART_DEPENDENTS: sonarr is excluded by its label org.gluetun-monitor.exclude: it is not restarted',
      ],
    },
    {
      given: 'VPN_RESTART_DEPENDENTS without an effect (no warning)',
      exist: [gatewayFacts()],
      settings: { vpnRestartDependents: ['jacket'] },
      then: [],
    },
    {
      given: 'a gateway word that fits several containers',
      exist: ['b', 'a'].map((name) => facts(`${name}-vpn-1`, { labels: compose('vpn') })),
      settings: { gateway: 'vpn' },
      then: [
        'Container vpn could be any of a-vpn-1, b-vpn-1: set GLUETUN_CONTAINER to the name of one; waiting until it is clear',
      ],
    },
    {
      given: 'a missing gateway, with the nearest names, if nothing looks like Gluetun',
      exist: [facts('tunnel'), facts('db')],
      settings: { gateway: 'tunel' },
      then: [
        'Container tunel not found; it could be tunnel: set GLUETUN_CONTAINER to the right name; waiting for it',
      ],
    },
  ])('is logged once for $given', ({ exist, settings, then }) => {
    expect(warned(told(exist, settings))).toEqual(then);
  });
});

it('a gateway found by its word is kept when a second container fits the word', () => {
  const first = facts('a-vpn-1', { labels: compose('vpn') });
  const history = new History({ settings: { gateway: 'vpn' } })
    .feed(connected(), listed(first), minutes(1))
    .feed(listed(first, facts('b-vpn-1', { labels: compose('vpn') })));
  expect(history.state.gateway).toMatchObject({ name: 'a-vpn-1' });
});
