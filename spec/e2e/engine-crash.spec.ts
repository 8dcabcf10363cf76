import { describeOnPrivateEngine } from './engine.ts';
import { eventually } from './eventually.ts';
import type { MonitorProcess } from './monitor.ts';
import { SITES, type Setting, createSetting, cutOff } from './setting.ts';
import { DEPENDENT_IMAGE } from './stand-in/images.ts';
import { useScenario } from './scenario.ts';

describeOnPrivateEngine(
  'after an engine is killed and stops the running containers at its next start,',
  (engine) => {
    const { startMonitor } = useScenario(engine);
    let setting: Setting;

    beforeEach(async () => {
      setting = await createSetting(engine, { restartPolicy: 'unless-stopped' });
      await setting.dependents[1]?.stop();
    });

    const watch = async (): Promise<MonitorProcess> => {
      const monitor = await startMonitor({ env: { SITES, RECOVERY_BACKOFF: '10' } });
      await monitor.waitForLine(/Dependent containers \(auto-discovery\)/);
      return monitor;
    };

    const crash = async (): Promise<void> => {
      await engine.kill();
      await engine.start();
      const { State } = await setting.gateway.inspect();
      if (State.Running)
        throw new Error('this engine has left its containers running, or started them again');
    };

    /** `docker run --rm` of an unrelated container. */
    const createRemovedAtItsEnd = async (): Promise<void> => {
      const { id } = await engine.docker.createContainer({
        Image: DEPENDENT_IMAGE,
        Labels: engine.labels,
        HostConfig: { NetworkMode: 'none', AutoRemove: true },
      });
      await engine.docker.getContainer(id).start();
    };

    /** All except the one that was stopped by hand. */
    const expectAllBack = async (): Promise<void> => {
      await eventually('all are back', async () => (await cutOff(setting)).join() === 'app2', 50_000, 100);
      const { State } = await setting.gateway.inspect();
      expect(State.Running).toBe(true);
    };

    it('they are started again, but not what an operator had stopped', async () => {
      const monitor = await watch();
      await crash();
      await monitor.waitForLine(/when it started again it stopped what still ran: /, 30_000);
      await expectAllBack();
      expect(monitor.linesMatching(/Restarting app2|app2 (re)?started/)).toEqual([]);
    });

    it('they are started again even if one was paused and an unrelated one is removed when it exits', async () => {
      await createRemovedAtItsEnd();
      const monitor = await watch();
      // From then on its inspection shows the exit of a previous run.
      await setting.dependents[0]?.restart();
      await setting.dependents[3]?.pause();
      await monitor.waitForLine(/paused: app4/);
      await crash();
      await monitor.waitForLine(
        /when it started again it stopped what still ran: (?=.*\bapp1\b)(?=.*\bapp4\b)(?=.*\bgluetun\b)/,
        30_000,
      );
      await expectAllBack();
    });

    it('they are started again by a monitor that starts only then', async () => {
      await crash();
      const monitor = await watch();
      await monitor.waitForLine(/when it started again it stopped what still ran: .*\bgluetun\b/);
      await expectAllBack();
    });

    it('a container that an operator stops once the engine is back stays stopped', async () => {
      const monitor = await watch();
      await crash();
      await expectAllBack();
      await setting.dependents[0]?.stop();
      await setting.gateway.stop();
      const stopped = await monitor.waitForLine(/gluetun was stopped/);
      await engine.kill();
      await engine.start();
      await monitor.waitForLine(/The Docker engine answers again/, 30_000, stopped);
      await setting.gateway.start();
      await eventually(
        'the others are back',
        async () => (await cutOff(setting)).join() === 'app1,app2,app3',
        50_000,
        100,
      );
      expect(monitor.linesMatching(/stopped what still ran: .*(app1|gluetun)\b/)).toHaveLength(1);
    });
  },
);
