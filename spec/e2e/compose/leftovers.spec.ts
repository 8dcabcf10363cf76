import { once } from 'node:events';
import { EngineRelay } from '../recreation/engine-relay.ts';
import { containerNames } from '../recreation/world.ts';
import { DEPENDENTS } from './compose-project.ts';
import { COMPOSE, describeWithCompose } from './docker-compose.ts';
import { NOTHING, type Stack, createdByTheMonitor, useStacks } from './stack.ts';

/** The calls after which two gateways are there, or just the new one with the name that was for the time being. */
const CALLS =
  COMPOSE === 1
    ? ['POST /containers/create', 'POST /containers/{id}/start']
    : ['POST /containers/create', 'DELETE /containers/{id}'];

const ofDependents = (names: readonly string[]): readonly string[] =>
  names.filter((name) => DEPENDENTS.includes(name));

describeWithCompose(
  'a leftover of a Docker Compose that was killed while it updated the gateway',
  (engine) => {
    const begin = useStacks(engine);

    const killAfter = async (call: string, { project }: Stack): Promise<void> => {
      const relay = await EngineRelay.open(engine, engine.socketPath);
      const held = relay.holdCall(call, 'after');
      const compose = project.start(relay.dockerHost, 'up', '-d', 'gluetun');
      await held.reached;
      const exit = once(compose, 'exit');
      compose.kill('SIGKILL');
      await exit;
      held.release();
      await relay.close();
    };

    it.each(CALLS)(
      'becomes the gateway, or goes, with the next update, and the dependents are put on its network: killed after %s',
      async (call) => {
        const stack = await begin();
        await stack.project.write('2');
        await killAfter(call, stack);
        const update = async (): Promise<void> => {
          await stack.project.run('up', '-d', 'gluetun').catch(async (error: unknown) => {
            // Compose 2.26 may be about to remove the leftover whose name it wants.
            if (!String(error).includes('Conflict')) throw error;
            await stack.project.run('up', '-d', 'gluetun');
          });
          // Compose 1 creates another one. Compose 2 may start what it finds, and never gives it its proper name.
          const gateways = (await containerNames(engine)).filter((name) => name.endsWith('gluetun'));
          expect(gateways).toHaveLength(1);
          stack.expectGateway(gateways.join());
        };
        // That such a name is there for good shows in the first listing after a minute.
        const { created, started, ...told } = await stack.after(update, 150_000);
        expect(told).toEqual({ meanwhile: NOTHING, afterwards: createdByTheMonitor(...DEPENDENTS) });
        expect([created, started].map(ofDependents)).toEqual([DEPENDENTS, DEPENDENTS]);
      },
      240_000,
    );
  },
);
