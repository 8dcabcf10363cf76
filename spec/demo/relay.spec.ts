import { dirname, join } from 'node:path';
import Docker from 'dockerode';
import { HttpBench, failureOf, readUntil } from '../simulated-engine/http-bench.ts';
import { Relay } from './relay.ts';

let bench: HttpBench;
let relay: Relay;
let docker: Docker;

beforeEach(async () => {
  bench = await new HttpBench().open();
  relay = new Relay(bench.server.socketPath);
  const socketPath = join(dirname(bench.server.socketPath), 'relay.sock');
  await relay.listen(socketPath);
  docker = new Docker({ socketPath, version: 'v1.41' });
});

afterEach(async () => {
  await relay.close();
  await bench.close();
});

describe('the relay', () => {
  it('forwards to the engine, and records every request', async () => {
    expect(await docker.listContainers({ all: true })).toHaveLength(2);
    await docker.getContainer('app').restart({ t: 1 });
    await docker.createContainer({ name: 'new', Image: 'stand-in' });
    expect(relay.calls).toEqual([
      { method: 'GET', path: '/containers/json' },
      { method: 'POST', path: '/containers/app/restart' },
      { method: 'POST', path: '/containers/create' },
    ]);
  });

  it('forwards execs and event streams', async () => {
    const events = (await docker.getEvents()) as NodeJS.ReadableStream & { destroy(): void };
    const cmd = ['sh', '-c', '', 'gluetun-monitor-check', '2', 'https://one.example'];
    const exec = await docker.getContainer('gluetun').exec({ Cmd: cmd, AttachStdout: true });
    const output = await exec.start({ hijack: true, stdin: false });
    expect(await readUntil(output, /0 0 200/)).toMatch(/start/);
    expect(await readUntil(events, /exec_die/)).toMatch(/exec_start/);
    expect(relay.calls.at(-1)?.path).toMatch(/^\/exec\/[0-9a-f]+\/start$/);
  });

  it("breaks its connections when the engine's break, and leaves none open", async () => {
    const events = await docker.getEvents();
    const broken = failureOf(readUntil(events, /never/));
    await bench.server.refuseConnections();
    expect(String(await broken)).toMatch(/aborted|ECONNRESET|hang up/);
    expect(String(await failureOf(docker.ping()))).toMatch(/hang up|ECONNRE/);
  });
});
