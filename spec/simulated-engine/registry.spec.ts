import { Bench } from './bench.ts';

describe('names and ids', () => {
  it('find a container by name, id, or the beginning of its id', () => {
    const { engine } = new Bench();
    const { id } = engine.get('gluetun');
    expect([id, id.slice(0, 12), '/gluetun'].map((ref) => engine.find(ref)?.name)).toEqual(
      Array(3).fill('gluetun'),
    );
    expect(engine.find('glue')).toBeUndefined();
    expect(engine.find('')).toBeUndefined();
  });

  it('are refused when they are taken', () => {
    const { engine, outcome } = new Bench();
    const { id } = engine.get('gluetun');
    const taken =
      `Conflict. The container name "/gluetun" is already in use by container "${id}". ` +
      'You have to remove (or rename) that container to be able to reuse that name.';

    expect(() => engine.create({ name: 'gluetun' })).toThrow(taken);
    expect(outcome(engine.rename('app', 'gluetun'))).toMatchObject({
      status: 409,
      message: `Error when allocating new name: ${taken}`,
    });
  });

  it('of a container that is not there', () => {
    const { engine, outcome } = new Bench();
    expect(outcome(engine.restart('nope'))).toMatchObject({
      status: 404,
      message: 'No such container: nope',
    });
    expect(outcome(engine.kill('nope'))).toMatchObject({
      status: 404,
      message: 'Cannot kill container: nope: No such container: nope',
    });
  });

  it('a kill of one that is not running', () => {
    const { engine, does, outcome } = new Bench();
    const { id } = engine.get('app');
    does(engine.stop('app'));
    expect(outcome(engine.kill('app'))).toMatchObject({
      status: 409,
      message: `Cannot kill container: app: Container ${id} is not running`,
    });
    expect(outcome(engine.kill('gluetun', 'HUP2'))).toMatchObject({
      status: 400,
      message: 'Invalid signal: HUP2',
    });
  });

  it('an owner that exists is kept by id, one that does not by name', () => {
    const bench = new Bench();
    const { engine } = bench;
    bench.addDependent('late', 'not-there');
    expect(engine.get('app').networkMode).toBe(`container:${engine.get('gluetun').id}`);
    expect(engine.get('late').networkMode).toBe('container:not-there');
  });
});

describe('what is refused', () => {
  it.each([
    ['pausing one that is paused', 409, /^Container \w{64} is already paused$/, 'pause'],
    ['starting one that is paused', 409, /^cannot start a paused container, try unpause instead$/, 'start'],
    ['removing one that is paused', 409, /^You cannot remove a paused container \w{64}\. Unpause/, 'remove'],
  ] as const)('%s', (_, status, message, act) => {
    const { engine, does, outcome } = new Bench();
    does(engine.pause('gluetun'));
    const failure = outcome(engine[act]('gluetun'));
    expect(failure?.status).toBe(status);
    expect(failure?.message).toMatch(message);
  });

  it('removing one that runs', () => {
    const { engine, outcome } = new Bench();
    expect(outcome(engine.remove('gluetun'))?.message).toMatch(
      /^You cannot remove a running container \w{64}\./,
    );
    expect(engine.find('gluetun')).toBeDefined();
  });

  it.each([
    ['a hostname', { Hostname: 'h' }, 'conflicting options: hostname and the network mode'],
    [
      'an exposed port',
      { ExposedPorts: { '80/tcp': {} } },
      'conflicting options: port exposing and the container type network mode',
    ],
    [
      'a MAC address',
      { MacAddress: '02:42:ac:11:00:09' },
      'conflicting options: mac-address and the network mode',
    ],
  ])('%s on the network of another', (_, more, message) => {
    const { engine } = new Bench();
    const body = { Image: 'stand-in', HostConfig: { NetworkMode: 'container:gluetun' }, ...more };
    expect(() => engine.createFromBody('other', body)).toThrow(message);
  });

  it.each([{ PublishAllPorts: true }, { PortBindings: { '80/tcp': [{ HostPort: '80' }] } }])(
    'published ports on the network of another: %j',
    (host) => {
      const { engine } = new Bench();
      const body = { Image: 'stand-in', HostConfig: { NetworkMode: 'container:gluetun', ...host } };
      expect(() => engine.createFromBody('other', body)).toThrow(
        'conflicting options: port publishing and the container type network mode',
      );
    },
  );

  it('a restart policy of one that is to vanish when it stops', () => {
    const { engine } = new Bench();
    const HostConfig = { AutoRemove: true, RestartPolicy: { Name: 'always' } };
    expect(() => engine.createFromBody('other', { Image: 'stand-in', HostConfig })).toThrow(
      "can't create 'AutoRemove' container with restart policy",
    );
  });

  it('an image that is not there', () => {
    const { engine } = new Bench();
    expect(() => engine.createFromBody('other', { Image: 'nosuch:tag' })).toThrow(
      'No such image: nosuch:tag',
    );
  });
});
