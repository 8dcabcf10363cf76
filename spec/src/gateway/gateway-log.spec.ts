import {
  checkFailed,
  checkPassed,
  died,
  happens,
  inspectedAs,
  logFellSilent,
  logReadable,
  logUnreadable,
  minutes,
  onGateway,
  publicIpLogged,
  restartMessages,
  seconds,
  serverLogged,
  site,
  started,
  stoppedByHand,
  succeeded,
  troubleLogged,
} from '../builders.ts';
import { type History, type Steps, settled } from '../history.ts';

const AUTH = 'AUTH: Received control message: AUTH_FAILED';
const down: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];
const restartedGateway: Steps = [
  restartMessages('gluetun'),
  inspectedAs('gluetun', { health: 'starting' }),
  succeeded(),
];
const says = ({ said }: History): readonly string[] => said.filter((line) => line.startsWith('Gluetun says'));

describe('why Gluetun cannot connect', () => {
  it('is told where a recovery begins, right after what that rests on', () => {
    const history = settled([onGateway('app')]).feed(
      seconds(20),
      troubleLogged(AUTH),
      seconds(10),
      checkFailed(),
    );
    history.feed(seconds(10), checkFailed());
    const at = history.said.indexOf(`Gluetun says: ${AUTH}`);
    expect(history.said[at - 1]).toMatch(/^Why: 1 of 1 critical sites down/);
    expect(history.said[at + 1]).toBe('Health check failed, initiating recovery...');
    history.expectLine(/^Gluetun says/, 'warn');
  });

  it('is told as it is logged while a recovery is under way, once however often it is logged', () => {
    const history = settled().feed(...down, ...restartedGateway);
    history
      .forget()
      .feed(troubleLogged(AUTH), seconds(10), troubleLogged(AUTH), troubleLogged('exit status 1'));
    expect(says(history)).toEqual([`Gluetun says: ${AUTH}`, 'Gluetun says: exit status 1']);
  });

  it('is part of the line that says that the gateway did not become ready', () => {
    const history = settled().feed(...down, ...restartedGateway, troubleLogged(AUTH), minutes(3));
    history.expectLine(
      /^gluetun did not become ready within 120s; its dependents are restarted as soon as it is\. Gluetun says: AUTH: Received control message: AUTH_FAILED$/,
      'error',
    );
  });

  it('is told anew by each recovery', () => {
    const history = settled().feed(...down, ...restartedGateway, troubleLogged(AUTH), minutes(3));
    history.forget().feed(troubleLogged(AUTH));
    for (let round = 0; round < 40 && history.acts.length === 0; round += 1) {
      history.feed(seconds(5));
      if (history.state.checking.running !== undefined) history.feed(checkFailed());
    }
    history.expectActs('restartGateway');
    expect(says(history)).toEqual([`Gluetun says: ${AUTH}`]);
  });

  it('is told in a dry run, too', () => {
    settled([], { settings: { dryRun: true } })
      .feed(seconds(20), troubleLogged(AUTH), ...down)
      .expectLine(/^\[DRY-RUN\] Gluetun says: AUTH/);
  });

  it('is told of a gateway that died by itself, also where its last words come after the news of that', () => {
    const before = settled().feed(troubleLogged('VPN settings: no such country'), died('gluetun', 1));
    before.expectLines(/^gluetun died \(exit code 1\)/, 'Gluetun says: VPN settings: no such country');
    const after = settled().feed(died('gluetun', 1), troubleLogged('VPN settings: no such country'));
    after.expectLines(/^gluetun died \(exit code 1\)/, 'Gluetun says: VPN settings: no such country');
  });

  it('is told of a gateway that its restart policy has given up', () => {
    settled()
      .feed(
        died('gluetun', 1),
        inspectedAs('gluetun', {
          runState: 'exited',
          exitCode: 1,
          restartPolicy: 'on-failure',
          restartCount: 2,
          maximumRetryCount: 2,
        }),
      )
      .forget()
      .feed(troubleLogged('VPN settings: not valid'))
      .expectLine(/^Gluetun says: VPN settings: not valid$/, 'warn');
  });

  it('is told once of a gateway that dies of the same again and again', () => {
    const round: Steps = [
      started('gluetun'),
      inspectedAs('gluetun', { health: 'starting' }),
      troubleLogged('VPN settings: no such country'),
      died('gluetun', 1),
      seconds(2),
    ];
    const history = settled().feed(died('gluetun', 1), ...round, ...round, ...round, ...round);
    expect(says(history)).toEqual(['Gluetun says: VPN settings: no such country']);
  });

  it('is told where the sites are down and no recovery may begin', () => {
    settled([], { settings: { exclude: ['gluetun'] } })
      .feed(...down, troubleLogged(AUTH))
      .expectLine(/^Gluetun says: AUTH/);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'nothing is wrong', event: [troubleLogged(AUTH), seconds(30), checkPassed()] },
    { given: 'a single check has failed', event: [troubleLogged(AUTH), seconds(30), checkFailed()] },
    {
      given: 'the tunnel has worked since',
      event: [troubleLogged(AUTH), seconds(30), checkPassed(), ...down],
    },
    { given: 'it was logged by a start before', event: [troubleLogged(AUTH), ...restartedAlone(), ...down] },
    { given: 'its operator has stopped it', event: [stoppedByHand('gluetun'), troubleLogged(AUTH)] },
    { given: 'another container has logged it', event: [...down, troubleLogged(AUTH, 'f'.repeat(64))] },
  ])('is not told where $given', ({ event }) => {
    expect(says(settled().feed(...event))).toEqual([]);
  });

  function restartedAlone(): Steps {
    return [...restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' })];
  }

  it('is not told where fewer sites are down than it takes', () => {
    const sites = [site('a'), site('b'), site('c')];
    const history = settled([], { sites, settings: { siteQuorum: 'majority' } });
    history.feed(seconds(30), checkFailed('a'), seconds(10), checkFailed('a'), troubleLogged(AUTH));
    expect(says(history)).toEqual([]);
  });

  it('is told in the latest words, and no more than three of them', () => {
    const history = settled().feed(
      ...['read 10.0.0.2:4711: timeout', 'a', 'b', 'c', 'read 10.0.0.2:815: timeout'].map((text) =>
        troubleLogged(text),
      ),
    );
    history.feed(...down);
    expect(says(history)).toEqual([
      'Gluetun says: b',
      'Gluetun says: c',
      'Gluetun says: read 10.0.0.2:815: timeout',
    ]);
  });
});

describe('a log that cannot be read', () => {
  const CANNOT =
    /^The log of gluetun cannot be read: configured logging driver does not support reading; .*json-file, local or journald;/;
  const CAN = /^The log of gluetun can be read again$/;

  it('is said when it begins, once', () => {
    settled().feed(logUnreadable(), minutes(1), logUnreadable()).expectLine(CANNOT, 'warn').expectNoLine(CAN);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'is heard of', event: [logReadable()] },
    { given: 'shows by what is read of it', event: [serverLogged('198.51.100.4')] },
    {
      given: 'shows after the next start',
      event: [...restartMessages('gluetun'), publicIpLogged('203.0.113.1')],
    },
  ])('is said to be readable again where that $given, and begins anew after that', ({ event }) => {
    settled()
      .feed(logUnreadable(), ...event, logReadable())
      .expectLine(CAN, 'info')
      .forget()
      .feed(logUnreadable())
      .expectLine(CANNOT);
  });

  it('of another container is nothing to us', () => {
    const other = { gatewayId: 'f'.repeat(64) };
    settled()
      .feed(happens({ type: 'gatewayLogUnreadable', ...other, reason: 'x' }))
      .expectLines();
    settled()
      .feed(logUnreadable())
      .forget()
      .feed(happens({ type: 'gatewayLogReadable', ...other }))
      .expectLines();
  });
});

describe('a log that had fallen silent', () => {
  it('is said, the first time for everybody, then among the details', () => {
    const history = settled().feed(logFellSilent(24_400));
    history.expectLine(/^The log of gluetun had fallen silent for 24s, .*; it is followed anew$/, 'warn');
    history
      .forget()
      .feed(logFellSilent(3_000))
      .expectLine(/^The log of gluetun had fallen silent/, 'debug');
  });
});
