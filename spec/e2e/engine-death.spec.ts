import { readlink } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { AFTER_A_KILL, AFTER_A_POWER_CUT, type Fate } from '../simulated-engine/fates.ts';
import { inShort } from '../simulated-engine/bench.ts';
import { parseEvents, type RecordedEvent } from '../transcripts.ts';
import { describeOnPrivateEngine } from './engine.ts';
import { EngineEvents } from './engine-events.ts';
import { eventually, isMissing } from './eventually.ts';
import type { PrivateEngine } from './private-engine.ts';
import { TestContainer } from './stand-in/container.ts';
import { DEPENDENT_IMAGE, buildImages } from './stand-in/images.ts';

/** All of them run on one engine, which goes down once: it is slow to stop containers that ignore SIGTERM. */
function holdToTable(fates: readonly Fate[], engine: PrivateEngine, goDown: () => Promise<void>): void {
  const containers = new Map<string, TestContainer>();
  let told: readonly RecordedEvent[];

  const create = async ({ name, restartPolicy, autoRemove, isLooping }: Fate): Promise<TestContainer> => {
    const { id } = await engine.docker.createContainer({
      name,
      Image: DEPENDENT_IMAGE,
      Labels: engine.labels,
      Env: ['IGNORE_TERM=yes'],
      StopTimeout: 1,
      ...(isLooping === true && { Cmd: ['/bin/sh', '-c', 'exit 1'] }),
      HostConfig: {
        NetworkMode: 'none',
        RestartPolicy: { Name: restartPolicy },
        AutoRemove: autoRemove === true,
      },
    });
    const container = new TestContainer(engine, id, name);
    await container.start();
    return container;
  };

  /** Returns when the signal was sent; the call itself ends with the engine. */
  const begin = async (container: TestContainer, what: 'stop' | 'restart'): Promise<void> => {
    const events = await EngineEvents.open(engine);
    void container[what](300).catch(() => undefined);
    await events.waitFor('kill', container);
    events.close();
  };

  const messages = async (): Promise<readonly RecordedEvent[]> => {
    const until = Date.now() / 1000;
    // Its type is incomplete: it is the response itself.
    const response: unknown = await engine.docker.getEvents({ since: 0, until });
    return parseEvents(await text(response as Readable));
  };

  const stateOf = async ({ name }: Fate): Promise<Fate['is']> => {
    try {
      const { State } = await engine.docker.getContainer(name).inspect();
      return State.Running || State.Restarting ? 'up' : 'exited';
    } catch (error) {
      if (isMissing(error)) return 'gone';
      throw error;
    }
  };

  beforeAll(async () => {
    await buildImages(engine);
    const endings: number[] = [];
    for (const fate of fates) {
      const container = await create(fate);
      containers.set(fate.name, container);
      if (fate.endsMeanwhile === true) endings.push((await container.inspect()).State.Pid);
    }
    for (const { name, underWay } of fates) {
      const container = containers.get(name);
      if (underWay !== undefined && container !== undefined) await begin(container, underWay);
    }
    for (const { name, isPaused } of fates) if (isPaused === true) await containers.get(name)?.pause();
    // Between two attempts, not just before one: an engine killed during an attempt may leave it down.
    await eventually('it waits for its next try', async () => {
      const found = await containers.get('looping')?.inspect();
      return found?.State.Restarting === true && found.RestartCount > 4;
    });
    await goDown();
    endings.forEach((pid) => process.kill(pid, 'SIGKILL'));
    await eventually('they have ended', async () => {
      const left = await Promise.all(
        endings.map(async (pid) => readlink(`/proc/${String(pid)}/exe`).catch(() => '')),
      );
      return left.every((one) => one === '');
    });
    await engine.start();
    told = await messages();
  });

  it.each(fates)('does the same as the simulated engine with a container that is $name', async (fate) => {
    const id = containers.get(fate.name)?.id;
    const ofIt = told
      .filter(({ Action, Actor }) => Action !== 'die' && Actor.ID === id)
      .map((event) => inShort(event).replace(`${fate.name} `, ''));
    expect({ is: await stateOf(fate), told: [...new Set(ofIt)] }).toEqual({ is: fate.is, told: fate.told });
  });
}

describeOnPrivateEngine('a real engine that is killed and started again', (engine) => {
  holdToTable(AFTER_A_KILL, engine, async () => engine.kill());
});

describeOnPrivateEngine('a real engine that is started again after a power cut', (engine) => {
  holdToTable(AFTER_A_POWER_CUT, engine, async () => engine.cutPower());
});
