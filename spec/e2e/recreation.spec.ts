import type Docker from 'dockerode';
import { describeOnPrivateEngine } from './engine.ts';
import { unexpectedDifferences } from './recreation/difference.ts';
import { docker } from './recreation/docker-cli.ts';
import { EngineRelay, type Write } from './recreation/engine-relay.ts';
import { OPINIONATED_IMAGE, buildOpinionatedImage } from './recreation/image.ts';
import { KINDS, STEADY_IMAGE } from './recreation/kinds.ts';
import {
  checksums,
  containerNames,
  createBoundFolders,
  fill,
  runKind,
  volumeNames,
} from './recreation/world.ts';
import { type TestContainer, isOnLiveNetwork } from './stand-in/container.ts';
import { findContainer } from './stand-in/dependent.ts';
import { type Gateway, createGateway } from './stand-in/gateway.ts';
import { useEvents, useScenario } from './scenario.ts';

interface Known {
  readonly container: TestContainer;
  readonly inspection: Docker.ContainerInspectInfo;
  readonly checksums: string;
}

/** One gateway that is re-created, with every kind of dependent on it; each test looks at one aspect of the outcome. */
describeOnPrivateEngine('an orphan', (engine) => {
  const { startWatching } = useScenario(engine, { sharesContainers: true });
  const old = new Map<string, Known>();
  let relay: EngineRelay;
  const events = useEvents(engine);
  let gateway: Gateway;
  let volumes: readonly string[];

  beforeAll(async () => {
    await buildOpinionatedImage(engine, '1');
    await docker(engine, 'tag', OPINIONATED_IMAGE, STEADY_IMAGE);
    relay = await EngineRelay.open(engine);
    gateway = await createGateway(engine, { name: 'gluetun' });
    await createDependents();
    await buildOpinionatedImage(engine, '2');
    await recreateGateway();
  });
  afterAll(async () => relay.close());

  const createDependents = async (): Promise<void> => {
    const folder = await createBoundFolders(engine);
    for (const kind of KINDS) {
      await runKind(engine, kind, folder);
      await fill(engine, kind.name, kind.places);
    }
    // It was emptied, so it must not be filled from the image again.
    await docker(
      engine,
      'exec',
      '--user=0',
      'own-argument',
      'rm',
      '/cache/from-image',
      '/cache/own-argument',
    );
    for (const { name, places } of KINDS) {
      const container = await findContainer(engine, name);
      const inspection = await container.inspect();
      old.set(name, { container, inspection, checksums: await checksums(engine, name, places) });
    }
    volumes = await volumeNames(engine);
  };

  const recreateGateway = async (): Promise<void> => {
    const monitor = await startWatching({ DOCKER_HOST: relay.dockerHost });
    gateway = await gateway.recreate();
    await docker(engine, 'restart', 'failed').catch(() => undefined);
    await Promise.all(
      KINDS.map(async ({ name }) =>
        monitor.waitForLine(new RegExp(` ${name} re-created successfully`), 45_000),
      ),
    );
  };

  const oldOf = (name: string): Known => {
    const known = old.get(name);
    if (known === undefined) throw new Error(`there was no ${name}`);
    return known;
  };

  const requestFor = (name: string): Docker.ContainerCreateOptions => {
    const write = relay.writes.find(({ what, target }) => what.endsWith('/create') && target === name);
    return write?.body as Docker.ContainerCreateOptions;
  };

  it.each(KINDS)(
    'is re-created with the same configuration, on the live network: $name',
    async ({ name }) => {
      const container = await findContainer(engine, name);
      expect(container.id).not.toBe(oldOf(name).container.id);
      expect(unexpectedDifferences(oldOf(name).inspection, await container.inspect())).toEqual([]);
      await expect(isOnLiveNetwork(container, gateway)).resolves.toBe(true);
    },
  );

  it.each(KINDS.filter(({ places }) => places.length > 0))(
    'keeps its volumes and every file in them: $name',
    async ({ name, places }) => {
      await expect(checksums(engine, name, places)).resolves.toBe(oldOf(name).checksums);
    },
  );

  it('loses no volume, and leaves no volume or container behind', async () => {
    await expect(volumeNames(engine)).resolves.toEqual(volumes);
    await expect(containerNames(engine)).resolves.toEqual(
      ['gluetun', ...KINDS.map(({ name }) => name)].sort(),
    );
  });

  it.each([
    { name: 'plain', signal: '10', whose: "the image's" },
    { name: 'everything', signal: '15', whose: 'its own' },
  ])(
    'is stopped gracefully, with $whose signal, before its replacement starts: $name',
    async ({ name, signal }) => {
      const { id } = oldOf(name).container;
      const died = await events.waitFor('die', { id });
      const started = await events.waitFor('start', await findContainer(engine, name));
      const signals = events
        .of(id)
        .flatMap(({ action, attributes }) => (action === 'kill' ? attributes['signal'] : []));
      expect(signals).toEqual([signal]);
      expect(died.attributes['exitCode']).toBe('0');
      expect(started.engineTimeMs).toBeGreaterThan(died.engineTimeMs);
    },
  );

  it('is removed without its volumes, and never with force', () => {
    const removals = relay.writes.filter(({ what }) => what === 'DELETE /containers/{id}');
    expect(removals).toHaveLength(KINDS.length);
    const asksForMore = ({ query }: Write): boolean =>
      [query['v'], query['force'], query['link']].some(
        (value) => !['false', '0', '', undefined].includes(value),
      );
    expect(removals.filter(asksForMore)).toEqual([]);
  });

  it("is re-created from its image's name if that still means the same image, otherwise from the image's id", () => {
    expect(requestFor('plain').Image).toBe(STEADY_IMAGE);
    expect(requestFor('outdated').Image).toBe(oldOf('outdated').inspection.Image);
  });

  it("keeps inheriting from its image: the same request with a newer image gets that image's new defaults", async () => {
    const { id } = await engine.docker.createContainer({
      ...requestFor('everything'),
      Image: OPINIONATED_IMAGE,
    });
    const { Config, Mounts } = await engine.docker.getContainer(id).inspect();
    expect(Config).toMatchObject({
      Cmd: ['serve', '2'],
      Entrypoint: ['/entrypoint'],
      Labels: { own: 'label', 'org.example.level': 'own', 'org.example.version': '2' },
      Healthcheck: { Test: ['CMD', '/bin/true'], Interval: 7e9, Timeout: 3e9, Retries: 5 },
    });
    expect([...Config.Env].sort()).toEqual(
      expect.arrayContaining(['EMPTY=', 'LEVEL=debug', 'OWN=yes', 'VERSION=2']),
    );
    expect(Mounts).toHaveLength(oldOf('everything').inspection.Mounts.length);
  });

  it('that sets nothing itself is re-created with a request that sets nothing', () => {
    const { HostConfig: _, ...config } = requestFor('plain');
    const isSaid = (value: unknown): boolean => value !== null && value !== false;
    expect(Object.fromEntries(Object.entries(config).filter(([, value]) => isSaid(value)))).toEqual({
      Image: STEADY_IMAGE,
      Labels: engine.labels,
    });
  });
});
