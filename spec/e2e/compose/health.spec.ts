import { ALL, AROUND_IT, DEPENDENTS, type Services, gatewayWithHealth } from './compose-project.ts';
import { COMPOSE, describeWithCompose } from './docker-compose.ts';
import { NOTHING, type Stack, createdByTheMonitor, useStacks } from './stack.ts';

const GATEWAY = gatewayWithHealth('60s');

describeWithCompose(
  'a stack whose gateway Docker calls healthy late, while Compose waits for that',
  (engine) => {
    const begin = useStacks(engine);

    /** From its next start on, the gateway becomes healthy long after the monitor has found it ready. */
    const beginSlow = async (services: Services = {}): Promise<Stack> => {
      const stack = await begin({ services: { gluetun: GATEWAY, ...services } });
      await (await stack.project.gateway()).setHealth({ afterSeconds: 9 });
      return stack;
    };

    it('is left to Compose while that creates all of it anew', async () => {
      const stack = await beginSlow();
      await expect(stack.afterCompose('up', '-d', '--force-recreate')).resolves.toEqual({
        created: ALL,
        started: ALL,
        meanwhile: NOTHING,
        afterwards: NOTHING,
      });
      expect(stack.said(/\[ERROR\]/)).toEqual([]);
    });

    it('is left to Compose until that has updated the gateway', async () => {
      const stack = await beginSlow();
      await stack.project.write('2', { gluetun: GATEWAY });
      await expect(stack.afterCompose('up', '-d')).resolves.toEqual({
        created: AROUND_IT,
        started: AROUND_IT,
        meanwhile: NOTHING,
        // Compose 1 considers the dependents up to date.
        afterwards: COMPOSE === 1 ? createdByTheMonitor(...DEPENDENTS) : NOTHING,
      });
    });

    // Compose 1 does not know `restart: true`.
    if (COMPOSE === 2)
      it.each([
        { what: 'restarts', command: ['restart', 'gluetun'], version: '1', created: NOTHING },
        { what: 'updates', command: ['up', '-d'], version: '2', created: AROUND_IT },
      ])(
        'is left to Compose while that $what the gateway and what is to follow it',
        async ({ command, version, created }) => {
          const follow = { depends_on: { gluetun: { condition: 'service_healthy', restart: true } } };
          const services = { app1: follow, app2: follow };
          const stack = await beginSlow(services);
          await stack.project.write(version, { gluetun: GATEWAY, ...services });
          await expect(stack.afterCompose(...command)).resolves.toEqual({
            created,
            started: AROUND_IT,
            meanwhile: NOTHING,
            afterwards: NOTHING,
          });
        },
      );
  },
);
