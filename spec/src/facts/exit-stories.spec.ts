import { EMPTY } from 'rxjs';
import { attachmentOf } from '../../../src/model/attachment.ts';
import { stateEdge } from '../../../src/edges/state-writer.ts';
import type { Persisted } from '../../../src/model/persisted.ts';
import {
  checkFailed,
  checkPassed,
  connected,
  died,
  disconnected,
  failed,
  gatewayFacts,
  idOf,
  inspected,
  inspectedAs,
  inspectionFailed,
  killed,
  listed,
  listedAgain,
  onGateway,
  renamed,
  restartBegun,
  restartFailed,
  restartMessages,
  seconds,
  started,
  stopped,
  stoppedByHand,
  succeeded,
  turned,
  skipped,
} from '../builders.ts';
import { type History, settled } from '../history.ts';

const exitOf = ({ state }: History, name = 'app'): string | undefined => {
  const exit = state.shared.exits[idOf(name)];
  return exit && `${exit.by}, ${exit.stage}`;
};
const kindsOf = ({ acts }: History): readonly string[] => acts.map(({ kind }) => kind);
const unlessStopped = { restartPolicy: 'unless-stopped' } as const;

const restartingGateway = (shape = {}): History =>
  settled([onGateway('app')], { gateway: gatewayFacts(shape) })
    .feed(seconds(30), checkFailed(), seconds(10), checkFailed())
    .expectActs('restartGateway');

describe('a stop by hand', () => {
  it('whose end was never reported is over once a message says that the container has started', () => {
    const history = settled([onGateway('app')])
      .withoutAnswers()
      .feed(killed('app'), started('app'));
    expect(exitOf(history)).toBeUndefined();
  });

  it('of the gateway by `docker kill` counts if an inspection shows the exit before the message about it comes', () => {
    const gone = inspectedAs('gluetun', { runState: 'exited', exitCode: 137 });
    const history = settled([], { gateway: gatewayFacts() })
      .feed(killed('gluetun', '9'), gone, died('gluetun', 137))
      .forget()
      .feed(seconds(60));
    expect(exitOf(history, 'gluetun')).toBe('operator, certain');
    history.expectNoAct();
  });

  it('of the gateway counts after the engine was lost during our restart, which had no effect', () => {
    const gateway = gatewayFacts(unlessStopped);
    const history = restartingGateway(unlessStopped).feed(
      disconnected(),
      failed('socket hang up'),
      seconds(2),
      connected(),
      listed(gateway, onGateway('app')),
      seconds(10),
      checkPassed(),
    );
    history.forget().feed(...stoppedByHand('gluetun'), seconds(60));
    expect(exitOf(history, 'gluetun')).toBe('operator, certain');
    history.expectNoAct();
  });

  it('before our restart is recorded as by hand if the restart is then skipped', () => {
    const history = restartingGateway().feed(
      killed('gluetun'),
      died('gluetun'),
      inspected(gatewayFacts({ runState: 'exited' })),
      skipped(),
    );
    expect(exitOf(history, 'gluetun')).toBe('operator, open');
    expect(exitOf(history.feed(seconds(11)), 'gluetun')).toBe('operator, certain');
  });

  it('is recorded as by hand if its signal came before our restart', () => {
    const history = settled([onGateway('app', { startedAt: 500 })]).feed(killed('app'), restartBegun('app'));
    expect(exitOf(history)).toBe('operator, expected');
  });

  it('is recorded as by hand after a signal if only a listing shows it', () => {
    const history = settled([onGateway('app')]).feed(
      killed('app'),
      seconds(2),
      listedAgain(onGateway('app', { runState: 'exited' })),
    );
    expect(exitOf(history)).toBe('operator, open');
  });

  it('stays certain if an event arrives a second time', () => {
    const history = settled([onGateway('app')]);
    const engineTimeMs = history.now + 1;
    const exited = inspectedAs('app', { runState: 'exited', startedAt: 2_000 });
    history.feed(...stoppedByHand('app'), exited, seconds(11), died('app', 0, { engineTimeMs }));
    expect(exitOf(history)).toBe('operator, certain');
  });
});

describe('a container that our act has left down', () => {
  it('stays recorded as left by us if a later attempt is skipped', () => {
    const error = 'error while creating mount source path';
    const left = { runState: 'exited', startedAt: 500, exitCode: 128, error, ...unlessStopped } as const;
    const history = settled([onGateway('app', { startedAt: 500, ...unlessStopped })]).feed(
      ...[restartBegun('app'), killed('app'), died('app', 0), inspectedAs('app', left)],
      ...[restartFailed('app', { reason: error }), succeeded(), seconds(6)],
      ...[restartFailed('app', { reason: 'gluetun has stopped meanwhile', isSkipped: true }), succeeded()],
    );
    expect(exitOf(history)).toBe('monitor, certain');
    history.forget().feed(seconds(400));
    expect(kindsOf(history)).toContain('repairDependents');
  });

  it.each([
    { given: 'whose new run ended before an inspection', isHeard: true },
    { given: 'whose new run ended without events', isHeard: false },
  ])('is started if it is a gateway $given', ({ isHeard }) => {
    const history = restartingGateway().withoutAnswers();
    const ended = gatewayFacts({ runState: 'exited', startedAt: history.now + 4, exitCode: 1 });
    if (isHeard)
      history.feed(
        killed('gluetun'),
        died('gluetun', 0),
        stopped('gluetun'),
        started('gluetun'),
        died('gluetun', 1),
      );
    history.feed(inspected(ended), succeeded()).forget().feed(seconds(300));
    expect(kindsOf(history)).toContain('startGateway');
  });

  it('is not expected to end any more if the wave failed without an answer and it runs', () => {
    const history = settled([onGateway('app', { startedAt: 500 })]).feed(restartBegun('app'), failed('bug'));
    expect(exitOf(history)).toBeUndefined();
  });
});

describe('a second exit', () => {
  it('names no run until an inspection shows it', () => {
    const history = settled([onGateway('app')]).withoutAnswers();
    history.feed(died('app', 1), seconds(1), died('app', 1));
    expect(history.state.shared.exits[idOf('app')]?.run).toBeUndefined();
  });
});

describe('after the clock was set back during the run of a container', () => {
  const AHEAD = 90_000_000;

  it('a dependent is restarted after our restart of the gateway', () => {
    const history = settled([onGateway('app', { startedAt: AHEAD })]).feed(
      ...[seconds(30), checkFailed(), seconds(10), checkFailed()],
    );
    history.expectActs('restartGateway').forget();
    const back = inspected(gatewayFacts({ startedAt: history.now, health: 'healthy' }));
    history.feed(restartMessages('gluetun'), back, succeeded(), seconds(1), checkPassed());
    history.feed(seconds(1), listedAgain(), seconds(10));
    expect(history.acts).toMatchObject([{ kind: 'repairDependents', dependents: [{ name: 'app' }] }]);
  });

  it('a crash of the gateway is still recognised', () => {
    const history = settled([], { gateway: gatewayFacts({ startedAt: AHEAD }) });
    history.feed(
      died('gluetun', 1),
      inspectedAs('gluetun', { runState: 'exited', startedAt: AHEAD, exitCode: 1 }),
    );
    history.feed(seconds(30));
    expect(kindsOf(history)).toEqual(['startGateway']);
  });

  it('a stop of a dependent by hand is still recognised', () => {
    const app = onGateway('app', { startedAt: AHEAD, ...unlessStopped });
    const exited = onGateway('app', { runState: 'exited', startedAt: AHEAD, ...unlessStopped });
    const history = settled([app]).feed(...stoppedByHand('app'), inspected(exited), seconds(12));
    const {
      shared: { containers },
    } = history.state;
    const facts = containers.byId[idOf('app')];
    expect(facts && attachmentOf(history.state, facts)).toBe('stopped');
    history.expectNoAct();
  });
});

describe('an inspection', () => {
  it('is repeated if its container is renamed before the answer', () => {
    const history = settled([onGateway('app', { runState: 'exited' })]).withoutAnswers();
    history.feed(started('app'), renamed('app', 'web'));
    const asked = (): readonly unknown[] =>
      history.commands.filter((one) => one.kind === 'inspectContainer' && one.containerId === idOf('app'));
    expect(asked()).toHaveLength(1);
    history.feed(inspectionFailed('app'));
    expect(asked()).toHaveLength(2);
  });

  it('that always fails does not lead to a listing every few seconds', () => {
    const history = settled([onGateway('app')])
      .withoutAnswers()
      .feed(turned('app', 'unhealthy'), inspectionFailed('app'));
    const blind = onGateway('app', { inspected: false, runState: 'paused' });
    let listings = 0;
    for (let second = 0; second < 600; second += 1) {
      const { commands } = history.forget().feed(seconds(1));
      for (const { kind } of commands)
        if (kind === 'listContainers') {
          listings += 1;
          history.feed(listedAgain(blind));
        } else if (kind === 'inspectContainer') history.feed(inspectionFailed('app'));
    }
    expect(listings).toBeLessThan(20);
  });

  it('is made only once for a stranger that turns out to matter', () => {
    const strangers = ['s0', 's1', 's2', 's3', 's4'].map((name) => started(name));
    const history = settled()
      .withoutAnswers()
      .feed(...strangers)
      .forget();
    history.feed(renamed('s4', 'other'), started('gluetun', { id: idOf('s4') }));
    const asked = history.commands.filter((one) => 'containerId' in one && one.containerId === idOf('s4'));
    expect(asked).toHaveLength(1);
    expect(history.everything.containers.toInspect.strangers).not.toContain(idOf('s4'));
  });
});

describe('the state file', () => {
  const savedAround = (history: History, change: () => void): Persisted | undefined => {
    const saved: Persisted[] = [];
    const edge = stateEdge({ save: (memory) => void saved.push(memory), commit: () => EMPTY });
    const take = (): void => {
      const { everything: state, now: at } = history;
      void edge.take({ event: { type: 'timeReached', at }, before: state, state, notices: [] });
    };
    take();
    change();
    take();
    return saved.at(-1);
  };

  it('is written when a recorded exit changes', () => {
    const history = settled([onGateway('app')]);
    const saved = savedAround(history, () => history.feed(died('app', 1), seconds(11)));
    expect(saved?.exits).toMatchObject({ [idOf('app')]: { by: 'itself' } });
  });

  it('is written when a site is held as advisory', () => {
    const history = settled();
    const saved = savedAround(history, () => {
      history.state = { ...history.state, demotion: { ...history.state.demotion, held: ['https://a/'] } };
    });
    expect(saved?.sites['gluetun']?.held).toEqual(['https://a/']);
  });
});
