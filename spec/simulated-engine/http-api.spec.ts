import Docker from 'dockerode';
import { HttpBench, failureOf, readAll, readUntil } from './http-bench.ts';

let bench: HttpBench;

beforeEach(async () => {
  bench = await new HttpBench().open();
});

afterEach(() => bench.close());

/** Nobody there, or somebody who has just hung up on a connection kept for another request. */
const NOBODY = { code: expect.stringMatching(/ENOENT|ECONNREFUSED|EPIPE|ECONNRESET/) as string };

describe('dockerode', () => {
  it('pings, and learns the version', async () => {
    expect(String(await bench.docker.ping())).toBe('OK');
    expect(await bench.docker.version()).toMatchObject({ ApiVersion: '1.41', Version: '20.10.24' });
    expect(await bench.docker.info()).toMatchObject({ Containers: 2, ContainersRunning: 2 });
  });

  it('takes a version in the path, but not one from the future', async () => {
    expect(
      await new Docker({ socketPath: bench.server.socketPath, version: 'v1.41' }).listContainers(),
    ).toHaveLength(2);
    const fromTheFuture = new Docker({ socketPath: bench.server.socketPath, version: 'v1.99' });
    expect(await failureOf(fromTheFuture.info())).toMatchObject({
      statusCode: 400,
      json: { message: 'client version 1.99 is too new. Maximum supported API version is 1.41' },
    });
  });

  it('lists and inspects', async () => {
    const [app] = await bench.docker.listContainers({ all: true, filters: { name: ['app'] } });
    const gateway = await bench.docker.getContainer('gluetun').inspect();
    expect(app).toMatchObject({ Names: ['/app'], HostConfig: { NetworkMode: `container:${gateway.Id}` } });
    expect(gateway).toMatchObject({ Name: '/gluetun', State: { Status: 'running' }, Config: { Tty: false } });
  });

  it('creates, renames, pauses, kills and removes', async () => {
    const made = await bench.docker.createContainer({
      name: 'new',
      Image: 'stand-in',
      HostConfig: { NetworkMode: 'container:gluetun' },
    });
    await made.start();
    await made.rename({ name: 'newer' });
    await made.pause();
    expect(bench.engine.get('newer').status).toBe('paused');
    await made.unpause();
    await made.kill();
    expect(bench.engine.get('newer').status).toBe('exited');
    await made.remove({ v: true });
    expect(bench.engine.find('newer')).toBeUndefined();
  });

  it('restarts', async () => {
    const before = bench.engine.get('app').state.startedAt ?? 0n;
    await bench.docker.getContainer('app').restart({ t: 1 });
    expect(bench.engine.get('app').state.startedAt).toBeGreaterThan(before);
  });
});

describe('what the engine refuses', () => {
  it('comes as the status and words of a real one', async () => {
    expect(await failureOf(bench.docker.getContainer('nope').inspect())).toMatchObject({
      statusCode: 404,
      json: { message: 'No such container: nope' },
    });
    await bench.docker.getContainer('gluetun').stop();
    expect(await failureOf(bench.docker.getContainer('app').restart())).toMatchObject({
      statusCode: 500,
      json: {
        message: expect.stringMatching(
          /^Cannot restart container app: cannot join network of a non running/,
        ) as string,
      },
    });
    expect(await failureOf(bench.docker.getContainer('gluetun').stop())).toMatchObject({ statusCode: 304 });
    expect(await failureOf(bench.newExec(['true']))).toMatchObject({ statusCode: 409 });
  });

  it('includes a start of what runs, and paths there are not', async () => {
    expect(await failureOf(bench.docker.getContainer('gluetun').start())).toMatchObject({ statusCode: 304 });
    expect(await failureOf(bench.docker.listNetworks())).toMatchObject({
      statusCode: 404,
      json: { message: 'page not found' },
    });
  });
});

describe('events', () => {
  it('come as they happen, one object a line', async () => {
    const stream = await bench.events({ filters: { type: ['container'], event: ['die', 'restart'] } });
    const heard = readUntil(stream, /restart/);
    await bench.docker.getContainer('app').restart();
    const lines = (await heard).trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { Action: string }).Action)).toEqual(['die', 'restart']);
  });

  it('are open before anything has happened', async () => {
    const stream = await bench.events();
    expect(bench.server.openEventStreams).toBe(1);
    stream.destroy();
  });

  it('replay from since, and end at until', async () => {
    const stream = await bench.events({ since: 1, until: 2, filters: { event: ['start'] } });
    expect((await readAll(stream)).toString()).toBe('');
    const untilNow = await bench.events({
      since: 1,
      until: Math.ceil(Date.now() / 1000),
      filters: { event: ['start'] },
    });
    expect((await readAll(untilNow)).toString().trimEnd().split('\n')).toHaveLength(2);
  });

  it('can be cut in mid-stream, while the engine goes on', async () => {
    const stream = await bench.events();
    const failure = failureOf(readAll(stream));
    bench.server.cutEventStreams();
    expect(await failure).toMatchObject({ code: 'ECONNRESET' });
    expect(String(await bench.docker.ping())).toBe('OK');
  });

  it('end in good order when the engine goes down; then nobody answers until it is back', async () => {
    const told = bench.events({ filters: { event: ['stop'] } }).then(readAll);
    await bench.docker.ping();
    bench.engine.shutDown();
    expect((await told).toString().trimEnd().split('\n')).toHaveLength(2);
    expect(await failureOf(bench.docker.ping())).toMatchObject(NOBODY);

    bench.engine.boot();
    await bench.untilItAnswers();
    expect(bench.engine.up$.value).toBe(true);
  });
});

describe('faults', () => {
  const inspection = { method: 'GET', path: /\/containers\/app\/json/ };

  it('answer the next request that fits with something else, once', async () => {
    bench.server.faults.next(inspection, { kind: 'fail', status: 500, message: 'out of luck' });
    await bench.docker.getContainer('gluetun').inspect();
    expect(await failureOf(bench.docker.getContainer('app').inspect())).toMatchObject({
      statusCode: 500,
      json: { message: 'out of luck' },
    });
    expect(await bench.docker.getContainer('app').inspect()).toMatchObject({ Name: '/app' });
  });

  it('break the connection', async () => {
    bench.server.faults.next(inspection, { kind: 'drop' });
    expect(await failureOf(bench.docker.getContainer('app').inspect())).toMatchObject({ code: 'ECONNRESET' });
  });

  it('leave it without an answer, until it is given up', async () => {
    bench.server.faults.next({ path: /restart$/ }, { kind: 'hang' });
    const givingUp = new AbortController();
    const failure = failureOf(bench.docker.getContainer('app').restart({ abortSignal: givingUp.signal }));
    while (!bench.engine.calls.some(({ path }) => path.endsWith('/restart'))) await bench.docker.ping();
    givingUp.abort();
    expect(await failure).toMatchObject({ name: 'AbortError' });
    expect(bench.engine.get('app').status).toBe('running');
  });

  it('hold it up', async () => {
    bench.server.faults.next(inspection, { kind: 'delay', ms: 200 });
    const order: string[] = [];
    const ask = async (name: string): Promise<void> => {
      await bench.docker.getContainer(name).inspect();
      order.push(name);
    };
    await Promise.all([ask('app'), ask('gluetun')]);
    expect(order).toEqual(['gluetun', 'app']);
  });

  it('refuse every connection', async () => {
    await bench.server.refuseConnections();
    expect(await failureOf(bench.docker.ping())).toMatchObject(NOBODY);
    await bench.server.acceptConnections();
    await bench.untilItAnswers();
    expect(bench.engine.calls.at(-1)).toMatchObject({ path: '/_ping' });
  });
});

it('everything it was asked can be looked up', async () => {
  await bench.docker.getContainer('app').restart({ t: 3 });
  expect(bench.engine.calls.map(({ method, path, query }) => `${method} ${path}${query}`)).toEqual([
    'POST /containers/gluetun/start',
    'POST /containers/app/start',
    'POST /containers/app/restart?t=3',
  ]);
});
