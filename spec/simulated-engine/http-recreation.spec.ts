import { HttpBench, failureOf } from './http-bench.ts';

let bench: HttpBench;

beforeEach(async () => {
  bench = await new HttpBench().open();
});

afterEach(() => bench.close());

const notFound = (message: string) => ({ statusCode: 404, json: { message } });

describe('images', () => {
  it('are inspected by name and id, tagged, and removed', async () => {
    const { id } = bench.engine.images.add('app:1', { Env: ['A=image'] });
    await bench.docker.getImage('app:1').tag({ repo: 'other/app', tag: '2' });
    await bench.docker.getImage(id).tag({ repo: 'app' });
    expect(await bench.docker.getImage('other/app:2').inspect()).toMatchObject({
      Id: id,
      RepoTags: ['app:1', 'app:latest', 'other/app:2'],
      Config: { Env: ['A=image'] },
    });

    await bench.docker.getImage(id).remove({ force: true });
    expect(await failureOf(bench.docker.getImage('app:1').inspect())).toMatchObject(
      notFound('no such image: app:1: No such image: app:1'),
    );
  });
});

describe('a container', () => {
  const create = (name: string, more: object = {}) =>
    bench.docker.createContainer({ name, Image: 'stand-in', ...more });

  it('is refused a name that is taken, and an image that is not there', async () => {
    const { id } = bench.engine.get('app');
    expect(await failureOf(create('app'))).toMatchObject({
      statusCode: 409,
      json: {
        message:
          `Conflict. The container name "/app" is already in use by container "${id}". ` +
          'You have to remove (or rename) that container to be able to reuse that name.',
      },
    });
    expect(await failureOf(create('new', { Image: 'nope' }))).toMatchObject(
      notFound('No such image: nope:latest'),
    );
  });

  it('of an owner that is missing is created, cannot be started, and says why', async () => {
    const made = await create('new', { HostConfig: { NetworkMode: 'container:missing' } });
    expect(await failureOf(made.start())).toMatchObject(notFound('No such container: missing'));
    expect(await made.inspect()).toMatchObject({
      HostConfig: { NetworkMode: 'container:missing' },
      State: { Status: 'created', ExitCode: 128, Error: 'No such container: missing' },
    });
  });

  it('is removed with its nameless volumes only when asked', async () => {
    for (const v of [false, true]) {
      const made = await create('new', { Volumes: { '/data': {} }, HostConfig: { Binds: ['named:/named'] } });
      const { Mounts } = await made.inspect();
      expect(Mounts).toHaveLength(2);
      await made.remove({ v });
      const left = Mounts.map(({ Name = '' }) => bench.engine.volumes.has(Name));
      expect(left).toEqual([true, !v]);
    }
  });
});

describe('the files of a container', () => {
  it('are listed as changes; null where there are none, which docker-modem hands on as bytes', async () => {
    const app = bench.docker.getContainer('app');
    expect(String(await app.changes())).toBe('null\n');
    bench.engine.get('app').files.set('/app.conf', {});
    expect(await app.changes()).toEqual([{ Path: '/app.conf', Kind: 1 }]);
  });

  it('are told of in a header', async () => {
    bench.engine.get('app').files.set('/etc/app.conf', { mode: 0o444, size: 5 });
    const answer: unknown = await bench.docker.getContainer('app').infoArchive({ path: '/etc/app.conf' });
    const { headers } = answer as { readonly headers?: Readonly<Record<string, string>> };
    const header = headers?.['x-docker-container-path-stat'] ?? '';
    expect(JSON.parse(Buffer.from(header, 'base64').toString())).toMatchObject({
      name: 'app.conf',
      size: 5,
      mode: 0o444,
      linkTarget: '',
    });
  });

  it('that are not there are 404, without a body as every answer to HEAD', async () => {
    const failure = await failureOf(bench.docker.getContainer('app').infoArchive({ path: '/nope' }));
    expect(failure).toMatchObject({ statusCode: 404 });
  });
});
