import { describeOnEngine } from '../engine.ts';
import { removeContainers } from '../test-engine.ts';
import { isOnLiveNetwork, type TestContainer } from './container.ts';
import { createDependent, findContainer, type DependentOptions } from './dependent.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { buildImages, DEPENDENT_IMAGE, SHELL_LESS_IMAGE } from './images.ts';

const startedAt = async (container: TestContainer): Promise<string> =>
  (await container.inspect()).State.StartedAt;

describeOnEngine('a dependent of the stand-in', (engine) => {
  let gateway: Gateway;

  const dependentOn = async (
    network: string,
    options: Partial<DependentOptions> = {},
  ): Promise<TestContainer> => createDependent(engine, { name: 'app', network, ...options });

  beforeAll(async () => buildImages(engine));

  beforeEach(async () => {
    gateway = await createGateway(engine, { name: 'gluetun' });
  });

  afterEach(async () => removeContainers(engine));

  it.each([{ image: DEPENDENT_IMAGE }, { image: SHELL_LESS_IMAGE }])(
    'is on a dead network after a restart of its gateway, until it is restarted ($image)',
    async ({ image }) => {
      const dependent = await dependentOn(gateway.id, { image });
      await expect(isOnLiveNetwork(dependent, gateway)).resolves.toBe(true);

      await gateway.restart();
      await expect(isOnLiveNetwork(dependent, gateway)).resolves.toBe(false);

      await dependent.restart();
      await expect(isOnLiveNetwork(dependent, gateway)).resolves.toBe(true);
    },
  );

  it('started before its gateway if and only if it is stale', async () => {
    const dependent = await dependentOn(gateway.id);
    await gateway.restart();
    expect((await startedAt(dependent)) < (await startedAt(gateway))).toBe(true);

    await dependent.restart();
    expect((await startedAt(dependent)) > (await startedAt(gateway))).toBe(true);
  });

  it('is stale if it joined through another dependent', async () => {
    const near = await dependentOn(gateway.id);
    const far = await dependentOn(near.id, { name: 'far' });
    await gateway.restart();
    await near.restart();

    await expect(isOnLiveNetwork(near, gateway)).resolves.toBe(true);
    await expect(isOnLiveNetwork(far, gateway)).resolves.toBe(false);
  });

  it('fails to join while its gateway is down, and stays exited', async () => {
    const dependent = await dependentOn(gateway.id);
    await gateway.stop();

    await expect(dependent.restart()).rejects.toThrow(
      /cannot join network( namespace)? of a non running container/,
    );
    const { State } = await dependent.inspect();
    expect(State).toMatchObject({ Running: false, ExitCode: 128 });
  });

  it('becomes an orphan when its gateway is re-created', async () => {
    const dependent = await dependentOn('gluetun');
    gateway = await gateway.recreate();

    await expect(isOnLiveNetwork(dependent, gateway)).resolves.toBe(false);
    await expect(dependent.restart()).rejects.toThrow('No such container');
  });

  it('that joined by name follows a gateway that is re-created', async () => {
    await gateway.rename('gluetun-away');
    const dependent = await dependentOn('gluetun', { isLeftUnstarted: true });
    await gateway.rename('gluetun');
    await dependent.start();
    gateway = await gateway.recreate();
    await dependent.restart();

    await expect(isOnLiveNetwork(dependent, gateway)).resolves.toBe(true);
  });

  it('stops at once unless it ignores SIGTERM', async () => {
    const obedient = await dependentOn(gateway.id);
    const stubborn = await dependentOn(gateway.id, {
      name: 'stubborn',
      ignoresTerm: true,
      stopTimeoutSeconds: 1,
    });
    await Promise.all([obedient.stop(), stubborn.stop()]);

    expect((await obedient.inspect()).State.ExitCode).toBe(0);
    expect((await stubborn.inspect()).State.ExitCode).toBe(137);
  });

  it('without a shell cannot run one by exec', async () => {
    const dependent = await dependentOn(gateway.id, { image: SHELL_LESS_IMAGE });
    const { exitCode } = await dependent.exec('sh', '-c', 'true');

    // 127 since Docker 28.
    expect([126, 127]).toContain(exitCode);
  });

  it('is found by its name even if its id has changed', async () => {
    const dependent = await dependentOn(gateway.id, { name: 'named' });

    expect((await findContainer(engine, 'named')).id).toBe(dependent.id);
  });
});
