import { once } from 'node:events';
import { EngineRelay } from '../recreation/engine-relay.ts';
import { findContainer } from '../stand-in/dependent.ts';
import { AROUND_IT, DEPENDENTS } from './compose-project.ts';
import { COMPOSE, describeWithCompose } from './docker-compose.ts';
import { NOTHING, type Stack, createdByTheMonitor, useStacks } from './stack.ts';

/** The calls after which two gateways are there, or just the new one with the name that was for the time being. */
const CALLS =
  COMPOSE === 1
    ? ['POST /containers/create', 'POST /containers/{id}/start']
    : ['POST /containers/create', 'DELETE /containers/{id}'];

describeWithCompose(
  'a leftover of a Docker Compose that was killed while it updated the gateway',
  (engine) => {
    const begin = useStacks(engine);

    const killAfter = async (call: string, { project }: Stack): Promise<void> => {
      const relay = await EngineRelay.open(engine);
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
        const old = await findContainer(engine, 'gluetun');
        await stack.project.write('2');
        await killAfter(call, stack);
        // Compose 2 starts what it finds, and never gives it its proper name; Compose 1 creates another one.
        if (COMPOSE === 2) stack.expectGateway(`${old.id.slice(0, 12)}_gluetun`);
        const update = async (): Promise<unknown> => stack.project.run('up', '-d', 'gluetun');
        // That such a name is there for good shows in the first listing after a minute.
        await expect(stack.after(update, 150_000)).resolves.toEqual({
          created: COMPOSE === 1 ? AROUND_IT : DEPENDENTS,
          started: AROUND_IT,
          meanwhile: NOTHING,
          afterwards: createdByTheMonitor(...DEPENDENTS),
        });
      },
      240_000,
    );
  },
);
