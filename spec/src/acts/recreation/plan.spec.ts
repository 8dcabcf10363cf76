import { type Original, planRecreation } from '../../../../src/acts/recreation/plan.ts';
import type { Json } from '../../../../streams/json.ts';
import { refuseConflicts, type CreateBody } from '../../../simulated-engine/create-request.ts';
import { recordedAnswer } from '../../../transcripts.ts';
import { IMAGE_ID, OWNER, original, planned, plannedHost, type Told } from './originals.ts';

describe('a plan', () => {
  it.each(['inspect-dependent', 'inspect-healthy'])(
    'follows the recorded answer of a real engine: %s',
    (name) => {
      const { Config, HostConfig } = recordedAnswer(name) as Record<string, Record<string, unknown>>;
      const container = { Config, HostConfig };
      const { Image, Cmd, Healthcheck, Tty, AttachStdin } = Config ?? {};
      expect(planned({ container })).toMatchObject({
        ...{ Image, Cmd, Tty, AttachStdin },
        ...(Healthcheck === undefined ? {} : { Healthcheck }),
        HostConfig: {
          NetworkMode: `container:${OWNER}`,
          RestartPolicy: HostConfig?.['RestartPolicy'],
          ShmSize: HostConfig?.['ShmSize'],
        },
      });
    },
  );

  it('contains nothing that the engine refuses on the network of another container', () => {
    const config = {
      Hostname: 'd1efcffa8772',
      Domainname: 'lan',
      ExposedPorts: { '80/tcp': {} },
      MacAddress: '02:42:ac:11:00:02',
    };
    const host = {
      PortBindings: { '80/tcp': [{ HostPort: '80' }] },
      PublishAllPorts: true,
      Links: ['/db:/app/db'],
      Dns: ['1.1.1.1'],
      DnsOptions: ['ndots:0'],
      DnsSearch: ['lan'],
      ExtraHosts: ['host.docker.internal:host-gateway'],
    };
    const body = planned({ config, host });
    expect(() => refuseConflicts(body as unknown as CreateBody)).not.toThrow();
    expect(Object.keys(body).filter((field) => field in config)).toEqual([]);
    expect(Object.keys(body['HostConfig'] as object).filter((field) => field in host)).toEqual([]);
  });

  it('has no networks of its own', () => {
    expect(planned()).not.toHaveProperty('NetworkingConfig');
  });

  it('keeps fields that it does not know', () => {
    const later = { Config: { Novelty: { deep: [1] } }, HostConfig: { Annotations: { a: 'b' }, Gadget: 5 } };
    expect(planned({ config: later.Config, host: later.HostConfig })).toMatchObject({
      ...later.Config,
      HostConfig: later.HostConfig,
    });
  });

  it.each<{ then: string; now: string; known: Partial<Original> }>([
    { now: 'means the same image', then: 'name', known: {} },
    { now: 'means another image', then: 'id', known: { named: { Id: 'sha256:other' } } },
    { now: 'means no image any more', then: 'id', known: { named: undefined } },
    { now: 'has an answer that cannot be read', then: 'id', known: { named: {} } },
  ])('refers to the image by $then if its name $now', ({ then, known }) => {
    expect(planned({ known })['Image']).toBe(then === 'name' ? 'simprobe' : IMAGE_ID);
  });

  it('refers to the image by ID if it has no name', () => {
    expect(planned({ config: { Image: '' } })['Image']).toBe(IMAGE_ID);
  });
});

describe('a re-creation is refused for a container', () => {
  it.each<{ of: string; told: Told; because: string }>([
    {
      of: 'that vanishes when it stops',
      told: { host: { AutoRemove: true } },
      because: 'it vanishes as soon as it stops (--rm); create it anew by hand',
    },
    {
      of: 'whose image is gone',
      told: { known: { image: undefined } },
      because: 'its image simprobe (1bb83f54487c) is gone; create it anew by hand',
    },
    {
      of: 'whose image is gone and has no name',
      told: { config: { Image: null }, known: { image: undefined } },
      because: 'its image  (1bb83f54487c) is gone; create it anew by hand',
    },
    {
      of: 'whose environment a proxy keeps back',
      told: { config: { Env: [] }, image: { Env: ['PATH=/bin'] } },
      because: 'its environment is kept back, by a proxy in front of the engine; create it anew by hand',
    },
    {
      of: 'with a namespace that others share',
      told: { known: { sharers: ['web', 'debug'] } },
      because: 'web, debug joined its pid or ipc namespace; create them anew together',
    },
    {
      of: 'with files injected by compose',
      told: { known: { injected: ['/app.conf', '/run/secrets/key'] } },
      because: '/app.conf, /run/secrets/key had been put into it before it ran, as compose does with configs and secrets; docker compose up puts them into a new one',
    },
    {
      of: 'with three files injected by compose',
      told: { known: { injected: ['/a', '/b', '/c'] } },
      because: '/a, /b, /c had been put into it before it ran, as compose does with configs and secrets; docker compose up puts them into a new one',
    },
    {
      of: 'with many files injected by compose',
      told: { known: { injected: ['/a', '/b', '/c', '/d', '/e'] } },
      because: '/a, /b, /c and 2 more had been put into it before it ran, as compose does with configs and secrets; docker compose up puts them into a new one',
    },
    {
      of: 'that shares the processes of a missing container',
      told: { host: { PidMode: `container:${'a'.repeat(64)}` } },
      because: 'it shares the processes of aaaaaaaaaaaa, which is no more; create it anew by hand',
    },
    {
      of: 'that shares the memory of a missing container',
      told: { host: { IpcMode: 'container:gone' } },
      because: 'it shares the memory of gone, which is no more; create it anew by hand',
    },
    {
      of: 'that has volumes of a missing container',
      told: { host: { VolumesFrom: ['data:ro', 'gone:ro'] } },
      because: 'it takes its volumes from gone, which is no more; create it anew by hand',
    },
    {
      of: 'of a swarm',
      told: { config: { Labels: { 'com.docker.swarm.task.id': 'x' } } },
      because: 'it is a task of a swarm, which replaces it',
    },
    {
      of: 'with an anonymous volume without a name',
      told: { mounts: [{ Type: 'volume', Destination: '/data/', RW: true }] },
      because: 'the engine does not tell the name of its volume at /data',
    },
    {
      of: 'with a mount of an anonymous volume that does not exist',
      told: { host: { Mounts: [{ Type: 'volume', Target: '/data' }] } },
      because: 'the engine does not tell the name of its volume at /data',
    },
    {
      of: 'with a mount of an anonymous volume at whose path something else is mounted',
      told: {
        host: { Mounts: [{ Type: 'volume', Target: '/data' }] },
        mounts: [{ Type: 'bind', Name: 'x', Destination: '/data' }],
      },
      because: 'the engine does not tell the name of its volume at /data',
    },
    {
      of: 'with a volume without a path',
      told: { mounts: [{ Type: 'volume' }] },
      because: 'the engine does not tell the name of its volume at .',
    },
    {
      of: 'without configuration',
      told: { container: { Config: null } },
      because: 'the engine does not tell its whole configuration',
    },
    {
      of: 'without host configuration',
      told: { container: { HostConfig: 'x' } },
      because: 'the engine does not tell its whole configuration',
    },
    {
      of: 'without an image',
      told: { container: { Image: '' }, known: { named: {} } },
      because: 'the engine does not tell its whole configuration',
    },
  ])('$of', ({ told, because }) => {
    expect(planRecreation(original(told), OWNER)).toEqual({ ok: false, reason: because });
  }); // prettier-ignore
});

describe('references to re-created containers', () => {
  const [old, now] = ['a'.repeat(64), 'b'.repeat(64)];
  const hostPlanned = (host: Json): unknown => {
    const plan = planRecreation(original({ host, known: { present: [now, 'data'] } }), OWNER, { [old]: now });
    return plan.ok ? plan.body['HostConfig'] : plan.reason;
  };

  it.each([
    { of: 'shared processes', host: { PidMode: `container:${old}` }, then: { PidMode: `container:${now}` } },
    { of: 'shared memory', host: { IpcMode: `container:${old}` }, then: { IpcMode: `container:${now}` } },
    {
      of: 'shared volumes',
      host: { VolumesFrom: [`${old}:ro`, old, 'data:rw'] },
      then: { VolumesFrom: [`${now}:ro`, now, 'data:rw'] },
    },
    {
      of: 'an existing container given by the first digits of its ID',
      host: { VolumesFrom: [now.slice(0, 12)] },
      then: { VolumesFrom: [now.slice(0, 12)] },
    },
    { of: 'namespaces of its own', host: { PidMode: 'host', IpcMode: 'private' }, then: { PidMode: 'host', IpcMode: 'private' } },
  ])('are updated or kept for $of', ({ host, then }) => {
    expect(hostPlanned(host)).toMatchObject(then);
  }); // prettier-ignore
});

describe('the plan for the host configuration', () => {
  it.each<{ what: string; host: Readonly<Record<string, unknown>> }>([
    { what: 'the restart policy', host: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } } },
    { what: 'the pid namespace of a third container', host: { PidMode: 'container:third' } },
    { what: 'the ipc namespace of a third container', host: { IpcMode: 'container:third' } },
    { what: 'the cgroup namespace', host: { CgroupnsMode: 'private' } },
    { what: 'annotations', host: { Annotations: { 'io.x': 'y' } } },
    { what: 'its settings for the OOM killer', host: { OomKillDisable: null, OomScoreAdj: 5, MemorySwappiness: null } },
    { what: 'a missing list of devices', host: { Devices: null } },
    { what: 'a device', host: { Devices: [{ PathOnHost: '/dev/net/tun', PathInContainer: '/dev/net/tun', CgroupPermissions: 'rm' }] } },
    { what: 'devices of the wrong type', host: { Devices: ['x', null] } },
    { what: 'the sources of its volumes', host: { VolumesFrom: ['data:ro'] } },
    { what: 'its tmpfs mounts', host: { Tmpfs: { '/run': 'rw,size=64m' } } },
  ])('keeps $what', ({ host }) => {
    expect(plannedHost({ host })).toMatchObject(host);
  }); // prettier-ignore

  it('drops the container ID file, which only concerns the CLI', () => {
    expect(plannedHost({ host: { ContainerIDFile: '/tmp/cid' } })).not.toHaveProperty('ContainerIDFile');
  });

  it.each(['', undefined])(
    'gives a device with permissions %p, as reported by Podman, the usual ones',
    (told) => {
      const device = { PathOnHost: '/dev/net/tun', PathInContainer: '/dev/net/tun' };
      expect(plannedHost({ host: { Devices: [{ ...device, CgroupPermissions: told }] } })['Devices']).toEqual(
        [{ ...device, CgroupPermissions: 'rwm' }],
      );
    },
  );

  it('replaces namespaces of the missing owner with those of the new one', () => {
    const mode = 'container:gone';
    expect(plannedHost({ host: { NetworkMode: mode, PidMode: mode, IpcMode: mode } })).toMatchObject({
      PidMode: `container:${OWNER}`,
      IpcMode: `container:${OWNER}`,
    });
  });

  it("keeps the host's namespaces", () => {
    expect(plannedHost({ host: { NetworkMode: 'host', PidMode: 'host' } })['PidMode']).toBe('host');
  });

  it.each([['host'], ['bridge'], [null]])('changes only the network if that was %p', (mode) => {
    const host = { NetworkMode: mode, PidMode: 'host', IpcMode: 'private' };
    const joined = { ...host, NetworkMode: 'container:gone' };
    expect(plannedHost({ host })).toEqual(plannedHost({ host: joined }));
  });
});
