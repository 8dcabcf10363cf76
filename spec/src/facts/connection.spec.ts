import {
  type Happening,
  checkFailed,
  connected,
  disconnected,
  gatewayFacts,
  inspectedAs,
  inspectionFailed,
  listed,
  listedAgain,
  listingFailed,
  minutes,
  onGateway,
  seconds,
  facts,
  started,
  succeeded,
} from '../builders.ts';
import { History, settled } from '../history.ts';

describe('the Docker engine', () => {
  it('is reported once if it does not answer at the start', () => {
    new History()
      .feed(
        disconnected('no such file'),
        seconds(1),
        disconnected('no such file'),
        seconds(2),
        disconnected('no such file'),
      )
      .expectLines('The Docker engine does not answer: no such file; nothing is done until it answers')
      .expectNoCommand();
  });

  it('is reported once when it is lost and once when it answers again', () => {
    settled()
      .feed(disconnected(), seconds(2), disconnected(), seconds(5), connected(), listedAgain())
      .expectLines(
        'Lost the Docker engine: socket hang up; nothing is done until it answers',
        'The Docker engine answers again after 7s',
      );
  });

  it('is listed as soon as it is connected, and counts as connected only after that listing', () => {
    const history = settled([onGateway('app')])
      .feed(disconnected(), connected())
      .forget();
    const listing = listed(gatewayFacts({ startedAt: 9_000_000 }), onGateway('app'))(
      history.state,
      history.now,
    );
    const early = { ...listing[0], requestedAt: history.now - 1_000 } as (typeof listing)[number];
    history.reduce(early);
    expect(history.state.shared.connection.value).toBe('reconciling');
    history.feed(listedAgain());
    expect(history.state.shared.connection.value).toBe('connected');
  });

  it('counts as connected after a listing requested at the moment of the connection', () => {
    const history = settled().feed(disconnected());
    const askedAt = history.now;
    const late: Happening = (state, at) =>
      listedAgain()(state, at).map((event) => ({ ...event, requestedAt: askedAt }));
    history.feed(connected(), seconds(3), late);
    expect(history.state.shared.connection.value).toBe('connected');
  });

  it('stays lost even if a listing arrives', () => {
    const history = settled().feed(disconnected(), listedAgain());
    history.forget().feed(seconds(60), connected());
    history.expectLines('The Docker engine answers again after 60s');
  });

  it('is sent no command while it is lost', () => {
    settled([onGateway('app')])
      .feed(disconnected(), inspectionFailed('app'), minutes(30))
      .expectNoCommand();
  });

  it('does not end a recovery when it is lost', () => {
    const history = settled([onGateway('app')]).feed(seconds(30), checkFailed(), seconds(10), checkFailed());
    history.feed(started('gluetun'), inspectedAs('gluetun', { health: 'healthy' }), succeeded()).forget();
    history.feed(disconnected()).expectNoAct();
    expect(history.state.recovery.value).not.toBe('none');
  });
});

describe('the regular listing', () => {
  it('is requested once a minute', () => {
    const history = settled();
    for (let minute = 1; minute <= 5; minute += 1)
      history.feed(seconds(60), listedAgain()).expectCommandCount('listContainers', minute);
  });

  it('is requested again 5 s after it failed, with one line until it works', () => {
    const history = settled().feed(minutes(1)).forget();
    history.feed(listingFailed(), seconds(5)).expectCommandCount('listContainers', 1);
    history.feed(listingFailed(), seconds(5)).expectCommandCount('listContainers', 2);
    history.feed(listedAgain());
    history.expectLines(
      'Listing the containers failed: no answer; trying again',
      'The containers can be listed again',
    );
  });

  it('is requested within 5 s if the gateway or a dependent could not be inspected', () => {
    const history = settled([onGateway('app'), facts('db')]);
    history.feed(inspectionFailed('db'), seconds(6)).expectCommandCount('listContainers', 0);
    history.feed(inspectionFailed('app'), seconds(5)).expectCommandCount('listContainers', 1);
  });

  it('is requested even if an event was reduced after it was due', () => {
    const history = settled();
    const due = history.state.shared.containers.nextListingAt ?? 0;
    history.now = due + 10;
    history.feed(started('other'));
    expect(history.nextDeadline()).toBeLessThanOrEqual(due);
    history.feed(seconds(0)).expectCommandCount('listContainers', 1);
  });

  it('keeps the details of an earlier inspection if this one failed', () => {
    const history = settled([onGateway('app')]).feed(
      seconds(5),
      listedAgain(onGateway('app', { inspected: false })),
    );
    const app = history.state.shared.containers.byId[onGateway('app').id];
    expect(app?.details?.startedAtMs).toBe(2_000);
    history.expectNoAct();
  });
});
