import { Bench } from './bench.ts';
import type { HostConfig } from './create-request.ts';
import { GluetunStandIn } from './gluetun.ts';

const IMAGE = {
  Cmd: ['serve'],
  Env: ['A=image'],
  ExposedPorts: { '8080/tcp': {} },
  Labels: { from: 'image' },
};

describe('creating a container', () => {
  it("completes it by its image, whose exposed ports are no conflict on another's network", () => {
    const bench = new Bench();
    bench.engine.images.add('app:1', IMAGE);
    const HostConfig = { NetworkMode: 'container:gluetun' };
    bench.engine.createFromBody('web', { Image: 'app:1', Env: ['B=mine'], HostConfig });

    const Env = ['B=mine', 'A=image'];
    expect(bench.engine.inspect('web')).toMatchObject({ Path: 'serve', Config: { ...IMAGE, Env } });
    expect(bench.engine.list({ all: true })[0]).toMatchObject({
      Command: 'serve',
      Labels: { from: 'image' },
    });
    expect(bench.said.at(-1)?.Actor.Attributes).toMatchObject({ from: 'image', image: 'app:1' });
  });

  it("runs the image's health check", () => {
    const bench = new Bench();
    bench.engine.images.add('app:1', { Healthcheck: { Test: ['CMD', 'true'], Interval: 1e9 } });
    bench.engine.createFromBody('web', { Image: 'app:1' });
    bench.does(bench.engine.start('web'));
    bench.advance(1500);
    expect(bench.engine.get('web').health?.status).toBe('healthy');
  });

  it('complains of conflicts first, then of the image, then of the name', () => {
    const { engine } = new Bench();
    const HostConfig = { NetworkMode: 'container:gluetun' };
    const create = (body: object) => () =>
      engine.createFromBody('app', { Image: 'nope', HostConfig, ...body });
    expect(create({ Hostname: 'h' })).toThrow('conflicting options: hostname and the network mode');
    expect(create({})).toThrow('No such image: nope:latest');
    expect(create({ Image: 'stand-in' })).toThrow(
      `Conflict. The container name "/app" is already in use by container "${engine.get('app').id}".`,
    );
  });

  it('keeps the name of a container to join that is not there, and no volume of one that is refused', () => {
    const { engine } = new Bench();
    const HostConfig = { NetworkMode: 'container:missing', Binds: ['data:/data'] };
    expect(() => engine.createFromBody('app', { Image: 'stand-in', HostConfig })).toThrow('Conflict.');
    expect(engine.volumes.has('data')).toBe(false);
    engine.createFromBody('new', { Image: 'stand-in', HostConfig });
    expect(engine.inspect('new')).toMatchObject({ HostConfig: { NetworkMode: 'container:missing' } });
  });

  it('notes the id of whatever namespace it joins', () => {
    const { engine } = new Bench();
    const joined = `container:${engine.get('gluetun').id}`;
    const modes = (mode: string) => ({ NetworkMode: mode, PidMode: mode, IpcMode: mode });
    engine.createFromBody('new', { Image: 'stand-in', HostConfig: modes('container:gluetun') });
    expect(engine.inspect('new')).toMatchObject({ HostConfig: modes(joined) });
  });
});

describe('creating a container anew, from what the engine shows of it', () => {
  interface Shown {
    readonly Config: { readonly Image: string };
    readonly HostConfig: HostConfig;
  }

  it('gives it the workload of the last one of that name: a gateway works as before', () => {
    const bench = new Bench();
    const { Config, HostConfig } = bench.engine.inspect('gluetun') as Shown;
    bench.does(bench.engine.rename('gluetun', 'gluetun-old'));
    bench.engine.createFromBody('gluetun', { ...Config, HostConfig });
    bench.does(bench.engine.stop('gluetun-old'));
    bench.does(bench.engine.start('gluetun'));
    bench.advance(3000);

    expect(bench.engine.get('gluetun').workload).toBeInstanceOf(GluetunStandIn);
    expect(bench.engine.get('gluetun').health?.status).toBe('healthy');
    expect(bench.standIn.tunnelWorks).toBe(true);
  });

  it('puts a dependent on the network it joins now', () => {
    const bench = new Bench();
    bench.does(bench.engine.remove('gluetun', { force: true }));
    bench.engine.create(bench.gatewaySpec);
    bench.does(bench.engine.start('gluetun'));
    const { Config, HostConfig } = bench.engine.inspect('app') as Shown;
    bench.does(bench.engine.rename('app', 'app-old'));
    const body = { ...Config, Hostname: '', HostConfig: { ...HostConfig, NetworkMode: 'container:gluetun' } };
    bench.engine.createFromBody('app', body);
    bench.does(bench.engine.start('app'));
    expect(bench.engine.isOnLiveNetwork('app')).toBe(true);
    expect(bench.engine.isOnLiveNetwork('app-old')).toBe(false);
  });
});
