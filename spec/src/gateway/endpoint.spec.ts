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

describe('the STARTUP line about the endpoint', () => {
  it.each<{ given: string; event: Steps; then: string }>([
    {
      given: 'what the control server answers',
      event: [endpointRead('203.0.113.1', PLACE)],
      then: 'Status: STARTUP | IP: 203.0.113.1 | Country: Netherlands | City: Amsterdam | VPN Server: unknown | Reason: Monitor starting',
    },
    {
      given: 'what the log shows if the control server gives no answer',
      event: [publicIpLogged('2001:db8::77', PLACE), serverLogged('198.51.100.4'), endpointUnavailable()],
      then: 'Status: STARTUP | IP: 2001:db8::77 | Country: Netherlands | City: Amsterdam | VPN Server: 198.51.100.4 | Reason: Monitor starting',
    },
    {
      given: 'what the log shows if the control server has no IP yet',
      event: [publicIpLogged('203.0.113.2'), endpointRead(undefined)],
      then: 'Status: STARTUP | IP: 203.0.113.2 | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
    {
      given: 'what the control server answers, even if the log showed another IP before',
      event: [publicIpLogged('203.0.113.2', PLACE), endpointRead('203.0.113.1')],
      then: 'Status: STARTUP | IP: 203.0.113.1 | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
    {
      given: 'what the log shows after the control server has refused to answer',
      event: [endpointUnavailable(), serverLogged('198.51.100.4'), publicIpLogged('203.0.113.2')],
      then: 'Status: STARTUP | IP: 203.0.113.2 | Country: unknown | City: unknown | VPN Server: 198.51.100.4 | Reason: Monitor starting',
    },
    {
      given: 'what the control server answers when it is asked again',
      event: [endpointRead(undefined), seconds(4), endpointRead('203.0.113.2')],
      then: 'Status: STARTUP | IP: 203.0.113.2 | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
    {
      given: '"unknown" if neither the log nor the control server knows the IP',
      event: [endpointUnavailable(), seconds(10)],
      then: 'Status: STARTUP | IP: unknown | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
    {
      given: '"unknown" if the control server does not answer in time',
      event: [seconds(10)],
      then: 'Status: STARTUP | IP: unknown | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
  ])('shows $given', ({ event, then }) => {
    expect(endpointLines(found().feed(...event))).toEqual([then]);
  });

  it('does not show "unknown" before ten seconds have passed', () => {
    expect(endpointLines(found().feed(endpointUnavailable(), seconds(9)))).toEqual([]);
  });

  it('is logged only once', () => {
    const history = found().feed(endpointRead('203.0.113.1'), checkPassed(), minutes(1), listedAgain());
    expect(endpointLines(history)).toHaveLength(1);
  });

  it('is not logged before the gateway is ready', () => {
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

  it('carries its parts as separate fields for the JSON log', () => {
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

describe('the CHANGED line about the endpoint', () => {
  it.each<{ given: string; event: Steps; then: readonly RegExp[] }>([
    {
      given: 'is logged if the log shows another IP',
      event: [publicIpLogged('203.0.113.9')],
      then: [/^Status: CHANGED \| IP: 203\.0\.113\.9 .* Reason: Gluetun reported a new public IP$/],
    },
    {
      given: 'is logged once for each new IP',
      event: [publicIpLogged('203.0.113.9'), publicIpLogged('203.0.113.9'), publicIpLogged('203.0.113.8')],
      then: [/203\.0\.113\.9/, /203\.0\.113\.8/],
    },
    {
      given: 'is logged if the gateway restarts with another IP',
      event: [...startedAgain, endpointRead('203.0.113.9')],
      then: [/^Status: CHANGED \| IP: 203\.0\.113\.9 .* Reason: After restart$/],
    },
    { given: 'is not logged if the IP is the same', event: [publicIpLogged('203.0.113.1')], then: [] },
    {
      given: 'is not logged if the gateway restarts with the same IP',
      event: [...startedAgain, endpointRead('203.0.113.1')],
      then: [],
    },
    {
      given: 'is not logged if the gateway restarts and the IP stays unknown',
      event: [...startedAgain, endpointUnavailable()],
      then: [],
    },
    { given: 'is not logged if only the VPN server is new', event: [serverLogged('198.51.100.9')], then: [] },
    {
      given: 'is not logged if the log of another container shows another IP',
      event: [publicIpLogged('203.0.113.9', {}, 'f'.repeat(64))],
      then: [],
    },
    {
      given: 'is not logged if the control server has no IP to report',
      event: [turned('gluetun', 'healthy'), endpointRead(undefined)],
      then: [],
    },
  ])('$given', ({ event, then }) => {
    expect(endpointLines(settled().feed(...event))).toEqual(
      then.map((line): unknown => expect.stringMatching(line)),
    );
  });
});

describe('a log line written before we followed the log', () => {
  const past =
    (ip: string): Steps[number] =>
    (state, at) =>
      publicIpLogged(ip)(state, at).map((event) => ({ ...event, isPast: true }) as typeof event);

  it('supplies the IP for the STARTUP line', () => {
    const history = found().feed(past('203.0.113.5'), endpointUnavailable());
    expect(endpointLines(history)).toEqual([
      expect.stringMatching(/^Status: STARTUP \| IP: 203\.0\.113\.5 /),
    ]);
  });

  it('does not count as a change of the IP', () => {
    expect(endpointLines(settled().feed(past('203.0.113.5')))).toEqual([]);
  });
});

describe('the control server', () => {
  it('is asked when the gateway becomes ready or healthy again, not at each check', () => {
    const history = settled();
    for (let times = 0; times < 5; times += 1) history.feed(seconds(30), checkPassed());
    history.expectCommandCount('readEndpoint', 0);
    history.feed(turned('gluetun', 'unhealthy')).expectCommandCount('readEndpoint', 0);
    history.feed(turned('gluetun', 'healthy')).expectCommandCount('readEndpoint', 1);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'another container becomes healthy', event: [turned('app', 'healthy')] },
    { given: 'the gateway becomes unhealthy', event: [turned('gluetun', 'unhealthy')] },
  ])('is not asked when $given', ({ event }) => {
    settled([onGateway('app')])
      .feed(...event)
      .expectCommandCount('readEndpoint', 0);
  });

  it('has its reason logged at debug level if it gives no answer', () => {
    const { lines } = found().feed(endpointUnavailable());
    expect(lines).toContainEqual({ level: 'debug', message: 'Endpoint: Unauthorized' });
  });

  it('is ignored if it answers an older request', () => {
    const history = settled();
    history.feed(turned('gluetun', 'unhealthy'), turned('gluetun', 'healthy'));
    const stale = (history.state.endpoint.reading?.requestId ?? 0) - 1;
    history.reduce({ ...answer(stale), at: history.now });
    expect(history.state.endpoint.current.ip).toBe('203.0.113.1');
    expect(history.state.endpoint.reading).toBeDefined();
  });

  it('is ignored if it fails an older request, or one nobody made', () => {
    const history = settled().feed(endpointUnavailable());
    history.expectNoLine(/^Endpoint:/).feed(turned('gluetun', 'unhealthy'), turned('gluetun', 'healthy'));
    const requestId = (history.state.endpoint.reading?.requestId ?? 0) - 1;
    history.reduce({ type: 'endpointUnavailable', requestId, reason: 'Unauthorized', at: history.now });
    expect(history.state.endpoint.reading).toBeDefined();
  });

  it('is ignored if it answers a request from before the gateway restarted', () => {
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

describe.each(WAYS)('the endpoint after a recovery by $way', ({ history: recovered }) => {
  it.each<{ given: string; event: Steps; then: string }>([
    { given: 'with the IP from the log', event: [publicIpLogged('203.0.113.7')], then: NEW('203.0.113.7') },
    {
      given: 'with the IP from the log if the control server has none yet',
      event: [endpointRead(undefined), seconds(5), serverLogged('s:1'), publicIpLogged('203.0.113.7')],
      then: NEW('203.0.113.7', 's:1'),
    },
    {
      given: 'with the IP from the control server',
      event: [endpointRead('203.0.113.7')],
      then: NEW('203.0.113.7'),
    },
    {
      given: 'with the IP from the control server when it is asked again',
      event: [endpointRead(undefined), seconds(24), endpointRead('203.0.113.7')],
      then: NEW('203.0.113.7'),
    },
    {
      given: 'even if the IP is the same as before',
      event: [publicIpLogged('203.0.113.1')],
      then: NEW('203.0.113.1'),
    },
    {
      given: 'as "unknown" if neither the log nor the control server knows the IP',
      event: [endpointUnavailable(), seconds(30)],
      then: NEW('unknown'),
    },
  ])('is logged as NEW exactly once, $given', ({ event, then }) => {
    const history = recovered();
    expect(endpointLines(history)).toEqual([FAILING]);
    history.feed(...event);
    expect(endpointLines(history)).toEqual([FAILING, then]);
    history.feed(seconds(20));
    expect(endpointLines(history)).toEqual([FAILING, then]);
  });

  it('is not logged as "unknown" before thirty seconds have passed and the control server was asked again', () => {
    const history = recovered().feed(endpointUnavailable(), seconds(23));
    expect(endpointLines(history)).toEqual([FAILING]);
    history.expectCommandCount('readEndpoint', 1).feed(seconds(2)).expectCommandCount('readEndpoint', 2);
  });

  it('is logged as CHANGED if it is found after it was logged as "unknown"', () => {
    const history = recovered().feed(endpointUnavailable(), seconds(30), publicIpLogged('203.0.113.9'));
    // A recovery that is still at its repairs has the first word.
    history.feed(listedAgain(), waveSucceededOrNone, minutes(1));
    expect(endpointLines(history).slice(1)).toEqual([
      NEW('unknown'),
      expect.stringMatching(/^Status: CHANGED \| IP: 203\.0\.113\.9 /),
    ]);
  });

  it('is not requested if the log has shown it', () => {
    const history = recovered().forget().feed(publicIpLogged('203.0.113.7'), seconds(25));
    history.expectCommandCount('readEndpoint', 0);
  });

  const waveSucceededOrNone: Steps[number] = (state, at) =>
    state.shared.inFlight === undefined ? [] : waveSucceeded()(state, at);
});

describe('the endpoint after a reconnect', () => {
  const reconnecting: Steps = [vpnStoppingLogged(), vpnStartingLogged(), serverLogged('198.51.100.9:51820')];
  const vpnFirst = () => broken({ settings: { recoveryStrategy: 'vpn-first' } });

  it('is the one logged while the VPN was being restarted', () => {
    const history = vpnFirst().feed(...reconnecting, succeeded(), publicIpLogged('203.0.113.7'));
    history.feed(seconds(1), checkPassed()).expectCommandCount('readEndpoint', 0);
    expect(endpointLines(history)).toEqual([FAILING, NEW('203.0.113.7', '198.51.100.9:51820')]);
  });

  it('is not the one in use when the reconnect began', () => {
    const history = vpnFirst().feed(succeeded(), seconds(1), checkPassed());
    expect(endpointLines(history)).toEqual([FAILING]);
    expect(Object.values(history.state.endpoint.current).filter((part) => part !== undefined)).toEqual([]);
  });

  it('is not taken from an answer requested before the reconnect', () => {
    const history = settled([], { settings: { recoveryStrategy: 'vpn-first' } });
    history.feed(seconds(30), checkFailed(), seconds(10), turned('gluetun', 'healthy'));
    const requestId = history.state.endpoint.reading?.requestId ?? 0;
    history.feed(checkFailed()).expectRecovery('restartingVpn');
    history.reduce({ ...OLD, requestId, at: history.now });
    expect(history.state.endpoint.current.ip).toBeUndefined();
  });

  it('is not requested before a check passes', () => {
    vpnFirst()
      .feed(turned('gluetun', 'healthy'), succeeded(), turned('gluetun', 'healthy'))
      .expectCommandCount('readEndpoint', 0);
  });

  it('is logged as CHANGED, with its new server, if the monitor did not cause the reconnect', () => {
    const history = settled().feed(serverLogged('old'), ...reconnecting, publicIpLogged('203.0.113.9'));
    expect(endpointLines(history)).toEqual([
      'Status: CHANGED | IP: 203.0.113.9 | Country: unknown | City: unknown | VPN Server: 198.51.100.9:51820 | Reason: Gluetun reported a new public IP',
    ]);
  });

  it('is not logged if the IP is the same', () => {
    const history = settled().feed(...reconnecting, publicIpLogged('203.0.113.1'), minutes(1));
    expect(endpointLines(history)).toEqual([]);
  });

  it('is kept if it was another container that reconnected', () => {
    const history = settled().feed(
      happens({ type: 'vpnStoppingLogged', gatewayId: 'f'.repeat(64), isPast: false }),
    );
    expect(history.state.endpoint.current.ip).toBe('203.0.113.1');
  });

  const OLD = {
    type: 'endpointRead', ip: '203.0.113.1', country: undefined, region: undefined, city: undefined,
  } as const; // prettier-ignore
});

describe('a NEW line that is still due', () => {
  it('shows the endpoint of the latest start if the gateway restarts first', () => {
    const history = broken({ settings: { recoveryStrategy: 'vpn-first' } });
    history.feed(succeeded(), seconds(1), checkPassed(), seconds(2));
    history.feed(
      started('gluetun'),
      inspectedAs('gluetun', { health: 'healthy' }),
      publicIpLogged('203.0.113.8'),
    );
    expect(endpointLines(history)).toEqual([FAILING, NEW('203.0.113.8')]);
  });

  it('is dropped if the gateway is stopped, and the next IP is logged as CHANGED', () => {
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
