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

/** It was created anew as another one. */
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

describe('an orphan that refers to another one', () => {
  it.each<{ what: string; shape: Shape; followers?: string[] }>([
    { what: 'its volumes', shape: { volumesFrom: [idOf('host')] } },
    { what: 'its volumes, by its name', shape: { volumesFrom: ['host'] } },
    { what: 'its processes', shape: { sharesWith: [idOf('host')] }, followers: [idOf('guest')] },
  ])('for $what is created anew after it', ({ shape, followers }) => {
    const history = repairing(orphan('guest', shape), orphan('host'));
    expect(repairedBy(history)).toEqual([
      expect.objectContaining({ name: 'host', how: 'recreate', ...(followers && { followers }) }),
    ]);
    history.feed(...recreated('host'), succeeded());
    expect(repairedBy(history)).toMatchObject([{ name: 'guest', how: 'recreate' }]);
  });

  it('is told what has taken its place, by the id that it knows', () => {
    const history = repairing(orphan('guest', { volumesFrom: [idOf('host')] }), orphan('host'));
    history.feed(...recreated('host'), succeeded());
    expect(repairedBy(history)).toMatchObject([{ replaced: { [idOf('host')]: idOf('host anew') } }]);
  });

  it('is told the present gateway in the place of the former one', () => {
    const history = repairing(orphan('near', { sharesWith: [former] }));
    expect(repairedBy(history)).toMatchObject([{ replaced: { [former]: idOf('gluetun') } }]);
  });

  it('is told nothing of one that is there, nor of one that nobody knows', () => {
    const history = repairing(orphan('guest', { volumesFrom: [idOf('data'), idOf('x')] }), facts('data'));
    expect(repairedBy(history)[0]).not.toHaveProperty('replaced');
  });

  it('does not make the other one wait for it where they refer to each other, nor count as its follower', () => {
    const history = repairing(
      orphan('one', { sharesWith: ['two'] }),
      orphan('two', { sharesWith: [idOf('one')] }),
    );
    expect(repairedBy(history)).toMatchObject([{ name: 'one' }, { name: 'two' }]);
    for (const one of repairedBy(history)) expect(one).not.toHaveProperty('followers');
  });

  it('is a follower of the other one though its operator stopped it, and stays stopped', () => {
    const history = repairing(
      orphan('guest', { sharesWith: [idOf('host')], runState: 'exited' }),
      orphan('host'),
    );
    expect(repairedBy(history)).toMatchObject([{ name: 'host', followers: [idOf('guest')] }]);
    history.feed(...recreated('host'), succeeded());
    expect(repairedBy(history)).toEqual([]);
  });

  it('wants to run though it ended with the one whose processes it shares, which we created anew', () => {
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

describe('a dependent that shares what is no more', () => {
  const attached = (...all: readonly ContainerFacts[]): string => {
    const { state } = new History().feed(connected(), listed(gatewayFacts(), ...all));
    return attachmentOf(state, state.shared.containers.byId[idOf('guest')] ?? facts('none'));
  };
  const ended = { runState: 'exited', error: 'cannot join PID of a non running container: x' } as const;

  it.each<{ given: string; all: ContainerFacts[]; then: string }>([
    {
      given: 'must be created anew',
      all: [onGateway('guest', { ...ended, sharesWith: [idOf('host')] })],
      then: 'orphaned',
    },
    {
      given: 'must be started once the other one is there',
      all: [onGateway('guest', { ...ended, sharesWith: [idOf('host')] }), onGateway('host')],
      then: 'failedToJoin',
    },
    {
      given: 'must be started where its end has left the engine only these words',
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
      given: 'goes on as long as it runs',
      all: [onGateway('guest', { sharesWith: [idOf('host')] })],
      then: 'fresh',
    },
  ])('$given', ({ all, then }) => {
    expect(attached(...all)).toBe(then);
  });

  it('is left alone where it ended with one that its operator stopped', () => {
    const guest = onGateway('guest', { runState: 'exited', exitCode: 137, sharesWith: [idOf('host')] });
    expect(attached(guest, onGateway('host', { runState: 'exited' }))).toBe('stopped');
  });
});
