import { once } from 'node:events';
import { EngineRelay } from '../recreation/engine-relay.ts';
import { containerNames } from '../recreation/world.ts';
import { APP2, DEPENDENTS } from './compose-project.ts';
import { COMPOSE, describeWithCompose } from './docker-compose.ts';
import { NOTHING, useStacks } from './stack.ts';

/** What Compose asks of the engine, in its order, to create the gateway anew. */
const CALLS =
  COMPOSE === 1
    ? [
        'POST /containers/{id}/stop',
        'POST /containers/{id}/rename',
        'POST /containers/create',
        'POST /containers/{id}/start',
      ]
    : [
        'POST /containers/create',
        'POST /containers/{id}/stop',
        'DELETE /containers/{id}',
        'POST /containers/{id}/rename',
      ];

describeWithCompose('a stack in which Docker Compose was killed in the middle of an update', (engine) => {
  const begin = useStacks(engine);

  it.each(CALLS)(
    'after %s',
    async (call) => {
      const stack = await begin();
      const relay = await EngineRelay.open(engine);
      await stack.project.write('2');
      const held = relay.holdCall(call, 'after');
      const compose = stack.project.start(relay.dockerHost, 'up', '-d', 'gluetun');
      await held.reached;
      compose.kill('SIGKILL');
      await once(compose, 'exit');
      held.release();
      await relay.close();
      process.stderr.write(`${call}: left ${JSON.stringify(await containerNames(engine))}\n`);
      await new Promise((resolve) => setTimeout(resolve, 8000));
      const told: unknown[] = [];
      for (const command of [
        ['up', '-d', 'gluetun'],
        ['up', '-d'],
      ]) {
        try {
          told.push(await stack.afterCompose(...command));
        } catch (error) {
          told.push(String(error));
        }
        told.push(await containerNames(engine));
      }
      process.stderr.write(
        `${call}: ${told.map((one) => JSON.stringify(one)).join('\n')}\n${stack.said(/INFO|WARN|ERROR/).join('\n')}\n`,
      );
      expect([NOTHING, DEPENDENTS, APP2]).toBeDefined();
    },
    200_000,
  );
});
