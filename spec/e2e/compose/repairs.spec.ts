import { APP2, AROUND_IT, DEPENDENTS, gatewayWithHealth } from './compose-project.ts';
import { COMPOSE, describeWithCompose } from './docker-compose.ts';
import { NOTHING, createdByTheMonitor, useStacks } from './stack.ts';

const GATEWAY = gatewayWithHealth('120s');

describeWithCompose(
  'a tunnel that the monitor repairs while Docker Compose waits for a healthy gateway',
  (engine) => {
    const begin = useStacks(engine);

    it('lets Compose go on, and nothing is done twice', async () => {
      const stack = await begin({
        services: { gluetun: GATEWAY },
        env: { RECOVERY_STRATEGY: 'vpn-first', HEALTHY_WAIT_TIMEOUT: '5' },
      });
      const before = await stack.project.gateway();
      await before.setHealth('tunnel');
      // It never comes up by itself.
      await before.setTunnelDelay(3600);
      await stack.project.write('2', { gluetun: GATEWAY });
      const told = await stack.after(async () => {
        const done = stack.project.run('up', '-d');
        await stack.untilStarted('gluetun');
        await (await stack.project.gateway()).setTunnelDelay(0);
        await done;
      });
      expect(told).toEqual({
        created: AROUND_IT,
        started: AROUND_IT,
        meanwhile: NOTHING,
        // Compose 1 considers the dependents up to date.
        afterwards: COMPOSE === 1 ? createdByTheMonitor(...DEPENDENTS) : NOTHING,
      });
    }, 180_000);

    // Compose 1 creates a container only when everything that it waits for is healthy.
    if (COMPOSE === 2)
      it('comes too late for Compose, and what that has left behind is started', async () => {
        const stack = await begin({ services: { gluetun: GATEWAY } });
        const gateway = await stack.project.gateway();
        await gateway.setHealth('tunnel');
        const held = stack.hold('POST /containers/{id}/restart', 'before');
        await gateway.breakTunnel();
        await held.reached;
        await stack.untilUnhealthy();
        const late = { container_name: 'late', depends_on: { gluetun: { condition: 'service_healthy' } } };
        await stack.project.write('1', { gluetun: GATEWAY, late });
        await expect(stack.project.run('up', '-d')).rejects.toThrow(/gluetun is unhealthy/);
        stack.expectDependents([...DEPENDENTS, 'late']);
        // That everything else of the project runs is seen by the next listing, which may be a minute away.
        const told = await stack.after(async () => {
          held.release();
          return Promise.resolve();
        }, 100_000);
        expect(told).toEqual({
          created: NOTHING,
          started: [...AROUND_IT, 'late'].sort(),
          meanwhile: NOTHING,
          afterwards: ['restart app1', 'restart late', `restart ${APP2}`],
        });
      }, 180_000);
  },
);
