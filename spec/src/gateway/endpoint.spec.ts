import {
  checkFailed,
  checkPassed,
  connected,
  endpointRead,
  endpointUnavailable,
  gatewayFacts,
  happens,
  inspectedAs,
  listed,
  listedAgain,
  onGateway,
  publicIpLogged,
  restartMessages,
  seconds,
  serverLogged,
  started,
  stoppedByHand,
  succeeded,
  turned,
  vpnStartingLogged,
  vpnStoppingLogged,
  waveSucceeded,
  minutes,
} from '../builders.ts';
import { History, type Setting, type Steps, settled } from '../history.ts';

const endpointLines = ({ lines }: History): readonly string[] =>
  lines.filter(({ level }) => level === 'endpoint').map(({ message }) => message);

const PLACE = { country: 'Netherlands', region: 'North Holland', city: 'Amsterdam' };
const found = () => new History().feed(connected(), listed(gatewayFacts()));
const startedAgain: Steps = [seconds(20), started('gluetun'), inspectedAs('gluetun', { health: 'healthy' })];

describe('the endpoint at the start of the monitor', () => {
  it.each<{ given: string; event: Steps; then: string }>([
    {
      given: 'as the control server has it',
      event: [endpointRead('203.0.113.1', PLACE)],
      then: 'Status: STARTUP | IP: 203.0.113.1 | Country: Netherlands | City: Amsterdam | VPN Server: unknown | Reason: Monitor starting',
    },
    {
      given: 'as the log has it, where the control server does not tell',
      event: [publicIpLogged('2001:db8::77', PLACE), serverLogged('198.51.100.4'), endpointUnavailable()],
      then: 'Status: STARTUP | IP: 2001:db8::77 | Country: Netherlands | City: Amsterdam | VPN Server: 198.51.100.4 | Reason: Monitor starting',
    },
    {
      given: 'as the log has it, where the control server has no address yet',
      event: [publicIpLogged('203.0.113.2'), endpointRead(undefined)],
      then: 'Status: STARTUP | IP: 203.0.113.2 | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
    {
      given: 'as the control server has it, before what the log said earlier',
      event: [publicIpLogged('203.0.113.2', PLACE), endpointRead('203.0.113.1')],
      then: 'Status: STARTUP | IP: 203.0.113.1 | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
    {
      given: 'as the log has it, where that comes later than the refusal of the control server',
      event: [endpointUnavailable(), serverLogged('198.51.100.4'), publicIpLogged('203.0.113.2')],
      then: 'Status: STARTUP | IP: 203.0.113.2 | Country: unknown | City: unknown | VPN Server: 198.51.100.4 | Reason: Monitor starting',
    },
    {
      given: 'as the control server has it when it is asked once more',
      event: [endpointRead(undefined), seconds(4), endpointRead('203.0.113.2')],
      then: 'Status: STARTUP | IP: 203.0.113.2 | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
    {
      given: 'unknown, where nobody tells',
      event: [endpointUnavailable(), seconds(10)],
      then: 'Status: STARTUP | IP: unknown | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
    {
      given: 'unknown, where the control server does not answer in time',
      event: [seconds(10)],
      then: 'Status: STARTUP | IP: unknown | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
  ])('is said $given', ({ event, then }) => {
    expect(endpointLines(found().feed(...event))).toEqual([then]);
  });

  it('is not said to be unknown before ten seconds are over', () => {
    expect(endpointLines(found().feed(endpointUnavailable(), seconds(9)))).toEqual([]);
  });

  it('is said once', () => {
    const history = found().feed(endpointRead('203.0.113.1'), checkPassed(), minutes(1), listedAgain());
    expect(endpointLines(history)).toHaveLength(1);
  });

  it('is not said before the gateway is ready', () => {
    const history = new History()
      .feed(
        connected(),
        listed(gatewayFacts({ health: 'starting', startedAt: 9_999_000 })),
        publicIpLogged('203.0.113.1'),
        seconds(3),
      )
      .expectCommandCount('readEndpoint', 0);
    expect(endpointLines(history)).toEqual([]);
  });

  it('carries its parts for machines', () => {
    const { notices } = found().feed(endpointRead('203.0.113.1', PLACE));
    expect(notices.find(({ kind }) => kind === 'endpoint')).toEqual({
      kind: 'endpoint',
      gateway: 'gluetun',
      status: 'STARTUP',
      ip: '203.0.113.1',
      country: 'Netherlands',
      city: 'Amsterdam',
      server: undefined,
      reason: 'Monitor starting',
    });
  });
});

describe('the endpoint is CHANGED', () => {
  it.each<{ given: string; event: Steps; then: readonly RegExp[] }>([
    {
      given: 'where the log shows another address',
      event: [publicIpLogged('203.0.113.9')],
      then: [/^Status: CHANGED \| IP: 203\.0\.113\.9 .* Reason: Gluetun reported a new public IP$/],
    },
    {
      given: 'once for each other address',
      event: [publicIpLogged('203.0.113.9'), publicIpLogged('203.0.113.9'), publicIpLogged('203.0.113.8')],
      then: [/203\.0\.113\.9/, /203\.0\.113\.8/],
    },
    {
      given: 'where the gateway came back with another one',
      event: [...startedAgain, endpointRead('203.0.113.9')],
      then: [/^Status: CHANGED \| IP: 203\.0\.113\.9 .* Reason: After restart$/],
    },
    { given: 'not where the address is the same', event: [publicIpLogged('203.0.113.1')], then: [] },
    {
      given: 'not where it came back with the same one',
      event: [...startedAgain, endpointRead('203.0.113.1')],
      then: [],
    },
    {
      given: 'not where it came back and nobody tells',
      event: [...startedAgain, endpointUnavailable()],
      then: [],
    },
    { given: 'not where only its server is told', event: [serverLogged('198.51.100.9')], then: [] },
    {
      given: 'not by the log of another container',
      event: [publicIpLogged('203.0.113.9', {}, 'f'.repeat(64))],
      then: [],
    },
    {
      given: 'not where the control server tells nothing new',
      event: [turned('gluetun', 'healthy'), endpointRead(undefined)],
      then: [],
    },
  ])('$given', ({ event, then }) => {
    expect(endpointLines(settled().feed(...event))).toEqual(
      then.map((line): unknown => expect.stringMatching(line)),
    );
  });
});

describe('a line from before the log was followed', () => {
  const past =
    (ip: string): Steps[number] =>
    (state, at) =>
      publicIpLogged(ip)(state, at).map((event) => ({ ...event, isPast: true }) as typeof event);

  it('tells the address of this start', () => {
    const history = found().feed(past('203.0.113.5'), endpointUnavailable());
    expect(endpointLines(history)).toEqual([
      expect.stringMatching(/^Status: STARTUP \| IP: 203\.0\.113\.5 /),
    ]);
  });

  it('is no change of the address', () => {
    expect(endpointLines(settled().feed(past('203.0.113.5')))).toEqual([]);
  });
});

describe('the control server', () => {
  it('is asked when the gateway has become ready or healthy again, not with each check', () => {
    const history = settled();
    for (let times = 0; times < 5; times += 1) history.feed(seconds(30), checkPassed());
    history.expectCommandCount('readEndpoint', 0);
    history.feed(turned('gluetun', 'unhealthy')).expectCommandCount('readEndpoint', 0);
    history.feed(turned('gluetun', 'healthy')).expectCommandCount('readEndpoint', 1);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'another container has become healthy', event: [turned('app', 'healthy')] },
    { given: 'the gateway has become unhealthy', event: [turned('gluetun', 'unhealthy')] },
  ])('is not asked where $given', ({ event }) => {
    settled([onGateway('app')])
      .feed(...event)
      .expectCommandCount('readEndpoint', 0);
  });

  it('that does not tell has its reason among the details', () => {
    const { lines } = found().feed(endpointUnavailable());
    expect(lines).toContainEqual({ level: 'debug', message: 'Endpoint: Unauthorized' });
  });

  it('that answers an older question is not heard', () => {
    const history = settled();
    history.feed(turned('gluetun', 'unhealthy'), turned('gluetun', 'healthy'));
    const stale = (history.state.endpoint.reading?.requestId ?? 0) - 1;
    history.reduce({ ...answer(stale), at: history.now });
    expect(history.state.endpoint.current.ip).toBe('203.0.113.1');
    expect(history.state.endpoint.reading).toBeDefined();
  });

  it('that has nothing to tell to an older question, or to none, is not heard either', () => {
    const history = settled().feed(endpointUnavailable());
    history.expectNoLine(/^Endpoint:/).feed(turned('gluetun', 'unhealthy'), turned('gluetun', 'healthy'));
    const requestId = (history.state.endpoint.reading?.requestId ?? 0) - 1;
    history.reduce({ type: 'endpointUnavailable', requestId, reason: 'Unauthorized', at: history.now });
    expect(history.state.endpoint.reading).toBeDefined();
  });

  it('that answers of an earlier start is not heard', () => {
    const history = settled().feed(turned('gluetun', 'healthy'));
    const asked = history.state.endpoint.reading?.requestId ?? 0;
    history.feed(started('gluetun'), inspectedAs('gluetun', { health: 'starting' }));
    history.reduce({ ...answer(asked), at: history.now });
    expect(history.state.endpoint.current.ip).toBeUndefined();
  });

  const answer = (requestId: number) =>
    ({
      type: 'endpointRead',
      requestId,
      ip: '192.0.2.66',
      country: undefined,
      region: undefined,
      city: undefined,
    }) as const;
});

const broken = (setting: Setting = {}) =>
  settled([onGateway('app')], setting).feed(seconds(30), checkFailed(), seconds(10), checkFailed());
const FAILING: unknown = expect.stringMatching(
  /^Status: FAILING \| IP: 203\.0\.113\.1 .* Reason: Site connectivity test failed$/,
);
const NEW = (ip: string, server = 'unknown'): string =>
  `Status: NEW | IP: ${ip} | Country: unknown | City: unknown | VPN Server: ${server} | Reason: After restart`;

/** Up to the check that passes, each in its way: what is asked of the control server, and what must be told, is the same. */
const WAYS: readonly { way: string; history: () => History }[] = [
  {
    way: 'a restart of the container',
    history: () =>
      broken().feed(
        restartMessages('gluetun'),
        inspectedAs('gluetun', { health: 'healthy' }),
        succeeded(),
        seconds(1),
        checkPassed(),
      ),
  },
  {
    way: 'a restart of the VPN',
    history: () =>
      broken({ settings: { recoveryStrategy: 'vpn-first' } }).feed(succeeded(), seconds(1), checkPassed()),
  },
  {
    way: 'a restart of the container after which no check passes',
    history: () =>
      broken().feed(
        restartMessages('gluetun'),
        inspectedAs('gluetun', { health: 'healthy' }),
        succeeded(),
        seconds(30),
      ),
  },
];

describe.each(WAYS)('the endpoint of a recovery by $way', ({ history: recovered }) => {
  it.each<{ given: string; event: Steps; then: string }>([
    { given: 'as the log tells it', event: [publicIpLogged('203.0.113.7')], then: NEW('203.0.113.7') },
    {
      given: 'as the log tells it, whatever the control server has not heard of yet',
      event: [endpointRead(undefined), seconds(5), serverLogged('s:1'), publicIpLogged('203.0.113.7')],
      then: NEW('203.0.113.7', 's:1'),
    },
    {
      given: 'as the control server tells it',
      event: [endpointRead('203.0.113.7')],
      then: NEW('203.0.113.7'),
    },
    {
      given: 'as the control server tells it when it is asked once more',
      event: [endpointRead(undefined), seconds(24), endpointRead('203.0.113.7')],
      then: NEW('203.0.113.7'),
    },
    {
      given: 'with the address it had before',
      event: [publicIpLogged('203.0.113.1')],
      then: NEW('203.0.113.1'),
    },
    {
      given: 'as unknown, where nobody tells',
      event: [endpointUnavailable(), seconds(30)],
      then: NEW('unknown'),
    },
  ])('is NEW once, $given', ({ event, then }) => {
    const history = recovered();
    expect(endpointLines(history)).toEqual([FAILING]);
    history.feed(...event);
    expect(endpointLines(history)).toEqual([FAILING, then]);
    history.feed(seconds(20));
    expect(endpointLines(history)).toEqual([FAILING, then]);
  });

  it('is not said to be unknown before half a minute is over, and then not without asking once more', () => {
    const history = recovered().feed(endpointUnavailable(), seconds(23));
    expect(endpointLines(history)).toEqual([FAILING]);
    history.expectCommandCount('readEndpoint', 1).feed(seconds(2)).expectCommandCount('readEndpoint', 2);
  });

  it('that becomes known after it was said to be unknown is a change', () => {
    const history = recovered().feed(endpointUnavailable(), seconds(30), publicIpLogged('203.0.113.9'));
    // A recovery that is still at its repairs has the first word.
    history.feed(listedAgain(), waveSucceededOrNone, minutes(1));
    expect(endpointLines(history).slice(1)).toEqual([
      NEW('unknown'),
      expect.stringMatching(/^Status: CHANGED \| IP: 203\.0\.113\.9 /),
    ]);
  });

  it('is not asked for where the log has told it', () => {
    const history = recovered().forget().feed(publicIpLogged('203.0.113.7'), seconds(25));
    history.expectCommandCount('readEndpoint', 0);
  });

  const waveSucceededOrNone: Steps[number] = (state, at) =>
    state.shared.inFlight === undefined ? [] : waveSucceeded()(state, at);
});

describe('the endpoint of a reconnect', () => {
  const reconnecting: Steps = [vpnStoppingLogged(), vpnStartingLogged(), serverLogged('198.51.100.9:51820')];
  const vpnFirst = () => broken({ settings: { recoveryStrategy: 'vpn-first' } });

  it('is what was told while the VPN was being restarted', () => {
    const history = vpnFirst().feed(...reconnecting, succeeded(), publicIpLogged('203.0.113.7'));
    history.feed(seconds(1), checkPassed()).expectCommandCount('readEndpoint', 0);
    expect(endpointLines(history)).toEqual([FAILING, NEW('203.0.113.7', '198.51.100.9:51820')]);
  });

  it('is not the one that was in use when it began', () => {
    const history = vpnFirst().feed(succeeded(), seconds(1), checkPassed());
    expect(endpointLines(history)).toEqual([FAILING]);
    expect(Object.values(history.state.endpoint.current).filter((part) => part !== undefined)).toEqual([]);
  });

  it('is not what the control server was asked for before', () => {
    const history = settled([], { settings: { recoveryStrategy: 'vpn-first' } });
    history.feed(seconds(30), checkFailed(), seconds(10), turned('gluetun', 'healthy'));
    const requestId = history.state.endpoint.reading?.requestId ?? 0;
    history.feed(checkFailed()).expectRecovery('restartingVpn');
    history.reduce({ ...OLD, requestId, at: history.now });
    expect(history.state.endpoint.current.ip).toBeUndefined();
  });

  it('is not asked for before the check that passes', () => {
    vpnFirst()
      .feed(turned('gluetun', 'healthy'), succeeded(), turned('gluetun', 'healthy'))
      .expectCommandCount('readEndpoint', 0);
  });

  it('of its own or of its operator is a change, with the server of that reconnect', () => {
    const history = settled().feed(serverLogged('old'), ...reconnecting, publicIpLogged('203.0.113.9'));
    expect(endpointLines(history)).toEqual([
      'Status: CHANGED | IP: 203.0.113.9 | Country: unknown | City: unknown | VPN Server: 198.51.100.9:51820 | Reason: Gluetun reported a new public IP',
    ]);
  });

  it('that led to the same address is none', () => {
    const history = settled().feed(...reconnecting, publicIpLogged('203.0.113.1'), minutes(1));
    expect(endpointLines(history)).toEqual([]);
  });

  it('of another container forgets nothing', () => {
    const history = settled().feed(
      happens({ type: 'vpnStoppingLogged', gatewayId: 'f'.repeat(64), isPast: false }),
    );
    expect(history.state.endpoint.current.ip).toBe('203.0.113.1');
  });

  const OLD = {
    type: 'endpointRead', ip: '203.0.113.1', country: undefined, region: undefined, city: undefined,
  } as const; // prettier-ignore
});

describe('a NEW endpoint that is owed', () => {
  it('is that of a later start, where the gateway has started anew before it was told', () => {
    const history = broken({ settings: { recoveryStrategy: 'vpn-first' } });
    history.feed(succeeded(), seconds(1), checkPassed(), seconds(2));
    history.feed(
      started('gluetun'),
      inspectedAs('gluetun', { health: 'healthy' }),
      publicIpLogged('203.0.113.8'),
    );
    expect(endpointLines(history)).toEqual([FAILING, NEW('203.0.113.8')]);
  });

  it('is dropped where the gateway does not run when its time is up, and its address is a change then', () => {
    const history = broken({ settings: { recoveryStrategy: 'vpn-first' } });
    history.feed(succeeded(), seconds(1), checkPassed(), stoppedByHand('gluetun'), minutes(1));
    expect(endpointLines(history)).toEqual([FAILING]);
    history.feed(
      started('gluetun'),
      inspectedAs('gluetun', { health: 'healthy' }),
      endpointUnavailable(),
      publicIpLogged('203.0.113.8'),
    );
    expect(endpointLines(history).slice(1)).toEqual([
      expect.stringMatching(/^Status: CHANGED \| IP: 203\.0\.113\.8 /),
    ]);
  });
});
