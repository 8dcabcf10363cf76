import { type Original, planRecreation } from '../../../../src/acts/recreation/plan.ts';
import type { Json } from '../../../../streams/json.ts';
import { refuseConflicts, type CreateBody } from '../../../simulated-engine/create-request.ts';
import { recordedAnswer } from '../../../transcripts.ts';
import { IMAGE_ID, OWNER, original, planned, plannedHost, type Told } from './originals.ts';

describe('a plan', () => {
  it.each(['inspect-dependent', 'inspect-healthy'])('is made of what a real engine told: %s', (name) => {
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
  });

  it('has nothing that the engine would refuse on the network of another container', () => {
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

  it('has the fields that are not known here', () => {
    const later = { Config: { Novelty: { deep: [1] } }, HostConfig: { Annotations: { a: 'b' }, Gadget: 5 } };
    expect(planned({ config: later.Config, host: later.HostConfig })).toMatchObject({
      ...later.Config,
      HostConfig: later.HostConfig,
    });
  });

  it.each<{ then: string; now: string; known: Partial<Original> }>([
    { now: 'means the same image', then: 'name', known: {} },
    { now: 'means another image', then: 'id', known: { named: { Id: 'sha256:other' } } },
    { now: 'means nothing any more', then: 'id', known: { named: undefined } },
    { now: 'means something strange', then: 'id', known: { named: {} } },
  ])('has its image by $then where the name $now', ({ then, known }) => {
    expect(planned({ known })['Image']).toBe(then === 'name' ? 'simprobe' : IMAGE_ID);
  });

  it('has its image by id where there is no name', () => {
    expect(planned({ config: { Image: '' } })['Image']).toBe(IMAGE_ID);
  });
});

describe('no plan is made for a container', () => {
  it.each<{ of: string; told: Told; because: string }>([
    {
      of: 'that vanishes when it stops',
      told: { host: { AutoRemove: true } },
      because: 'it vanishes as soon as it stops (--rm); create it anew by hand',
    },
    {
      of: 'of which the image is gone',
      told: { known: { image: undefined } },
      because: 'its image simprobe (1bb83f54487c) is gone; create it anew by hand',
    },
    {
      of: 'of which the image is gone, and has no name',
      told: { config: { Image: null }, known: { image: undefined } },
      because: 'its image  (1bb83f54487c) is gone; create it anew by hand',
    },
    {
      of: 'that others share a namespace of',
      told: { known: { sharers: ['web', 'debug'] } },
      because: 'web, debug joined its pid or ipc namespace; create them anew together',
    },
    {
      of: 'with files that compose put into it',
      told: { known: { injected: ['/app.conf', '/run/secrets/key'] } },
      because: '/app.conf, /run/secrets/key had been put into it before it ran, as compose does with configs and secrets; docker compose up puts them into a new one',
    },
    {
      of: 'with three such files',
      told: { known: { injected: ['/a', '/b', '/c'] } },
      because: '/a, /b, /c had been put into it before it ran, as compose does with configs and secrets; docker compose up puts them into a new one',
    },
    {
      of: 'with many such files',
      told: { known: { injected: ['/a', '/b', '/c', '/d', '/e'] } },
      because: '/a, /b, /c and 2 more had been put into it before it ran, as compose does with configs and secrets; docker compose up puts them into a new one',
    },
    {
      of: 'that shares the processes of one that is no more',
      told: { host: { PidMode: `container:${'a'.repeat(64)}` } },
      because: 'it shares the processes of aaaaaaaaaaaa, which is no more; create it anew by hand',
    },
    {
      of: 'that shares the memory of one that is no more',
      told: { host: { IpcMode: 'container:gone' } },
      because: 'it shares the memory of gone, which is no more; create it anew by hand',
    },
    {
      of: 'that has volumes of one that is no more',
      told: { host: { VolumesFrom: ['data:ro', 'gone:ro'] } },
      because: 'it takes its volumes from gone, which is no more; create it anew by hand',
    },
    {
      of: 'of a swarm',
      told: { config: { Labels: { 'com.docker.swarm.task.id': 'x' } } },
      because: 'it is a task of a swarm, which replaces it',
    },
    {
      of: 'with an anonymous volume that has no name',
      told: { mounts: [{ Type: 'volume', Destination: '/data/', RW: true }] },
      because: 'the engine does not tell the name of its volume at /data',
    },
    {
      of: 'with a mount of an anonymous volume that is not there',
      told: { host: { Mounts: [{ Type: 'volume', Target: '/data' }] } },
      because: 'the engine does not tell the name of its volume at /data',
    },
    {
      of: 'with a mount of an anonymous volume where something else is mounted',
      told: {
        host: { Mounts: [{ Type: 'volume', Target: '/data' }] },
        mounts: [{ Type: 'bind', Name: 'x', Destination: '/data' }],
      },
      because: 'the engine does not tell the name of its volume at /data',
    },
    {
      of: 'with a volume of which the place is not told either',
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

describe('references to others that are no more', () => {
  const [old, now] = ['a'.repeat(64), 'b'.repeat(64)];
  const hostPlanned = (host: Json): unknown => {
    const plan = planRecreation(original({ host, known: { present: [now, 'data'] } }), OWNER, { [old]: now });
    return plan.ok ? plan.body['HostConfig'] : plan.reason;
  };

  it.each([
    { of: 'whose processes it shares', host: { PidMode: `container:${old}` }, then: { PidMode: `container:${now}` } },
    { of: 'whose memory it shares', host: { IpcMode: `container:${old}` }, then: { IpcMode: `container:${now}` } },
    {
      of: 'whose volumes it has',
      host: { VolumesFrom: [`${old}:ro`, old, 'data:rw'] },
      then: { VolumesFrom: [`${now}:ro`, now, 'data:rw'] },
    },
    {
      of: 'by the beginning of an id that is there',
      host: { VolumesFrom: [now.slice(0, 12)] },
      then: { VolumesFrom: [now.slice(0, 12)] },
    },
    { of: 'of none, where these are its own', host: { PidMode: 'host', IpcMode: 'private' }, then: { PidMode: 'host', IpcMode: 'private' } },
  ])('are to what has taken the place of the one $of', ({ host, then }) => {
    expect(hostPlanned(host)).toMatchObject(then);
  }); // prettier-ignore
});

describe('of the host configuration', () => {
  it.each<{ what: string; host: Readonly<Record<string, unknown>> }>([
    { what: 'the restart policy', host: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } } },
    { what: 'the pid namespace of a third', host: { PidMode: 'container:third' } },
    { what: 'the ipc namespace of a third', host: { IpcMode: 'container:third' } },
    { what: 'the cgroup namespace', host: { CgroupnsMode: 'private' } },
    { what: 'annotations', host: { Annotations: { 'io.x': 'y' } } },
    { what: 'how it dies of hunger', host: { OomKillDisable: null, OomScoreAdj: 5, MemorySwappiness: null } },
    { what: 'no list of devices', host: { Devices: null } },
    { what: 'a device', host: { Devices: [{ PathOnHost: '/dev/net/tun', PathInContainer: '/dev/net/tun', CgroupPermissions: 'rm' }] } },
    { what: 'devices that are none', host: { Devices: ['x', null] } },
    { what: 'where volumes come from', host: { VolumesFrom: ['data:ro'] } },
    { what: 'its file systems in memory', host: { Tmpfs: { '/run': 'rw,size=64m' } } },
  ])('$what stays as it is', ({ host }) => {
    expect(plannedHost({ host })).toMatchObject(host);
  }); // prettier-ignore

  it('the file for its id, of interest for the CLI alone, is dropped', () => {
    expect(plannedHost({ host: { ContainerIDFile: '/tmp/cid' } })).not.toHaveProperty('ContainerIDFile');
  });

  it.each(['', undefined])('a device with permissions %p, as Podman tells, gets the usual ones', (told) => {
    const device = { PathOnHost: '/dev/net/tun', PathInContainer: '/dev/net/tun' };
    expect(plannedHost({ host: { Devices: [{ ...device, CgroupPermissions: told }] } })['Devices']).toEqual([
      { ...device, CgroupPermissions: 'rwm' },
    ]);
  });

  it('namespaces of the owner that is gone are those of the new one', () => {
    const mode = 'container:gone';
    expect(plannedHost({ host: { NetworkMode: mode, PidMode: mode, IpcMode: mode } })).toMatchObject({
      PidMode: `container:${OWNER}`,
      IpcMode: `container:${OWNER}`,
    });
  });

  it('the namespaces of the host stay those of the host', () => {
    expect(plannedHost({ host: { NetworkMode: 'host', PidMode: 'host' } })['PidMode']).toBe('host');
  });

  it.each([['host'], ['bridge'], [null]])('the network is all that is set anew where it was %p', (mode) => {
    const host = { NetworkMode: mode, PidMode: 'host', IpcMode: 'private' };
    const joined = { ...host, NetworkMode: 'container:gone' };
    expect(plannedHost({ host })).toEqual(plannedHost({ host: joined }));
  });
});
