import type { ContainerFacts } from '../../streams/events.ts';
import { type Attachment, attachmentOf, hasFailedToJoin } from '../../src/attachment.ts';
import { JOIN_ERROR, connected, facts, gatewayFacts, listed, onGateway } from './builders.ts';
import { History } from './history.ts';

const G = 5_000;
const gateway = gatewayFacts({ startedAt: G });

const attached = (one: ContainerFacts, ...others: readonly ContainerFacts[]): Attachment =>
  attachmentOf(new History().feed(connected(), listed(...[gateway, one, ...others])).state, one);

describe('a dependent', () => {
  it.each<{ given: string; one: ContainerFacts; others?: ContainerFacts[]; then: Attachment }>([
    { given: 'started after its gateway', one: onGateway('app', { startedAt: G + 1 }), then: 'fresh' },
    { given: 'started in the same instant', one: onGateway('app', { startedAt: G }), then: 'fresh' },
    { given: 'started a fraction before it', one: onGateway('app', { startedAt: G - 0.001 }), then: 'stale' },
    {
      given: 'joined by name to a gateway started later',
      one: facts('app', { ref: 'gluetun', startedAt: G - 1 }),
      then: 'stale',
    },
    { given: 'paused and older', one: onGateway('app', { startedAt: 1, runState: 'paused' }), then: 'stale' },
    {
      given: 'on one that is fresh, and younger',
      one: facts('far', { on: 'app', startedAt: G + 2 }),
      others: [onGateway('app', { startedAt: G + 1 })],
      then: 'fresh',
    },
    {
      given: 'on one that is fresh, but older than that',
      one: facts('far', { on: 'app', startedAt: G + 1 }),
      others: [onGateway('app', { startedAt: G + 2 })],
      then: 'stale',
    },
    {
      given: 'on one that is stale itself',
      one: facts('far', { on: 'app', startedAt: G + 2 }),
      others: [onGateway('app', { startedAt: G - 1 })],
      then: 'stale',
    },
    {
      given: 'on one that does not run',
      one: facts('far', { on: 'app', startedAt: G + 2 }),
      others: [onGateway('app', { runState: 'exited' })],
      then: 'stale',
    },
    { given: 'not inspected', one: onGateway('app', { inspected: false }), then: 'unknown' },
    {
      given: 'on one not inspected',
      one: facts('far', { on: 'app', startedAt: G + 2 }),
      others: [onGateway('app', { inspected: false })],
      then: 'unknown',
    },
    { given: 'exited', one: onGateway('app', { runState: 'exited', exitCode: 1 }), then: 'stopped' },
    {
      given: 'only created',
      one: onGateway('app', { runState: 'created', startedAt: 'never' }),
      then: 'stopped',
    },
    {
      given: 'exited for want of its gateway',
      one: onGateway('app', { runState: 'exited', error: JOIN_ERROR }),
      then: 'failedToJoin',
    },
    {
      given: 'exited for want of its gateway, as engines since 28 say it',
      one: onGateway('app', {
        runState: 'exited',
        error: 'joining network namespace of container: No such container: x',
      }),
      then: 'failedToJoin',
    },
    {
      given: 'exited for another fault of its start',
      one: onGateway('app', { runState: 'exited', error: 'exec: "x": not found' }),
      then: 'stopped',
    },
    {
      given: 'running, with the error of an earlier start',
      one: onGateway('app', { startedAt: G + 1, error: JOIN_ERROR }),
      then: 'fresh',
    },
    { given: 'on a network of its own', one: facts('db'), then: 'apart' },
    { given: 'on the network of nobody', one: facts('db', { ref: '' }), then: 'apart' },
    { given: 'on the id of one that is no more', one: facts('db', { on: 'gone' }), then: 'apart' },
  ])('$given is $then', ({ one, others = [], then }) => {
    expect(attached(one, ...others)).toBe(then);
  });

  it('is apart where the gateway is absent', () => {
    const app = onGateway('app');
    expect(attachmentOf(new History().feed(connected(), listed(app)).state, app)).toBe('apart');
  });

  it('has not failed to join while it runs', () => {
    expect(hasFailedToJoin(onGateway('app', { error: JOIN_ERROR }))).toBe(false);
  });
});
