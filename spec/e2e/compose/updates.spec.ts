import { checksums, fill } from '../recreation/world.ts';
import { ALL, APP2, AROUND_IT, DEPENDENTS } from './compose-project.ts';
import { COMPOSE, describeWithCompose } from './docker-compose.ts';
import { NOTHING, createdByTheMonitor, useStacks } from './stack.ts';

const PLACES = ['/data', '/library', '/anonymous'];

describeWithCompose('a stack that Docker Compose updates', (engine) => {
  const begin = useStacks(engine);

  it.each([
    { what: 'a changed gateway', command: ['up', '-d', 'gluetun'], version: '2' },
    { what: 'the gateway anew', command: ['up', '-d', '--force-recreate', 'gluetun'], version: '1' },
  ])(
    'has its dependents created anew by the monitor if Compose has created just $what',
    async ({ command, version }) => {
      const stack = await begin();
      await fill(engine, 'app1', PLACES);
      const content = await checksums(engine, 'app1', PLACES);
      await stack.project.write(version);
      await expect(stack.afterCompose(...command)).resolves.toEqual({
        created: AROUND_IT,
        started: AROUND_IT,
        meanwhile: NOTHING,
        afterwards: createdByTheMonitor(...DEPENDENTS),
      });
      await expect(checksums(engine, 'app1', PLACES)).resolves.toBe(content);
      expect(stack.said(/Dependent container removed|left alone|\[ERROR\]/)).toEqual([]);
      // Compose 2 compares the gateway's id, too, and so creates them once more.
      const anew = COMPOSE === 1 ? [] : DEPENDENTS;
      await expect(stack.afterCompose('up', '-d')).resolves.toEqual({
        created: anew,
        started: anew,
        meanwhile: NOTHING,
        afterwards: NOTHING,
      });
      await expect(checksums(engine, 'app1', PLACES)).resolves.toBe(content);
    },
  );

  it('is left to Compose if that updates everything that hangs on a changed gateway', async () => {
    const stack = await begin();
    await stack.project.write('2');
    await expect(stack.afterCompose('up', '-d')).resolves.toEqual({
      created: AROUND_IT,
      started: AROUND_IT,
      meanwhile: NOTHING,
      // Compose 1 considers the dependents up to date.
      afterwards: COMPOSE === 1 ? createdByTheMonitor(...DEPENDENTS) : NOTHING,
    });
    expect(stack.said(/\[ERROR\]/)).toEqual([]);
  });

  it.each([3, 9])(
    'is left to Compose while that creates all of it anew, even if one service takes %i s to stop',
    async (seconds) => {
      const stack = await begin({ services: { app2: { stop_grace_period: `${seconds}s` } } });
      await expect(stack.afterCompose('up', '-d', '--force-recreate')).resolves.toEqual({
        created: ALL,
        started: ALL,
        meanwhile: NOTHING,
        afterwards: NOTHING,
      });
      expect(stack.said(/\[ERROR\]/)).toEqual([]);
    },
  );

  it('has those dependents restarted that Compose leaves when it restarts the gateway', async () => {
    const stack = await begin();
    const { created, started, meanwhile, afterwards } = await stack.afterCompose('restart', 'gluetun');
    expect({ created, started }).toEqual({ created: [], started: AROUND_IT });
    // Compose 2 restarts what has no `depends_on` of its own.
    const left = COMPOSE === 1 ? DEPENDENTS : [APP2];
    expect([...meanwhile, ...afterwards]).toEqual(left.map((name) => `restart ${name}`));
  });
});
