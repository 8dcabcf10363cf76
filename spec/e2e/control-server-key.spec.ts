import type Docker from 'dockerode';
import { asyncScheduler, firstValueFrom } from 'rxjs';
import { dockerReadings } from '../../streams/docker-engine.ts';
import { endpoint$ } from '../../streams/endpoint.ts';
import { vpnRestart$ } from '../../streams/vpn-restart.ts';
import { SECRETS } from '../marked-secrets.ts';
import { saidBy } from './decision-lines.ts';
import { describeOnEngine } from './engine.ts';
import { EngineEvents } from './engine-events.ts';
import { eventually } from './eventually.ts';
import { TestContainer } from './stand-in/container.ts';
import { createDependent } from './stand-in/dependent.ts';
import { type Gateway, createGateway } from './stand-in/gateway.ts';
import { GATEWAY_IMAGE } from './stand-in/images.ts';
import { useScenario } from './scenario.ts';

const API_KEY = SECRETS.apiKey;
const NOBODY = '65534:65534';
const READ_ONLY = { ReadonlyRootfs: true, Tmpfs: { '/run': '' } };

describeOnEngine("the control server's API key", (engine) => {
  const { startWatching } = useScenario(engine, { sharesContainers: true });
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await createGateway(engine, {
      name: 'gluetun',
      controlServer: { apiKey: API_KEY },
      hostConfig: READ_ONLY,
    });
  });

  it('reaches wget in a read-only gateway, so that only the VPN is restarted', async () => {
    const dependent = await createDependent(engine, { name: 'app', network: gateway.id });
    const before = await Promise.all([gateway.inspect(), dependent.inspect()]);
    const events = await EngineEvents.open(engine);
    const monitor = await startWatching({
      CHECK_INTERVAL: '1',
      RECOVERY_STRATEGY: 'vpn-first',
      GLUETUN_API_KEY: API_KEY,
      LOG_LEVEL: 'debug',
    });
    await gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 60_000);
    expect(saidBy(monitor, /[Tt]he VPN|Restarting|Recovery complete/)).toEqual([
      '[INFO] Restarting the VPN inside gluetun to force new endpoint...',
      expect.stringMatching(/Recovery complete .*: the VPN was restarted, dependents untouched$/),
    ]);
    const after = await Promise.all([gateway.inspect(), dependent.inspect()]);
    expect(after.map(({ State }) => State.StartedAt)).toEqual(before.map(({ State }) => State.StartedAt));
    expect(await gateway.log()).not.toContain(' 401 ');
    expect(JSON.stringify(events.all)).toContain('gluetun-monitor-vpn-restart');
    expect(JSON.stringify(events.all)).not.toContain(API_KEY);
    events.close();
  }, 90_000);

  /** A container on the gateway's network, so that the same server is asked from many kinds of containers. */
  const place = async (user: string, hostConfig: Docker.HostConfig): Promise<TestContainer> => {
    const { id } = await engine.docker.createContainer({
      Image: GATEWAY_IMAGE,
      Labels: { ...engine.labels },
      User: user,
      Entrypoint: ['sleep', '600'],
      Healthcheck: { Test: ['NONE'] },
      HostConfig: { NetworkMode: `container:${gateway.id}`, ...hostConfig },
    });
    const container = new TestContainer(engine, id, 'a place');
    await container.start();
    return container;
  };
  const FULL = ['sh', '-c', 'head -c 1000000 /dev/zero >/dev/shm/full; true'];
  const NO_FOLDER =
    'no folder there can be written to (/dev/shm, /tmp, /run, /var/tmp, /dev): mount a tmpfs at /tmp';
  const NO_SPACE = 'no folder there has space for it (/dev/shm, /tmp, /run, /var/tmp, /dev)';

  it.each<{
    given: string;
    user?: string;
    host: Docker.HostConfig;
    first?: readonly string[];
    because?: string;
  }>([
    { given: 'read-only', host: { ReadonlyRootfs: true } },
    { given: 'read-only, without /dev/shm', host: { ReadonlyRootfs: true, IpcMode: 'none' } },
    { given: 'read-only, with /dev/shm full', host: { ReadonlyRootfs: true, ShmSize: 65_536 }, first: FULL },
    {
      given: 'read-only, with /dev/shm noexec',
      host: { ReadonlyRootfs: true, IpcMode: 'none', Tmpfs: { '/dev/shm': 'noexec,nosuid,nodev' } },
    },
    { given: 'run as another user', user: NOBODY, host: {} },
    { given: 'run as another user, read-only', user: NOBODY, host: { ReadonlyRootfs: true } },
    {
      given: 'run as another user, read-only, with a tmpfs',
      user: NOBODY,
      host: { ReadonlyRootfs: true, IpcMode: 'none', Tmpfs: { '/var/tmp': 'mode=1777' } },
    },
    {
      given: 'run as another user, read-only, without /dev/shm',
      user: NOBODY,
      host: { ReadonlyRootfs: true, IpcMode: 'none' },
      because: NO_FOLDER,
    },
    {
      given: 'run as another user, read-only, with /dev/shm full',
      user: NOBODY,
      host: { ReadonlyRootfs: true, ShmSize: 65_536 },
      first: FULL,
      because: NO_SPACE,
    },
  ])('reaches wget in a gateway that is $given, or its absence is the reason given', async (row) => {
    const { user = '', host, first, because } = row;
    const container = await place(user, host);
    if (first !== undefined) await container.exec(...first);
    const dependencies = {
      engine: dockerReadings(engine.docker),
      scheduler: asyncScheduler,
      controlServer: { url: 'http://127.0.0.1:8000', key: API_KEY },
    };
    const request = { kind: 'readEndpoint', lane: 'gluetun', requestId: 1, gatewayId: container.id } as const;
    const before = (await gateway.log()).length;
    const endpoint = await firstValueFrom(endpoint$(request, dependencies));
    const restart = await firstValueFrom(vpnRestart$(container.id, dependencies));
    const reason = `GLUETUN_API_KEY cannot be handed to wget in the gateway: ${String(because)}`;
    expect([endpoint, restart]).toMatchObject(
      because === undefined
        ? [{ type: 'endpointRead' }, { result: 'restarted' }]
        : [
            { type: 'endpointUnavailable', reason },
            { result: 'unavailable', reason },
          ],
    );
    const asked = async (): Promise<readonly string[]> =>
      (await gateway.log()).slice(before).match(/ (200|401) (GET|PUT) /g) ?? [];
    // The server answers first and logs afterwards.
    const wanted = because === undefined ? [' 200 GET ', ' 200 GET ', ' 200 PUT ', ' 200 PUT '] : [];
    await eventually('the log has all that was asked', async () => (await asked()).length >= wanted.length);
    expect(await asked()).toEqual(wanted);
    expect((await container.exec('sh', '-c', 'ls /dev /dev/shm /tmp /run /var/tmp')).output).not.toContain(
      'gluetun-monitor',
    );
    await container.remove();
  });
});
