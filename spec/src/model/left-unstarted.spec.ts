import type { ContainerFacts } from '../../../streams/events.ts';
import { attachmentOf } from '../../../src/model/attachment.ts';
import type { Attachment } from '../../../src/model/state.ts';
import {
  JOIN_ERROR,
  ONE_OFF,
  type Shape,
  compose,
  connected,
  created,
  facts,
  gatewayFacts,
  inspected,
  listed,
  listedAgain,
  minutes,
  onGateway,
  restartBegun,
  seconds,
  started,
  inspectedAs,
  turned,
} from '../builders.ts';
import { History, type Steps, settled } from '../history.ts';

const NEEDS = 'com.docker.compose.depends_on';
/** As Compose 2.40 writes it, for `depends_on: {gluetun: {condition: service_healthy}}`. */
const HEALTHY = 'gluetun:service_healthy:false';

const gluetun = gatewayFacts({ labels: compose('gluetun') });
/** Created in one go with the gateway, and never started. */
const unstarted = (service: string, needs: string, shape: Shape = {}): ContainerFacts =>
  onGateway(service, {
    labels: compose(service, { [NEEDS]: needs }),
    runState: 'created',
    startedAt: 'never',
    ...shape,
  });
const app = unstarted('app', HEALTHY);
const other = (name: string, shape: Shape = {}): ContainerFacts =>
  facts(name, { labels: compose(name), inspected: false, ...shape });

const attached = (one: ContainerFacts, others: readonly ContainerFacts[], gateway = gluetun): Attachment =>
  attachmentOf(new History().feed(connected(), listed(gateway, one, ...others)).state, one);

describe('a dependent that compose created and never started', () => {
  it.each<{ given: string; one?: ContainerFacts; others?: readonly ContainerFacts[] }>([
    { given: 'alone in its project with the gateway' },
    {
      given: 'whose project runs otherwise',
      others: [other('db'), onGateway('web', { labels: compose('web') })],
    },
    { given: 'next to others that were not started either', others: [unstarted('web', HEALTHY)] },
    {
      given: 'that needs another one that was not started',
      one: unstarted('far', 'app:service_started:false,gluetun:service_started:true'),
      others: [app],
    },
    {
      given: 'that needs another one that was not started but runs by now',
      one: unstarted('far', 'app:service_started:false,gluetun:service_started:true'),
      others: [onGateway('app', { labels: app.labels })],
    },
    {
      given: 'whose other needs are healthy',
      one: unstarted('app', `${HEALTHY},web:service_healthy:true`),
      others: [onGateway('web', { labels: compose('web'), health: 'healthy' })],
    },
    {
      given: 'whose one-time predecessor has completed',
      one: unstarted('app', `${HEALTHY},init:service_completed_successfully:false`),
      others: [facts('init', { labels: compose('init'), runState: 'exited' })],
    },
    {
      given: 'next to stopped containers that do not belong to its project for good',
      others: [
        facts('alien', {
          runState: 'exited',
          labels: { ...compose('x'), 'com.docker.compose.project': 'y' },
        }),
        facts('plain', { runState: 'exited' }),
        facts('run', { runState: 'exited', labels: { ...compose('db'), ...ONE_OFF } }),
        other('db'),
        facts('0123456789ab_db', { runState: 'created', labels: compose('db') }),
      ],
    },
  ])('$given is to be started', ({ one = app, others = [] }) => {
    expect(attached(one, others)).toBe('failedToJoin');
  });

  it.each<{
    given: string;
    one?: ContainerFacts;
    others?: readonly ContainerFacts[];
    gateway?: ContainerFacts;
  }>([
    {
      given: 'of a project that was only created, although the gateway was started,',
      others: [other('db', { runState: 'created' })],
    },
    { given: 'of a project with a stopped container', others: [other('db', { runState: 'exited' })] },
    { given: 'of a project with a paused container', others: [other('db', { runState: 'paused' })] },
    {
      given: 'that does not need the gateway to be healthy',
      one: unstarted('app', 'gluetun:service_started:true'),
    },
    { given: 'by Compose 1, which records no conditions,', one: unstarted('app', '') },
    {
      given: 'by docker create alone',
      one: unstarted('app', HEALTHY, { labels: { [NEEDS]: HEALTHY } }),
    },
    {
      given: 'in another project',
      one: unstarted('app', HEALTHY, { labels: { ...app.labels, 'com.docker.compose.project': 'y' } }),
    },
    {
      given: 'whose gateway is unhealthy',
      gateway: gatewayFacts({ ...{ labels: compose('gluetun') }, health: 'unhealthy' }),
    },
    {
      given: 'whose gateway is not healthy yet',
      gateway: gatewayFacts({ labels: compose('gluetun'), health: 'starting' }),
    },
    {
      given: 'whose gateway has no health check',
      gateway: gatewayFacts({ labels: compose('gluetun'), health: 'none' }),
    },
    {
      given: 'that needs another container to be healthy, which is not,',
      one: unstarted('app', `${HEALTHY},web:service_healthy:true`),
      others: [onGateway('web', { labels: compose('web'), health: 'starting' })],
    },
    {
      given: 'that needs another container to be healthy, of which nothing is known,',
      one: unstarted('app', `${HEALTHY},db:service_healthy:true`),
      others: [other('db')],
    },
    {
      given: 'that needs another one which needs it',
      one: unstarted('app', 'web:service_started:false'),
      others: [unstarted('web', 'app:service_started:false')],
    },
    ...[{ runState: 'running' } as const, { runState: 'exited', exitCode: 1 } as const].map((init) => ({
      given: `whose predecessor must complete but is ${init.runState}`,
      one: unstarted('app', `${HEALTHY},init:service_completed_successfully:false`),
      others: [facts('init', { labels: compose('init'), ...init })],
    })),
    { given: 'that has run since', one: onGateway('app', { labels: app.labels, runState: 'exited' }) },
    {
      given: 'that failed to start for another reason',
      one: unstarted('app', HEALTHY, { error: 'no such device' }),
    },
  ])('$given is left alone', ({ one = app, others = [], gateway = gluetun }) => {
    expect(attached(one, others, gateway)).toBe('stopped');
  });

  it('is to be started if it lacked its network, whatever the state of its project', () => {
    const one = unstarted('app', '', { error: JOIN_ERROR });
    expect(attached(one, [other('db', { runState: 'exited' })])).toBe('failedToJoin');
  });
});

describe('a dependent that compose may still start', () => {
  const SAID = /^Dependent container was never started, because its gateway was unhealthy: app$/;
  const unwell = gatewayFacts({ labels: compose('gluetun'), health: 'unhealthy' });
  /** Its project came up with a gateway that was not healthy. */
  const givenUp = (): History => new History().feed(connected(), listed(unwell, app)).forget();

  it('is left to compose until the next listing with a healthy gateway and ten more seconds', () => {
    const history = givenUp()
      .feed(turned('gluetun', 'healthy'), seconds(50))
      .expectNoAct()
      .expectNoLine(/never started/);
    history.feed(listedAgain(gluetun, app), seconds(9)).expectNoAct();
    history.feed(seconds(2)).expectActs({
      kind: 'repairDependents',
      dependents: [expect.objectContaining({ name: 'app', how: 'restart' })] as never,
    });
  });

  it('is left to compose if compose starts it meanwhile', () => {
    const history = givenUp().feed(turned('gluetun', 'healthy'), seconds(50), listedAgain(gluetun, app));
    history.feed(seconds(5), started('app'), inspectedAs('app'), minutes(10)).expectNoAct();
  });

  it('is not logged if it is started at once', () => {
    const history = givenUp().feed(turned('gluetun', 'healthy'), started('app'), inspectedAs('app'));
    history
      .feed(seconds(50), listedAgain(gluetun), minutes(10))
      .expectNoAct()
      .expectNoLine(/never started/);
  });

  it('is left to compose if it is created while the gateway is healthy', () => {
    const history = settled([], { gateway: gluetun }).feed(
      created('app', { labels: app.labels }),
      inspected(app),
    );
    history
      .feed(seconds(2))
      .expectNoAct()
      .expectNoLine(/never started/);
    history.feed(started('app'), inspectedAs('app'), minutes(10)).expectNoAct();
  });

  it('is left alone if another container of its project was stopped meanwhile', () => {
    const db = other('db');
    const history = new History().feed(connected(), listed(unwell, app, db), turned('gluetun', 'healthy'));
    const steps: Steps = [seconds(50), listedAgain(gluetun, app, other('db', { runState: 'exited' }))];
    history.feed(...steps, minutes(10)).expectNoAct();
  });

  it('is started, with a line, if the gateway was healthy before the monitor began', () => {
    const history = new History().feed(connected(), listed(gluetun, app));
    history.expectNoLine(/^Not running, and left alone/).expectNoLine(SAID);
    history.feed(seconds(11)).expectActs('repairDependents').feed(restartBegun('app'));
    history.expectLine(SAID).expectLine(/^Restarting app\.\.\.$/);
  });

  it('is not started in a dry run', () => {
    new History({ settings: { dryRun: true } })
      .feed(connected(), listed(gluetun, app), minutes(1))
      .expectNoAct()
      .expectLine(/^\[DRY-RUN\] Dependent container was never started, .*: app$/)
      .expectLine(/^\[DRY-RUN\] Restarting app\.\.\.$/);
  });
});
