import { type DownCause, downCause, hasDied } from '../../../src/model/down-cause.ts';
import {
  checkFailed,
  created,
  destroyed,
  died,
  gatewayFacts,
  inspected,
  killed,
  listedAgain,
  seconds,
  stoppedByHand,
} from '../builders.ts';
import { type History, type Steps, settled } from '../history.ts';

const restarting = (shape = {}): History =>
  settled([], { gateway: gatewayFacts(shape) })
    .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
    .expectActs('restartGateway')
    .expectRecovery('restarting');

describe('the reason why the gateway does not run', () => {
  it.each<{ given: string; steps: Steps; then: DownCause | undefined }>([
    { given: 'it runs', steps: [], then: undefined },
    { given: 'there is no gateway', steps: [destroyed('gluetun')], then: undefined },
    { given: 'it ended without a signal', steps: [died('gluetun', 1)], then: 'crash' },
    { given: 'it was stopped by hand', steps: stoppedByHand('gluetun'), then: 'operator' },
    {
      given: 'its end was not seen',
      steps: [inspected(gatewayFacts({ runState: 'exited' }))],
      then: 'found',
    },
    {
      given: 'it is restarting',
      steps: [inspected(gatewayFacts({ runState: 'restarting' }))],
      then: 'restarting',
    },
    {
      given: 'it was only created',
      steps: [created('gluetun'), inspected(gatewayFacts({ runState: 'created', startedAt: 'never' }))],
      then: 'created',
    },
    {
      given: 'it was created and nobody has started it for ten seconds',
      steps: [
        inspected(gatewayFacts({ runState: 'created', startedAt: 'never' })),
        seconds(11),
        listedAgain(),
      ],
      then: 'found',
    },
    {
      given: 'it was created, and could not be started',
      steps: [inspected(gatewayFacts({ runState: 'created', startedAt: 'never', error: 'port is taken' }))],
      then: 'found',
    },
    {
      given: 'it died and can no longer be inspected',
      steps: [died('gluetun', 1), listedAgain(gatewayFacts({ inspected: false, runState: 'dead' }))],
      then: 'crash',
    },
  ])('if $given: $then', ({ steps, then }) => {
    expect(downCause(settled().feed(...steps).state)).toBe(then);
  });

  it('does not exist once the container is gone', () => {
    const { state } = settled().feed(died('gluetun', 1));
    expect(
      downCause({
        ...state,
        shared: { ...state.shared, containers: { ...state.shared.containers, byId: {} } },
      }),
    ).toBeUndefined();
  });

  it.each(['no', 'unless-stopped'] as const)(
    'is our restart during that act, with the restart policy %s',
    (restartPolicy) => {
      const { state } = restarting({ restartPolicy }).feed(killed('gluetun'), died('gluetun'));
      expect(downCause(state)).toBe('ourRestart');
      expect(hasDied(state)).toBe(false);
    },
  );

  it('is a crash if it died by itself or its restart policy is at work', () => {
    expect(hasDied(settled().feed(inspected(gatewayFacts({ runState: 'restarting' }))).state)).toBe(true);
    expect(hasDied(settled().feed(died('gluetun', 1)).state)).toBe(true);
    expect(hasDied(settled().state)).toBe(false);
  });
});
