import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeOnEngine } from './engine.ts';
import { useMonitors } from './monitor.ts';

const PROGRAM = `
console.log('DOCKER_HOST is ' + process.env.DOCKER_HOST);
console.error('a warning');
process.on('SIGTERM', () => { console.log('Received shutdown signal'); process.exitCode = 7; clearInterval(timer); });
let n = 0;
const timer = setInterval(() => console.log('check ' + ++n), 20);
`;

describeOnEngine('a monitor under test', (engine) => {
  const startMonitor = useMonitors(engine);
  let program: string;

  beforeAll(async () => {
    program = join(engine.folder, 'program.cjs');
    await writeFile(program, PROGRAM);
  });

  it('gets its engine from the harness, which reads both its outputs', async () => {
    const monitor = await startMonitor({ program });
    await monitor.waitForLine(/^DOCKER_HOST is unix:/);

    expect((await monitor.waitForLine(/warning/)).from).toBe('stderr');
  });

  it('is read as it writes: each line once, with its time', async () => {
    const monitor = await startMonitor({ program });
    const first = await monitor.waitForLine(/^check /);
    const second = await monitor.waitForLine(/^check /, 5000, first);

    expect([first.text, second.text]).toEqual(['check 1', 'check 2']);
    expect(second.atMs).toBeGreaterThan(first.atMs);
  });

  it('ends with an exit code when it is told to', async () => {
    const monitor = await startMonitor({ program });
    await monitor.waitForLine(/^check /);
    const { code, signal, tookMs } = await monitor.stop();

    expect({ code, signal }).toEqual({ code: 7, signal: null });
    expect(tookMs).toBeLessThan(2000);
  });

  it('fails a test at once if it exits while the test waits for a line', async () => {
    const monitor = await startMonitor({ program });
    await monitor.waitForLine(/^check /);
    const waiting = monitor.waitForLine(/never/, 60_000);
    monitor.kill('SIGKILL');

    await expect(waiting).rejects.toThrow('the monitor has exited (code null, signal SIGKILL)');
  });

  it('fails a test whose deadline has passed, and shows its output', async () => {
    const monitor = await startMonitor({ program });
    await monitor.waitForLine(/^check /);

    await expect(monitor.waitForLine(/never/, 50)).rejects.toThrow(
      /50 ms are over; the latest:[\s\S]*check 1/,
    );
  });
});
