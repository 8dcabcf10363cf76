import {
  connected,
  destroyed,
  died,
  endpointRead,
  facts,
  gatewayFacts,
  inspectedAs,
  listed,
  listedAgain,
  minutes,
  onGateway,
  outOfMemory,
  paused,
  renamed,
  restartBegun,
  restartEnded,
  restartMessages,
  restarted,
  seconds,
  started,
  stopped,
  stoppedByHand,
  turned,
  unpaused,
  type Wait,
} from '../builders.ts';
import { History, type Steps, settled } from '../history.ts';

const app = onGateway('app');
/** It ends by itself, and its restart policy brings it back. */
const crash = (name = 'app'): Steps => [died(name, 1), started(name), inspectedAs(name)];
const crashes = (times: number, name = 'app'): Steps =>
  Array.from({ length: times }, () => crash(name)).flat();
const stepped = (name = 'app'): readonly string[] => [
  `Dependent container stopped: ${name}`,
  `Dependent container started: ${name}`,
];
const loop = (name = 'app'): string =>
  `Dependent container keeps restarting: ${name} has ended 3 times by itself; its starts and stops are not logged until it has been quiet for 600s`;
const over = 'Dependent container has stopped restarting: app has run for 600s';

/** Until so long after what happened last but one, to the millisecond. */
const sinceLastButOne = (ms: number): Wait => ({ waitMs: ms - 2 });
const looping = (...others: Parameters<typeof settled>[0] & object): History =>
  settled([app, ...others]).feed(...crashes(3));

describe('a dependent in a restart loop', () => {
  it('has its first two rounds logged, then one line about the loop', () => {
    looping()
      .expectLines(...stepped(), ...stepped(), loop())
      .expectLine(/keeps restarting/, 'warn');
    looping()
      .forget()
      .feed(...crashes(4), died('app', 1))
      .expectLines();
  });

  it('is logged as out of the loop once it has run for ten minutes', () => {
    const history = looping().forget();
    history.feed(died('app', 1), started('app'), sinceLastButOne(599_999), listedAgain()).expectLines();
    history
      .feed(listedAgain())
      .expectLines(over)
      .expectLine(/stopped restarting/, 'info');
    history.forget().feed(minutes(20), listedAgain()).expectLines();
    history.feed(...crash()).expectLines(...stepped());
  });

  it('has every round logged if its ends are ten minutes apart', () => {
    const once: Steps = [...crash(), minutes(10), listedAgain()];
    settled([app])
      .feed(...once, ...once, ...once, ...once)
      .expectLines(...[1, 2, 3, 4].flatMap(() => stepped()));
  });

  it('counts as looping if its ends are nine minutes apart', () => {
    const once: Steps = [...crash(), minutes(9), listedAgain()];
    settled([app])
      .feed(...once, ...once, ...once, minutes(9))
      .expectLines(...stepped(), ...stepped(), loop());
  });

  it('is logged as stopped once it has stayed down for ten minutes', () => {
    const history = looping().forget();
    history.feed(died('app', 1), minutes(10), listedAgain());
    history.expectLines('Dependent container stopped: app').expectLine(/stopped/, 'info');
  });

  it('is logged in the right order if the loop is over between two listings', () => {
    const stop = stepped()[0] ?? '';
    looping().forget().feed(minutes(10), died('app', 1)).expectLines(over, stop);
    const down = looping().feed(died('app', 1), minutes(9), listedAgain(), minutes(1)).forget();
    down.feed(started('app')).expectLines(...stepped());
    const gone = looping().feed(died('app', 1), minutes(10)).forget();
    gone.feed(destroyed('app')).expectLines('Dependent container removed: app');
  });

  it('has its rounds counted anew once it was stopped by hand', () => {
    const history = looping().forget();
    history.feed(stoppedByHand('app'), started('app'), inspectedAs('app')).expectLines(...stepped());
    history.feed(...crashes(2)).expectLines(...stepped(), ...stepped(), ...stepped());
    history.feed(...crash()).expectLines(...stepped(), ...stepped(), ...stepped(), loop());
  });

  it('is not logged as out of the loop if it was removed, even without an event', () => {
    const gone = ['Dependent container removed: app'];
    looping()
      .forget()
      .feed(destroyed('app'), minutes(11), listedAgain())
      .expectLines(...gone);
    looping()
      .forget()
      .feed(minutes(11), listed(gatewayFacts()))
      .expectLines(...gone);
  });

  it('has its rounds counted anew if it left the gateway and came back', () => {
    const history = looping().forget();
    history
      .feed(renamed('app', '0123456789ab_app'), listedAgain())
      .expectLines('Dependent container removed: app');
    history
      .forget()
      .feed(renamed('0123456789ab_app', 'app', { id: app.id }), ...crash())
      .expectLines('Dependent container added: app', ...stepped());
  });

  it('does not suppress the lines about another dependent', () => {
    const history = looping(onGateway('db')).forget();
    history.feed(...crash('db'), paused('db'), unpaused('db'), outOfMemory('db'), ...crash('app'));
    history.expectLines(
      ...stepped('db'),
      'Dependent container paused: db',
      'Dependent container resumed: db',
      'Dependent container out of memory: db',
    );
    history.forget().feed(...crashes(3, 'db'), ...crash('app'));
    history.expectLines(...stepped('db'), loop('db'));
    history.forget().feed(outOfMemory('db')).expectLines();
  });

  it('stays in the loop when another dependent has become quiet', () => {
    const history = settled([app, onGateway('db')]).feed(...crash('db'), minutes(9), ...crashes(3));
    history
      .forget()
      .feed(minutes(1), listedAgain(), ...crash())
      .expectLines();
  });

  it('does not cause repairs of the containers on its network before it is quiet', () => {
    const far = facts('far', { on: 'app', startedAt: 10_000_000 });
    const history = looping().feed(listedAgain(far), minutes(5)).expectNoAct();
    history.feed(minutes(5), listedAgain(), seconds(1));
    expect(history.acts).toMatchObject([{ kind: 'repairDependents', dependents: [{ name: 'far' }] }]);
  });
});

describe('what a dependent does', () => {
  /** Both are cut off, and their repair is under way. */
  const inRepair = (...others: Parameters<typeof settled>[0] & object): History =>
    settled([app, onGateway('db'), ...others])
      .feed(restartMessages('gluetun'), inspectedAs('gluetun', { health: 'healthy' }))
      .forget();

  it('is not logged during its own repair, which has its own lines', () => {
    inRepair()
      .feed(restartBegun('app'), restartMessages('app'), restartMessages('db'))
      .expectNoLine(/^Dependent/);
  });

  it('is logged again after its turn, even if others still wait for theirs', () => {
    const history = inRepair()
      .feed(restartBegun('app'), restartMessages('app'), restartEnded('app'))
      .forget();
    history.feed(restartMessages('db'), seconds(1), restartMessages('app')).expectLines(...stepped());
  });

  it('is not logged if the messages about its restart come only after the restart is over, as on Podman', () => {
    const history = settled([onGateway('app', { startedAt: 1_500 })]).feed(seconds(5), restartBegun('app'));
    // With the milliseconds between them as they were seen on Podman 4.3.1.
    const begun = history.now;
    history.feed(restartEnded('app', { startedAt: begun + 467, finishedAt: begun + 320 })).forget();
    history
      .feed(
        { waitMs: 565 },
        restarted('app', { engineTimeMs: begun }),
        stopped('app', { engineTimeMs: begun + 290 }),
        died('app', 137, { engineTimeMs: begun + 341 }),
        started('app', { engineTimeMs: begun + 473 }),
      )
      .expectLines();
    history.feed(seconds(30), died('app', 137)).expectLines('Dependent container stopped: app');
  });

  it('is logged for a dependent that needs no repair while others are repaired', () => {
    const lateStarts = [started('late'), inspectedAs('late')];
    settled([app, onGateway('late')])
      .feed(restartMessages('gluetun'), inspectedAs('gluetun', { health: 'starting' }), ...lateStarts)
      .feed(turned('gluetun', 'healthy'))
      .expectActs('repairDependents')
      .forget()
      .feed(paused('late'))
      .expectLines('Dependent container paused: late');
  });

  it('is logged once if a listing showed the start before the event arrived', () => {
    const history = settled([app]).feed(died('app', 1)).forget();
    const engineTimeMs = history.now;
    history.feed(
      listedAgain(onGateway('app', { startedAt: engineTimeMs - 1 })),
      started('app', { engineTimeMs }),
    );
    history.expectLines('Dependent container started: app');
  });

  it("is logged from the moment another container is renamed to the gateway's name", () => {
    new History()
      .feed(
        connected(),
        listed(facts('vpn', { health: 'healthy' }), facts('app', { on: 'vpn', startedAt: 2_000 })),
      )
      .forget()
      .feed(renamed('vpn', 'gluetun'), endpointRead(undefined))
      .expectLine(/^Dependent containers \(auto-discovery\): app$/);
  });
});
