import {
  checkFailed,
  checkPassed,
  connected,
  endpointRead,
  endpointUnavailable,
  gatewayFacts,
  inspectedAs,
  listed,
  listedAgain,
  onGateway,
  publicIpLogged,
  restartMessages,
  seconds,
  serverLogged,
  started,
  succeeded,
  turned,
  waveSucceeded,
  minutes,
} from '../builders.ts';
import { History, settled, type Steps } from '../history.ts';

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
      given: 'unknown, where nobody tells',
      event: [endpointUnavailable()],
      then: 'Status: STARTUP | IP: unknown | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
    {
      given: 'unknown, where the control server does not answer in time',
      event: [seconds(6)],
      then: 'Status: STARTUP | IP: unknown | Country: unknown | City: unknown | VPN Server: unknown | Reason: Monitor starting',
    },
  ])('is said $given', ({ event, then }) => {
    expect(endpointLines(found().feed(...event))).toEqual([then]);
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
    const { lines } = found().feed(endpointRead('203.0.113.1', PLACE));
    expect(lines.find(({ level }) => level === 'endpoint')?.fields).toEqual({
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
    history.feed(turned('gluetun', 'healthy'));
    const stale = (history.state.endpoint.reading?.requestId ?? 0) - 1;
    history.reduce({ ...answer(stale), at: history.now });
    expect(history.state.endpoint.current.ip).toBe('203.0.113.1');
    expect(history.state.endpoint.reading).toBeDefined();
  });

  it('that has nothing to tell to an older question, or to none, is not heard either', () => {
    const history = settled().feed(endpointUnavailable());
    history.expectNoLine(/^Endpoint:/).feed(turned('gluetun', 'healthy'));
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

describe('the endpoint of a recovery', () => {
  const broken = () => settled().feed(seconds(30), checkFailed(), seconds(10), checkFailed());

  it("is FAILING with what was in use, then NEW with this start's", () => {
    const history = broken().feed(
      restartMessages('gluetun'),
      inspectedAs('gluetun', { health: 'healthy' }),
      succeeded(),
      endpointRead('203.0.113.7'),
      checkPassed(),
    );
    expect(endpointLines(history)).toEqual([
      expect.stringMatching(
        /^Status: FAILING \| IP: 203\.0\.113\.1 .* Reason: Site connectivity test failed$/,
      ),
      expect.stringMatching(/^Status: NEW \| IP: 203\.0\.113\.7 .* Reason: After restart$/),
    ]);
  });

  it("is never an old start's as NEW", () => {
    const history = broken().feed(
      restartMessages('gluetun'),
      inspectedAs('gluetun', { health: 'healthy' }),
      succeeded(),
      endpointUnavailable(),
      checkPassed(),
      listedAgain(),
      waveSucceededOrNone,
    );
    expect(endpointLines(history).at(-1)).toMatch(/^Status: NEW \| IP: unknown /);
  });

  const waveSucceededOrNone: Steps[number] = (state, at) =>
    state.repairs.wave === undefined ? [] : waveSucceeded()(state, at);
});
