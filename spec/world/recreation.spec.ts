import { NOTHING_PERSISTED } from '../../src/model/persisted.ts';
import type { ContainerSpec } from '../simulated-engine/create-request.ts';
import { World, type WorldOptions, dependent } from './world.ts';

const APP: ContainerSpec = {
  name: 'app',
  networkMode: 'container:gluetun',
  restartPolicy: 'unless-stopped',
  labels: { mine: 'yes' },
  body: { Volumes: { '/data': {} }, Env: ['A=1'], HostConfig: { Binds: ['named:/named'] } },
};

/** Every write to the engine for one orphan. */
const SEQUENCE = [
  /^rename app to app\.orphan-of-gluetun-/,
  /^create app$/,
  /^stop app\.orphan-of-gluetun-/,
  /^start app$/,
  /^remove app\.orphan-of-gluetun-/,
];

describe('an orphan', () => {
  let world: World;
  let data: string;
  afterEach(() => world.end());

  const volume = (): string => world.engine.get('app').volumeAt('/data') ?? 'none';
  const settingOut = (options: WorldOptions = {}): World => {
    world = new World(options).populate([APP]).startMonitor();
    data = volume();
    world.engine.volumes.write(data, 'precious');
    return world;
  };
  const names = (): readonly string[] => world.engine.containers.map(({ name }) => name).sort();
  const isBack = (): boolean => world.engine.find('app') !== undefined && world.engine.isOnLiveNetwork('app');

  /** Under its name or parked, once or twice, but never absent. */
  const expectThere = (): void => {
    expect(names().filter((name) => /^app(\.orphan-of-gluetun-|$)/.test(name))).not.toEqual([]);
  };
  const expectWhole = (): void => {
    expect(names()).toEqual(['app', 'gluetun']);
    expect(volume()).toBe(data);
    expect(world.engine.volumes.read(data)).toBe('precious');
    expect(world.engine.get('app').labels).toMatchObject({ mine: 'yes' });
    expect(world.cutOff()).toEqual([]);
  };

  it('is re-created step by step', () => {
    settingOut().recreateGateway().until(isBack).pass(1_000);
    expect(world.client.written).toEqual(SEQUENCE.map((step) => expect.stringMatching(step) as string));
    expectWhole();
    expect(world.said(/^app re-created successfully$/)).toHaveLength(1);
  });

  /** In the middle of its re-creation. */
  const killMonitorAt = (when: 'before' | 'after', step: RegExp): void => {
    let killed = false;
    const kill = (call: string): void => {
      if (killed || !step.test(call)) return;
      killed = true;
      world.killMonitor();
    };
    if (when === 'before') world.client.beforeWrite = kill;
    else world.client.afterWrite = kill;
    world.recreateGateway().until(() => killed);
    world.pass(60_000);
  };
  const expectFinishedByNext = (): void => {
    world.startMonitor().until(() => isBack() && names().length === 2, 120_000);
    expectWhole();
  };

  it.each(
    SEQUENCE.flatMap((step) => [
      { when: 'before' as const, step },
      { when: 'after' as const, step },
    ]),
  )(
    'survives a kill of the monitor $when $step, and is complete once the next one runs',
    ({ when, step }) => {
      settingOut();
      killMonitorAt(when, step);
      expectThere();
      expectFinishedByNext();
    },
  );

  it.each(SEQUENCE.slice(1))(
    'is complete once the next monitor runs, even if it remembers nothing: after %s',
    (step) => {
      settingOut();
      killMonitorAt('after', step);
      world.memory = NOTHING_PERSISTED;
      expectFinishedByNext();
    },
  );

  it('gets its name back and is left alone if it was only renamed and the next monitor remembers nothing', () => {
    settingOut();
    killMonitorAt('after', /^rename app to app\.orphan-of-gluetun-/);
    world.memory = NOTHING_PERSISTED;
    world.startMonitor().untilSaid(/nothing tells whether that was gluetun: app; left alone/);
    expect(names()).toEqual(['app', 'gluetun']);
    expect(volume()).toBe(data);
  });

  it.each(SEQUENCE.slice(0, 4))('is restored if the engine refuses %s, and tried again later', (step) => {
    settingOut();
    const id = world.engine.get('app').id;
    world.client.failNext(step, 'no space left on device');
    world
      .recreateGateway()
      .untilSaid(/^Re-creating app failed: no space left on device; trying again in 5s$/);
    expect(world.engine.get('app').id).toBe(id);
    expect(names()).toEqual(['app', 'gluetun']);
    world.until(isBack).pass(1_000);
    expectWhole();
  });

  it.each(SEQUENCE)('is complete in the end if the answer to %s is lost', (step) => {
    settingOut();
    world.client.loseAnswer(step);
    world.recreateGateway().until(isBack).pass(30_000);
    expectWhole();
  });

  it('is started by the next monitor if it was stopped for its re-creation and could not be replaced', () => {
    settingOut();
    world.client.failNext(/^start app$/, 'no such device');
    world.recreateGateway().untilSaid(/^Re-creating app failed: no such device/);
    world.killMonitor();
    expect(world.engine.get('app').state).toMatchObject({ running: false });
    world.pass(60_000).startMonitor().until(isBack).pass(1_000);
    expectWhole();
  });

  it('is left as it is if it cannot be reproduced, and reported once', () => {
    settingOut();
    const { id } = world.engine.get('app');
    world.engine.create({ name: 'debug', body: { HostConfig: { PidMode: 'container:app' } } });
    world.recreateGateway().untilSaid(/^app cannot be re-created: .*debug/);
    world.pass(3600_000);
    expect(world.said(/cannot be re-created/)).toHaveLength(1);
    expect(world.client.written).toEqual([]);
    expect(world.engine.get('app')).toMatchObject({ id, state: { running: true } });
  });

  it('is reported together with the containers on its network if it cannot be reproduced, also by a recovery', () => {
    const vanishing = { ...APP, restartPolicy: 'no' as const, body: { HostConfig: { AutoRemove: true } } };
    world = new World().populate([vanishing, dependent('app2', 'app')]).startMonitor();
    world.recreateGateway();
    const told = /^app cannot be re-created: .*; create it anew by hand; cut off with it until then: app2$/;
    world.untilSaid(told).pass(3600_000).standIn.breakTunnel();
    world.untilSaid(/^Recovery ended after .*, but not restarted: app, app2$/);
    expect(world.said(/^Recovery complete/)).toEqual([]);
    world.engine.remove('app', { force: true });
    world.pass(1_000).engine.create(APP);
    world.engine.start('app');
    world.until(() => world.engine.isOnLiveNetwork('app2'));
    expect(world.cutOff()).toEqual([]);
  });

  it.each([
    ['before it is stopped', /^create app$/],
    ['while it stops', /^stop app/],
  ])('is complete after the next start if a shutdown interrupts its re-creation %s', (_, step) => {
    settingOut();
    world.client.beforeWrite = (call) => {
      if (step.test(call)) world.shutDownMonitor();
    };
    world.recreateGateway().until(() => world.hasEnded);
    expectThere();
    world.client.beforeWrite = undefined;
    world
      .pass(5_000)
      .startMonitor()
      .until(() => isBack() && names().length === 2, 120_000);
    expectWhole();
  });

  it('is left parked by a shutdown if it takes long to stop, and the log gives its parked name', () => {
    world = new World().populate([
      { ...APP, timings: { exitMs: 30_000 }, body: { ...APP.body, StopTimeout: 20 } },
    ]);
    world.startMonitor();
    data = volume();
    world.engine.volumes.write(data, 'precious');
    world.client.beforeWrite = (call) => {
      if (call.startsWith('stop app')) world.shutDownMonitor();
    };
    world.recreateGateway().until(() => world.hasEnded);
    expect(world.said(/^app is still being re-created: it waits as app\.orphan-of-gluetun-/)).toHaveLength(1);
    world.client.beforeWrite = undefined;
    world
      .pass(60_000)
      .startMonitor()
      .until(() => isBack() && names().length === 2, 120_000);
    expectWhole();
  });

  describe('that is renamed by its operator while another one is re-created', () => {
    const FIRST = { ...APP, name: 'a-slow-one', workload: { ignoresTerm: true }, body: { StopTimeout: 20 } };
    const renamed = (): World => {
      world = new World({ settings: { restartConcurrency: 1 } }).populate([FIRST, APP]).startMonitor();
      world
        .recreateGateway()
        .until(() => world.client.written.some((call) => call.startsWith('stop a-slow')));
      data = volume();
      world.engine.rename('app', 'app2');
      return world;
    };

    it('keeps its new name', () => {
      renamed().untilSaid(/^app2 re-created successfully$/, 60_000);
      expect(names()).toEqual(['a-slow-one', 'app2', 'gluetun']);
      expect(world.engine.get('app2').volumeAt('/data')).toBe(data);
      expect(world.said(/^app is left alone: it is called app2 by now$/)).toHaveLength(1);
    });

    it('keeps its new name even if another container has taken the old one, which is not touched', () => {
      const world = renamed();
      const { id } = world.engine.create({ name: 'app' });
      world.untilSaid(/^app2 re-created successfully$/, 60_000);
      expect(names()).toEqual(['a-slow-one', 'app', 'app2', 'gluetun']);
      expect(world.engine.get('app').id).toBe(id);
    });
  });

  it('is not re-created if somebody else did so meanwhile', () => {
    settingOut().recreateGateway().pass(3_000);
    world.engine.remove('app', { force: true });
    world.pass(500);
    world.engine.create(APP);
    world.engine.start('app');
    world.pass(60_000);
    expect(world.client.written).toEqual([]);
    expect(names()).toEqual(['app', 'gluetun']);
  });
});
