import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { asyncScheduler } from 'rxjs';
import { decodeFrames } from './frames.ts';
import { GluetunStandIn, gatewayContainer } from './gluetun.ts';
import { HttpBench, failureOf, readAll } from './http-bench.ts';

let bench: HttpBench;

beforeEach(async () => {
  bench = await new HttpBench().open();
});

afterEach(() => bench.close());

const CHECK = [
  'sh',
  '-c',
  '…',
  'gluetun-monitor-check',
  '5',
  'https://one.example/',
  '5',
  'https://two.example/',
];

describe('execs', () => {
  it('stream their output in frames, then tell their exit code', async () => {
    const exec = await bench.newExec(CHECK);
    const output = await readAll(await exec.start({ Detach: false, Tty: false }));
    expect(decodeFrames(output)).toEqual(
      ['start\n', '0 0 200\n', '1 0 200\n'].map((text) => ({ stream: 'stdout', text })),
    );
    expect(await exec.inspect()).toMatchObject({ Running: false, ExitCode: 0 });
  });

  it('end with the connection and nothing else, as raw streams do', async () => {
    const { id } = await bench.newExec(CHECK);
    const path = `/exec/${id}/start`;
    const asked = request({ socketPath: bench.server.socketPath, method: 'POST', path }).end('{}');
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    expect(response.headers).toMatchObject({ connection: 'close' });
    expect(response.headers).not.toHaveProperty('transfer-encoding');
    expect(decodeFrames(await readAll(response))).toHaveLength(3);
  });

  it('do so over a connection that was upgraded, too', async () => {
    const exec = await bench.newExec(CHECK);
    const connection = await exec.start({ hijack: true, stdin: false, Tty: false });
    expect(
      decodeFrames(await readAll(connection))
        .map(({ text }) => text)
        .join(''),
    ).toBe('start\n0 0 200\n1 0 200\n');
  });

  it('are refused in the same words over an upgraded connection', async () => {
    const exec = await bench.newExec(CHECK);
    await bench.docker.getContainer('gluetun').restart();
    expect(await failureOf(exec.start({ hijack: true }))).toMatchObject({ statusCode: 404 });
  });

  it('end when their container does', async () => {
    bench.standIn.hangTunnel();
    const exec = await bench.newExec(CHECK);
    const stream = await exec.start({});
    await once(stream, 'readable');
    const output = readAll(stream);
    await bench.docker.getContainer('gluetun').restart();
    expect(decodeFrames(await output).map(({ text }) => text)).toEqual(['start\n']);
    expect(await exec.inspect()).toMatchObject({ Running: false, ExitCode: 137 });
  });

  it('keep secrets from the environment out of the events', async () => {
    const cmd = ['sh', '-c', '…', 'gluetun-monitor-endpoint', 'http://127.0.0.1:8000'];
    const exec = await bench.newExec(cmd, ['GLUETUN_API_KEY=k3y']);
    const output = decodeFrames(await readAll(await exec.start({})))
      .map(({ text }) => text)
      .join('');
    expect(output).toMatch(/^\{"public_ip":"203\.0\.113\.7",.*\}\nexit 0 200\n$/);
    const events = await readAll(await bench.events({ since: 1, until: Math.ceil(Date.now() / 1000) }));
    expect(events.toString()).not.toContain('k3y');
  });
});

describe('logs', () => {
  it('are followed until the run ends', async () => {
    const gateway = bench.docker.getContainer('gluetun');
    const log = readAll(await gateway.logs({ follow: true, stdout: true, stderr: true, tail: 2 }));
    await gateway.restart();
    expect(decodeFrames(await log).at(-1)?.text).toContain('INFO Shutdown successful');
  });

  it('are not waited for where nothing runs', async () => {
    const gateway = bench.docker.getContainer('gluetun');
    await gateway.stop();
    const log = await readAll(await gateway.logs({ follow: true, stdout: true, tail: 1 }));
    expect(decodeFrames(log)).toHaveLength(1);
  });

  it('are read from an instant on, to its fraction', async () => {
    const gateway = bench.docker.getContainer('gluetun');
    const lines = decodeFrames(await gateway.logs({ stdout: true, timestamps: true })).map(
      ({ text }) => text,
    );
    const [last = ''] = lines.at(-1)?.split(' ') ?? [];
    const since = `${Math.floor(Date.parse(last) / 1000)}.${last.slice(20, 29)}`;
    const sinceLast = decodeFrames(await gateway.logs({ stdout: true, since }));
    expect(lines.length).toBeGreaterThan(10);
    expect(sinceLast).toHaveLength(1);
  });

  it('are raw where there is a terminal', async () => {
    const withTty = gatewayContainer({ name: 'tty', standIn: new GluetunStandIn(asyncScheduler), tty: true });
    bench.engine.create(withTty);
    await bench.docker.getContainer('tty').start();
    const log = await bench.docker.getContainer('tty').logs({ stdout: true, tail: 1 });
    expect(log.toString()).toMatch(/^\S+ \u001b\[36mINFO\u001b\[0m .*\r\n$/);
  });

  it('want at least one stream', async () => {
    expect(await failureOf(bench.docker.getContainer('app').logs({}))).toMatchObject({ statusCode: 400 });
  });
});
