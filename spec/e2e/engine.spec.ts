import { access } from 'node:fs/promises';
import { describeOnEngine, describeOnPrivateEngine } from './engine.ts';
import { EngineEvents } from './engine-events.ts';
import { PrivateEngine } from './private-engine.ts';
import { listProcessesOf } from './leftovers.ts';
import { createGateway } from './stand-in/gateway.ts';
import { buildImages } from './stand-in/images.ts';

describeOnEngine('an engine for tests', (engine) => {
  it('answers', async () => {
    expect(String(await engine.docker.ping())).toBe('OK');
  });

  it('answers on a socket, wherever DOCKER_HOST points', async () => {
    process.env['DOCKER_HOST'] = 'tcp://192.0.2.1:1';
    try {
      const { dockerAt } = await import('./test-engine.ts');
      expect(String(await dockerAt(engine.socketPath).ping())).toBe('OK');
    } finally {
      delete process.env['DOCKER_HOST'];
    }
  });
});

describeOnPrivateEngine('a private engine', (engine) => {
  beforeAll(async () => buildImages(engine));

  it('keeps its containers across a restart, and stops them as an operator does', async () => {
    const events = await EngineEvents.open(engine);
    const gateway = await createGateway(engine, { name: 'across', restartPolicy: 'always' });
    const { StartedAt } = (await gateway.inspect()).State;
    await engine.restart();
    await gateway.untilServing();

    const actions = events.of(gateway.id).map(({ action }) => action);
    expect(actions.slice(0, 3)).toEqual(['create', 'start', 'kill']);
    // Since Docker 28 the stop comes first.
    expect(actions.slice(3).sort()).toEqual(['die', 'stop']);
    expect((await gateway.inspect()).State).toMatchObject({ Running: true });
    expect((await gateway.inspect()).State.StartedAt).not.toBe(StartedAt);
  });

  it('can be killed and started again', async () => {
    const gateway = await createGateway(engine, { name: 'killed', restartPolicy: 'always' });
    await engine.kill();
    await expect(gateway.inspect()).rejects.toThrow();
    await engine.start();

    await expect(gateway.inspect()).resolves.toMatchObject({ Name: '/killed' });
  });

  it('leaves nothing behind, whether killed or not', async () => {
    const another = new PrivateEngine();
    await another.start();
    await buildImages(another);
    await createGateway(another, { name: 'left' });
    await another.kill();
    await another.dispose();

    await expect(listProcessesOf(another.folder)).resolves.toEqual([]);
    await expect(access(another.folder)).rejects.toThrow('ENOENT');
  });
});
