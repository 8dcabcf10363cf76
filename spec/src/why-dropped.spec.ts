import { whyDropped } from '../../src/why-dropped.ts';
import {
  checkFailed,
  checkPassed,
  died,
  disconnected,
  gatewayFacts,
  inspectedAs,
  killed,
  onGateway,
  restartMessages,
  seconds,
  started,
  stoppedByHand,
} from './builders.ts';
import { type History, type Step, settled } from './history.ts';

const left = (): History =>
  settled([], { gateway: gatewayFacts({ restartPolicy: 'no' }) }).feed(died('gluetun', 1), seconds(11));
const broken = (settings = {}): History =>
  settled([], { settings }).feed(seconds(30), checkFailed(), seconds(10), checkFailed());
const cutOff = (): History =>
  settled([onGateway('app')]).feed(
    restartMessages('gluetun'),
    inspectedAs('gluetun', { health: 'healthy' }),
    seconds(1),
  );

/** Why the one act that was decided in this history is not carried out, if its turn comes after all that. */
function reason(history: History, ...meanwhile: readonly Step[]): string | undefined {
  const [act] = history.acts;
  if (act === undefined) throw new Error('no act was decided');
  // Another one is under way: its turn has not come yet.
  history.everything = { ...history.everything, acts: [0, act.id] };
  return whyDropped(history.feed(...meanwhile).everything, act);
}

describe('an act whose turn has come', () => {
  it.each<{ given: string; history: () => History; meanwhile: readonly Step[]; why: string | undefined }>([
    { given: 'a restart, and nothing has happened', history: broken, meanwhile: [], why: undefined },
    {
      given: 'a restart, and checks still fail',
      history: broken,
      meanwhile: [seconds(11), checkFailed()],
      why: undefined,
    },
    {
      given: 'a restart, and a check has passed',
      history: broken,
      meanwhile: [seconds(11), checkPassed()],
      why: 'a check has passed meanwhile',
    },
    {
      given: 'a restart of the VPN, and a check has passed',
      history: () => broken({ recoveryStrategy: 'vpn-first' }),
      meanwhile: [seconds(11), checkPassed()],
      why: 'a check has passed meanwhile',
    },
    {
      given: 'a restart, and somebody is stopping the gateway',
      history: broken,
      meanwhile: [killed('gluetun')],
      why: 'somebody is stopping it',
    },
    {
      given: 'a restart, and the gateway has not heeded a signal',
      history: broken,
      meanwhile: [killed('gluetun'), seconds(70)],
      why: undefined,
    },
    {
      given: 'a restart of the VPN, and somebody is stopping the gateway',
      history: () => broken({ recoveryStrategy: 'vpn-first' }),
      meanwhile: [killed('gluetun')],
      why: 'somebody is stopping it',
    },
    {
      given: 'a restart of the VPN, and the gateway has died',
      history: () => broken({ recoveryStrategy: 'vpn-first' }),
      meanwhile: [died('gluetun')],
      why: 'what it was for is over',
    },
    { given: 'a start, and the gateway is still down', history: left, meanwhile: [], why: undefined },
    {
      given: 'a start, and the gateway has started',
      history: left,
      meanwhile: [started('gluetun')],
      why: 'it has started, or was stopped, meanwhile',
    },
    {
      given: 'a start, and the gateway was started and is being stopped by its operator',
      history: left,
      meanwhile: [started('gluetun'), inspectedAs('gluetun'), ...stoppedByHand('gluetun')],
      why: 'it has started, or was stopped, meanwhile',
    },
    {
      given: 'a start, and the gateway was started and has been stopped by its operator',
      history: left,
      meanwhile: [
        started('gluetun'),
        inspectedAs('gluetun'),
        ...stoppedByHand('gluetun'),
        seconds(11),
        inspectedAs('gluetun', { runState: 'exited' }),
      ],
      why: 'what it was for is over',
    },
    { given: 'repairs, and the gateway is still ready', history: cutOff, meanwhile: [], why: undefined },
    {
      given: 'repairs, and the gateway has started anew',
      history: cutOff,
      meanwhile: restartMessages('gluetun'),
      why: 'gluetun is not ready for them by now',
    },
    {
      given: 'repairs, and the engine is away',
      history: cutOff,
      meanwhile: [disconnected()],
      why: 'gluetun is not ready for them by now',
    },
  ])('given $given: $why', ({ history, meanwhile, why }) => {
    expect(reason(history(), ...meanwhile)).toBe(why);
  });
});
