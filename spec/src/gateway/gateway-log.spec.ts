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

describe("the reason in Gluetun's log why it cannot connect", () => {
  it('is logged when a recovery begins, right after the line that says why', () => {
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

  it('is logged at once during a recovery, and only once if it repeats', () => {
    const history = settled().feed(...down, ...restartedGateway);
    history
      .forget()
      .feed(troubleLogged(AUTH), seconds(10), troubleLogged(AUTH), troubleLogged('exit status 1'));
    expect(says(history)).toEqual([`Gluetun says: ${AUTH}`, 'Gluetun says: exit status 1']);
  });

  it('is part of the line that says the gateway did not become ready', () => {
    const history = settled().feed(...down, ...restartedGateway, troubleLogged(AUTH), minutes(3));
    history.expectLine(
      /^gluetun did not become ready within 120s; its dependents are restarted as soon as it is\. Gluetun says: AUTH: Received control message: AUTH_FAILED$/,
      'error',
    );
  });

  it('is logged again by the next recovery', () => {
    const history = settled().feed(...down, ...restartedGateway, troubleLogged(AUTH), minutes(3));
    history.forget().feed(troubleLogged(AUTH));
    for (let round = 0; round < 40 && history.acts.length === 0; round += 1) {
      history.feed(seconds(5));
      if (history.state.checking.running !== undefined) history.feed(checkFailed());
    }
    history.expectActs('restartGateway');
    expect(says(history)).toEqual([`Gluetun says: ${AUTH}`]);
  });

  it('is logged in a dry run, too', () => {
    settled([], { settings: { dryRun: true } })
      .feed(seconds(20), troubleLogged(AUTH), ...down)
      .expectLine(/^\[DRY-RUN\] Gluetun says: AUTH/);
  });

  it('is logged if the gateway dies by itself, even if the reason arrives after the death', () => {
    const before = settled().feed(troubleLogged('VPN settings: no such country'), died('gluetun', 1));
    before.expectLines(/^gluetun died \(exit code 1\)/, 'Gluetun says: VPN settings: no such country');
    const after = settled().feed(died('gluetun', 1), troubleLogged('VPN settings: no such country'));
    after.expectLines(/^gluetun died \(exit code 1\)/, 'Gluetun says: VPN settings: no such country');
  });

  it('is logged if the restart policy has given up on the gateway', () => {
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

  it('is logged once if the gateway keeps dying for the same reason', () => {
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

  it('is logged if the sites are down but the gateway is excluded from recovery', () => {
    settled([], { settings: { exclude: ['gluetun'] } })
      .feed(...down, troubleLogged(AUTH))
      .expectLine(/^Gluetun says: AUTH/);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'nothing is wrong', event: [troubleLogged(AUTH), seconds(30), checkPassed()] },
    { given: 'a single check has failed', event: [troubleLogged(AUTH), seconds(30), checkFailed()] },
    {
      given: 'a check has passed since',
      event: [troubleLogged(AUTH), seconds(30), checkPassed(), ...down],
    },
    { given: 'it belongs to an earlier start', event: [troubleLogged(AUTH), ...restartedAlone(), ...down] },
    { given: 'the gateway was stopped by hand', event: [stoppedByHand('gluetun'), troubleLogged(AUTH)] },
    { given: 'it comes from another container', event: [...down, troubleLogged(AUTH, 'f'.repeat(64))] },
  ])('is not logged if $given', ({ event }) => {
    expect(says(settled().feed(...event))).toEqual([]);
  });

  function restartedAlone(): Steps {
    return [...restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' })];
  }

  it('is not logged if too few sites are down to meet the quorum', () => {
    const sites = [site('a'), site('b'), site('c')];
    const history = settled([], { sites, settings: { siteQuorum: 'majority' } });
    history.feed(seconds(30), checkFailed('a'), seconds(10), checkFailed('a'), troubleLogged(AUTH));
    expect(says(history)).toEqual([]);
  });

  it('is limited to the three latest lines', () => {
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

describe('a Gluetun log that cannot be read', () => {
  const CANNOT =
    /^The log of gluetun cannot be read: configured logging driver does not support reading; .*json-file, local or journald;/;
  const CAN = /^The log of gluetun can be read again$/;

  it('is reported once', () => {
    settled().feed(logUnreadable(), minutes(1), logUnreadable()).expectLine(CANNOT, 'warn').expectNoLine(CAN);
  });

  it.each<{ given: string; event: Steps }>([
    { given: 'the engine can read it again', event: [logReadable()] },
    { given: 'a line of it arrives', event: [serverLogged('198.51.100.4')] },
    {
      given: 'the next start logs a line',
      event: [...restartMessages('gluetun'), publicIpLogged('203.0.113.1')],
    },
  ])('is reported as readable again when $given, and a later failure is reported anew', ({ event }) => {
    settled()
      .feed(logUnreadable(), ...event, logReadable())
      .expectLine(CAN, 'info')
      .forget()
      .feed(logUnreadable())
      .expectLine(CANNOT);
  });

  it('is ignored if it belongs to another container', () => {
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

describe('a Gluetun log that had fallen silent', () => {
  it('is reported as a warning the first time and at debug level after that', () => {
    const history = settled().feed(logFellSilent(24_400));
    history.expectLine(/^The log of gluetun had fallen silent for 24s, .*; it is followed anew$/, 'warn');
    history
      .forget()
      .feed(logFellSilent(3_000))
      .expectLine(/^The log of gluetun had fallen silent/, 'debug');
  });
});
