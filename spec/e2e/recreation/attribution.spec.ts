import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnEngine } from '../engine.ts';
import type { MonitorProcess } from '../monitor.ts';
import { type TestContainer, isOnLiveNetwork } from '../stand-in/container.ts';
import { createDependent, findContainer } from '../stand-in/dependent.ts';
import { type Gateway, createGateway } from '../stand-in/gateway.ts';
import { differences } from './difference.ts';
import { type Environment, useScenario } from '../scenario.ts';

/** As compose v2 labels them. */
const labelled = (service: string, dependsOn = ''): Record<string, string> => ({
  'com.docker.compose.project': 'stack',
  'com.docker.compose.service': service,
  'com.docker.compose.oneoff': 'False',
  'com.docker.compose.depends_on': dependsOn,
});

describeOnEngine('the gateway of an orphan', (engine) => {
  const { startWatching } = useScenario(engine);
  let gateway: Gateway;
  let app: TestContainer;
  let stateFile: string;

  beforeEach(async () => {
    stateFile = join(await mkdtemp(join(engine.folder, 'state-')), 'state.json');
  });

  const createStack = async (isOfCompose: boolean): Promise<void> => {
    gateway = await createGateway(engine, {
      name: 'gluetun',
      ...(isOfCompose && { labels: labelled('gluetun') }),
    });
    app = await createDependent(engine, {
      name: 'app',
      network: gateway.id,
      ...(isOfCompose && { labels: labelled('app', 'gluetun:service_started:true') }),
    });
  };

  /** A dependent that joined the gateway by name, and so needs only a restart. */
  const createControl = async (): Promise<void> => {
    await gateway.rename('away');
    const control = await createDependent(engine, {
      name: 'control',
      network: 'gluetun',
      isLeftUnstarted: true,
    });
    await gateway.rename('gluetun');
    await control.start();
  };

  const watch = async (env: Environment = {}): Promise<MonitorProcess> => {
    return startWatching({ STATE_FILE: stateFile, ...env }, 30_000);
  };

  const expectRecreated = async (monitor: MonitorProcess): Promise<void> => {
    await monitor.waitForLine(/app re-created successfully/, 30_000);
    const young = await findContainer(engine, 'app');
    expect(young.id).not.toBe(app.id);
    await expect(isOnLiveNetwork(young, gateway)).resolves.toBe(true);
  };

  /** `control` waits for the same as the orphan would: once it is restarted, the orphan's repair would have started. */
  const expectUntouched = async (monitor: MonitorProcess, report: RegExp): Promise<void> => {
    const before = await app.inspect();
    await monitor.waitForLine(report, 30_000);
    await monitor.waitForLine(/control restarted successfully/, 30_000);
    expect(differences(before, await app.inspect())).toEqual([]);
    expect(monitor.linesMatching(report)).toHaveLength(1);
    expect(monitor.linesMatching(/Re-creating/)).toEqual([]);
  };

  it('is unknown without a state file and labels, so the orphan is reported and left alone', async () => {
    await createStack(false);
    await createControl();
    gateway = await gateway.recreate();
    const monitor = await watch();
    await expectUntouched(
      monitor,
      /\[WARN\] Joined to a container that no longer exists, and nothing tells whether that was gluetun: app; left alone\. With compose: docker compose up -d --force-recreate/,
    );
  });

  it('is known from the state file of the previous monitor', async () => {
    await createStack(false);
    await (await watch()).stop();
    gateway = await gateway.recreate();
    await expectRecreated(await watch());
  });

  it('is known from the state file of a monitor that was killed', async () => {
    await createStack(false);
    await (await watch()).stop('SIGKILL');
    gateway = await gateway.recreate();
    await expectRecreated(await watch());
  });

  it("is known from compose's labels if there is no state file", async () => {
    await createStack(true);
    gateway = await gateway.recreate();
    await expectRecreated(await watch());
  });

  it('is only reported, with instructions, if AUTO_RECREATE is off', async () => {
    await createStack(false);
    await createControl();
    const monitor = await watch({ AUTO_RECREATE: 'false' });
    gateway = await gateway.recreate();
    await expectUntouched(
      monitor,
      /\[WARN\] AUTO_RECREATE is off: app must be re-created by hand\. With compose: docker compose up -d --force-recreate/,
    );
  });
});
