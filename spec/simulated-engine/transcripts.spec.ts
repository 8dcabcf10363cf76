import { recordedEvents } from '../transcripts.ts';
import type { RecordedEvent } from '../transcripts.ts';
import { Bench, inShort } from './bench.ts';
import { composeUp } from './operator.ts';

/** The actions during the recording of the transcript of that name. */
const scenarios: Readonly<Record<string, (bench: Bench) => void>> = {
  'gateway-restart': ({ engine, does }) => does(engine.restart('gluetun')),
  crash: (bench) => {
    bench.engine.crash('gluetun');
    bench.advance(2000);
  },
  'docker-kill': (bench) => {
    bench.does(bench.engine.kill('gluetun'));
    bench.advance(3000);
    bench.does(bench.engine.start('gluetun'));
    bench.advance(1500);
  },
  stop: (bench) => {
    bench.does(bench.engine.stop('gluetun'));
    bench.advance(1000);
    bench.does(bench.engine.start('gluetun'));
    bench.advance(1500);
  },
  'on-failure-gives-up': (bench) => {
    bench.does(bench.engine.remove('gluetun', { force: true }));
    bench.engine.create({
      name: 'gluetun',
      body: { HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } } },
      workload: { started: (host) => host.exit(1) },
    });
    bench.does(bench.engine.start('gluetun'));
    bench.advance(2000);
  },
  'stop-by-its-own-signal': (bench) => {
    bench.does(bench.engine.remove('gluetun', { force: true }));
    bench.engine.create({ name: 'gluetun', body: { StopSignal: 'SIGWINCH' } });
    bench.does(bench.engine.start('gluetun'));
    bench.does(bench.engine.kill('gluetun', 'SIGHUP'));
    bench.does(bench.engine.stop('gluetun'));
  },
  'stop-ignoring-term': ({ engine, does }) => {
    engine.create({ name: 'lab-stub', workload: { ignoresTerm: true } });
    does(engine.start('lab-stub'));
    does(engine.stop('lab-stub', 2));
    does(engine.remove('lab-stub'));
  },
  rename: ({ engine, does }) => {
    does(engine.rename('gluetun', 'gluetun2'));
    does(engine.rename('gluetun2', 'gluetun'));
  },
  pause: (bench) => {
    bench.does(bench.engine.pause('gluetun'));
    bench.advance(3000);
    bench.does(bench.engine.unpause('gluetun'));
    bench.advance(2000);
  },
  oom: (bench) => {
    bench.engine.create({ name: 'lab-oom' });
    bench.does(bench.engine.start('lab-oom'));
    bench.engine.outOfMemory('lab-oom');
    bench.does(bench.engine.remove('lab-oom'));
  },
  unhealthy: (bench) => {
    bench.standIn.breakTunnel();
    bench.advance(4000);
    bench.standIn.heal();
    bench.advance(3000);
  },
  recreate: ({ engine, does }) => does(engine.remove('gluetun', { force: true })),
  'compose-up-only-gluetun': (bench) => {
    const spec = { ...bench.gatewaySpec, name: 'lab-gluetun' };
    bench.engine.create(spec);
    bench.does(bench.engine.start('lab-gluetun'));
    bench.does(composeUp(bench.engine, spec));
  },
  'dependent-restart': ({ engine, does }) => does(engine.restart('app')),
  'dependent-restart-gateway-down': (bench) => {
    bench.does(bench.engine.stop('gluetun'));
    bench.outcome(bench.engine.restart('app'));
  },
  'podman-5.8': ({ addDependent, advance, does, engine }) => {
    for (const name of ['app1', 'app2', 'app3']) {
      addDependent(name, 'gluetun');
      does(engine.start(name));
    }
    advance(1000);
    does(engine.restart('gluetun', 0));
    does(engine.stop('app3'));
    does(engine.kill('app2'));
    does(engine.start('app2'));
    does(engine.rename('app1', 'appx'));
    does(engine.rename('appx', 'app1'));
    does(engine.pause('app1'));
    does(engine.unpause('app1'));
    does(engine.remove('app3'));
    addDependent('app4', 'gluetun');
    does(engine.restart('app1', 0));
    does(engine.stop('gluetun'));
    does(engine.start('gluetun'));
  },
  'dependent-crash-gateway-down': (bench) => {
    bench.does(bench.engine.stop('gluetun'));
    bench.engine.crash('app');
    bench.advance(2000);
  },
};

const withoutExecs = (events: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  events.filter(({ Action }) => !Action.startsWith('exec_'));

/** The names of all keys, without labels. */
function shapeOf(event: RecordedEvent): object {
  const attributes = Object.keys(event.Actor.Attributes).filter(
    (key) => !/^(com\.docker\.compose|io\.buildah|lab$)/.test(key),
  );
  return { action: event.Action, keys: Object.keys(event), actor: Object.keys(event.Actor), attributes };
}

describe.each(Object.entries(scenarios))(
  'the simulated engine, compared with the recording "%s",',
  (transcript, play) => {
    const isPodman = transcript.startsWith('podman');
    const expected = withoutExecs(recordedEvents(transcript, isPodman ? 'podman' : '28.5'));
    const containers = new Set(expected.map(({ Actor }) => Actor.ID));

    /** The latest events of these containers; the earlier ones are from the setup. */
    function replay(): readonly RecordedEvent[] {
      const bench = new Bench({ isPodman });
      play(bench);
      return withoutExecs(bench.said).slice(-expected.length);
    }

    it('emits the same events in the same order', () => {
      expect(containers.size).toBeGreaterThan(0);
      expect(replay().map(inShort)).toEqual(expected.map(inShort));
    });

    it('emits events of the same shape', () => {
      expect(replay().map(shapeOf)).toEqual(expected.map(shapeOf));
    });
  },
);
