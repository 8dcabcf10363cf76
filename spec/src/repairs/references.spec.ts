import { waveOf } from '../../../src/model/in-flight.ts';
import type { ContainerFacts } from '../../../streams/events.ts';
import { attachmentOf } from '../../../src/model/attachment.ts';
import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import {
  type Happening,
  type Shape,
  connected,
  destroyed,
  died,
  facts,
  gatewayFacts,
  idOf,
  inspected,
  inspectedAs,
  listed,
  onGateway,
  restartBegun,
  succeeded,
} from '../builders.ts';
import { History, settled } from '../history.ts';

const former = idOf('former');
const memory = { ...NOTHING_PERSISTED, gateways: { gluetun: [idOf('gluetun'), former] } };
const orphan = (name: string, shape: Shape = {}): ContainerFacts => facts(name, { ref: former, ...shape });
const repairedBy = ({ state }: History): readonly object[] => waveOf(state)?.dependents ?? [];
const repairing = (...all: readonly ContainerFacts[]): History => settled(all, { memory });

/** It was re-created as a container with another ID. */
const recreated = (name: string): readonly Happening[] => [
  restartBegun(name, 'recreate'),
  destroyed(name),
  inspected(onGateway(name, { id: idOf(`${name} anew`), startedAt: 20_000_000 })),
  (_state, at) => [
    {
      type: 'dependentRepairEnded',
      at,
      id: idOf(name),
      name,
      how: 'recreate',
      outcome: { ok: true },
      facts: onGateway(name, { id: idOf(`${name} anew`), startedAt: 20_000_000 }),
    },
  ],
];

describe('an orphan that refers to another orphan', () => {
  it.each<{ what: string; shape: Shape; followers?: string[] }>([
    { what: 'its volumes', shape: { volumesFrom: [idOf('host')] } },
    { what: 'its volumes, named by container name,', shape: { volumesFrom: ['host'] } },
    { what: 'its processes', shape: { sharesWith: [idOf('host')] }, followers: [idOf('guest')] },
  ])('is re-created after the other one if it shares $what', ({ shape, followers }) => {
    const history = repairing(orphan('guest', shape), orphan('host'));
    expect(repairedBy(history)).toEqual([
      expect.objectContaining({ name: 'host', how: 'recreate', ...(followers && { followers }) }),
    ]);
    history.feed(...recreated('host'), succeeded());
    expect(repairedBy(history)).toMatchObject([{ name: 'guest', how: 'recreate' }]);
  });

  it('is given the new ID of the container it refers to', () => {
    const history = repairing(orphan('guest', { volumesFrom: [idOf('host')] }), orphan('host'));
    history.feed(...recreated('host'), succeeded());
    expect(repairedBy(history)).toMatchObject([{ replaced: { [idOf('host')]: idOf('host anew') } }]);
  });

  it('is given the ID of the present gateway instead of the former one', () => {
    const history = repairing(orphan('near', { sharesWith: [former] }));
    expect(repairedBy(history)).toMatchObject([{ replaced: { [former]: idOf('gluetun') } }]);
  });

  it('is given no new ID for a container that exists or is unknown', () => {
    const history = repairing(orphan('guest', { volumesFrom: [idOf('data'), idOf('x')] }), facts('data'));
    expect(repairedBy(history)[0]).not.toHaveProperty('replaced');
  });

  it('neither waits nor counts as a follower if the two refer to each other', () => {
    const history = repairing(
      orphan('one', { sharesWith: ['two'] }),
      orphan('two', { sharesWith: [idOf('one')] }),
    );
    expect(repairedBy(history)).toMatchObject([{ name: 'one' }, { name: 'two' }]);
    for (const one of repairedBy(history)) expect(one).not.toHaveProperty('followers');
  });

  it('counts as a follower even if it was stopped by hand, and stays stopped', () => {
    const history = repairing(
      orphan('guest', { sharesWith: [idOf('host')], runState: 'exited' }),
      orphan('host'),
    );
    expect(repairedBy(history)).toMatchObject([{ name: 'host', followers: [idOf('guest')] }]);
    history.feed(...recreated('host'), succeeded());
    expect(repairedBy(history)).toEqual([]);
  });

  it('is re-created if it ended because the container it shares processes with was re-created', () => {
    const guest = orphan('guest', { sharesWith: [idOf('host')] });
    const parkedEvent: Happening = (_state, at) => [
      { type: 'dependentParked', at, id: idOf('host'), name: 'host', parkedAs: 'host.orphan' },
    ];
    const history = repairing(guest, orphan('host')).feed(
      restartBegun('host', 'recreate'),
      parkedEvent,
      died('guest', 137),
      inspectedAs('guest', { runState: 'exited', exitCode: 137, sharesWith: [idOf('host')] }),
    );
    expect(history.state.dependents.members).toMatchObject({ [idOf('guest')]: { attachment: 'orphaned' } });
    history.feed(...recreated('host').slice(1), succeeded());
    expect(repairedBy(history)).toMatchObject([{ name: 'guest', how: 'recreate' }]);
  });
});

describe('a dependent that shares the processes of a missing container', () => {
  const attached = (...all: readonly ContainerFacts[]): string => {
    const { state } = new History().feed(connected(), listed(gatewayFacts(), ...all));
    return attachmentOf(state, state.shared.containers.byId[idOf('guest')] ?? facts('none'));
  };
  const ended = { runState: 'exited', error: 'cannot join PID of a non running container: x' } as const;

  it.each<{ given: string; all: ContainerFacts[]; then: string }>([
    {
      given: 'must be re-created if it has ended',
      all: [onGateway('guest', { ...ended, sharesWith: [idOf('host')] })],
      then: 'orphaned',
    },
    {
      given: 'must be started once the other container exists',
      all: [onGateway('guest', { ...ended, sharesWith: [idOf('host')] }), onGateway('host')],
      then: 'failedToJoin',
    },
    {
      given: "must be started if the engine's error only says that the other container is not running",
      all: [
        onGateway('guest', {
          runState: 'exited',
          error: `container ${idOf('host')} is not running`,
          sharesWith: [idOf('host')],
        }),
        onGateway('host'),
      ],
      then: 'failedToJoin',
    },
    {
      given: 'is left alone as long as it runs',
      all: [onGateway('guest', { sharesWith: [idOf('host')] })],
      then: 'fresh',
    },
  ])('$given', ({ all, then }) => {
    expect(attached(...all)).toBe(then);
  });

  it('is left alone if it ended together with a container that was stopped by hand', () => {
    const guest = onGateway('guest', { runState: 'exited', exitCode: 137, sharesWith: [idOf('host')] });
    expect(attached(guest, onGateway('host', { runState: 'exited' }))).toBe('stopped');
  });
});
