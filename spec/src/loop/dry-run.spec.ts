import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import type { Settings } from '../../../src/model/state.ts';
import type { ContainerFacts } from '../../../streams/events.ts';
import {
  checkFailed,
  connected,
  died,
  gatewayFacts,
  inspectedAs,
  listed,
  minutes,
  onGateway,
  seconds,
  started,
  turned,
} from '../builders.ts';
import { History, type Steps, settled } from '../history.ts';

const settings = { dryRun: true };
const down: Steps = [seconds(30), checkFailed(), seconds(10), checkFailed()];
const said = (history: History, line: RegExp): number =>
  history.lines.filter(({ message }) => line.test(message)).length;

describe('a dry run', () => {
  it('logs the beginning of a recovery and ends it', () => {
    settled([onGateway('app')], { settings })
      .feed(...down)
      .expectNoAct()
      .expectRecovery('none')
      .expectLines(
        /^Site https:\/\/a failed 2 consecutive times - THRESHOLD REACHED/,
        /^\[DRY-RUN\] Status: FAILING /,
        '[DRY-RUN] Failed sites (exceeded threshold): https://a',
        /^\[DRY-RUN\] Why: 1 of 1 /,
        '[DRY-RUN] Health check failed, initiating recovery...',
        '[DRY-RUN] Restarting gluetun to force new endpoint...',
        '[DRY-RUN] Then its dependents: app',
      );
  });

  it('counts its recoveries from the persisted count, without changing that', () => {
    const backoff = { gluetun: { attempts: 2, notBefore: 0 } };
    settled([], { settings, memory: { ...NOTHING_PERSISTED, backoff } })
      .feed(...down)
      .expectLine(/; recovery 3 since all was well/)
      .feed(started('gluetun'), inspectedAs('gluetun'), turned('gluetun', 'healthy'), ...down)
      .expectLine(/initiating recovery/);
  });

  it('logs a restart of the VPN, too', () => {
    settled([], { settings: { ...settings, recoveryStrategy: 'vpn-first' } })
      .feed(...down)
      .expectNoAct()
      .expectLine(/^\[DRY-RUN\] Restarting the VPN inside gluetun to force new endpoint\.\.\.$/);
  });

  it.each<{
    given: string;
    setting?: Partial<Settings>;
    dependents: readonly ContainerFacts[];
    last: string;
  }>([
    {
      given: 'names the running dependents',
      dependents: [onGateway('app'), onGateway('db'), onGateway('off', { runState: 'exited' })],
      last: '[DRY-RUN] Then its dependents: app, db',
    },
    {
      given: 'names no dependents if there are none',
      dependents: [],
      last: '[DRY-RUN] Restarting gluetun to force new endpoint...',
    },
    {
      given: 'names no dependents for a restart of the VPN',
      setting: { recoveryStrategy: 'vpn-first' },
      dependents: [onGateway('app')],
      last: '[DRY-RUN] Restarting the VPN inside gluetun to force new endpoint...',
    },
  ])('$given', ({ setting, dependents, last }) => {
    const history = settled(dependents, { settings: { ...settings, ...setting } }).feed(...down);
    expect(history.said.at(-1)).toBe(last);
  });

  it('logs a restart of a dependent once, however often it is looked at', () => {
    const stale = onGateway('app', { startedAt: 2_000 });
    const history = new History({ settings }).feed(
      connected(),
      listed(gatewayFacts({ startedAt: 5_000 }), stale),
    );
    history
      .feed(minutes(20))
      .expectNoAct()
      .expectLine(/^\[DRY-RUN\] Restarting app\.\.\.$/, 'info');
    expect(history.state.shared.inFlight).toBeUndefined();
  });

  it('logs the start of a crashed gateway with the backoff', () => {
    const line = /^\[DRY-RUN\] gluetun has not come back; starting it$/;
    const crashed: Steps = [died('gluetun', 1), inspectedAs('gluetun', { runState: 'exited', exitCode: 1 })];
    const history = settled([], { settings }).feed(...crashed, seconds(9));
    expect(said(history, line)).toBe(0);
    expect(said(history.feed(seconds(2)), line)).toBe(1);
    expect(said(history.feed(seconds(50)), line)).toBe(1);
    expect(said(history.feed(seconds(15)), line)).toBe(2);
    history.expectNoAct().expectRecovery('none');
  });
});
