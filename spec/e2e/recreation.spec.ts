import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describeOnPrivateEngine } from './engine.ts';
import { useMonitors } from './monitor.ts';
import { docker } from './recreation/docker-cli.ts';
import { differences } from './recreation/difference.ts';
import { OPINIONATED_IMAGE, buildOpinionatedImage } from './recreation/image.ts';
import { KINDS } from './recreation/kinds.ts';
import { EngineRelay } from './recreation/engine-relay.ts';
import { SITES, messages } from './setting.ts';
import { createGateway } from './stand-in/gateway.ts';
import { buildImages } from './stand-in/images.ts';

describeOnPrivateEngine('an orphan', (engine) => {
  const startMonitor = useMonitors(engine);
  const closing: (() => Promise<void>)[] = []; afterAll(async () => { for (const c of closing) await c(); });
  it('x', async () => {
    await buildImages(engine);
    await buildOpinionatedImage(engine, '1');
    const relay = new EngineRelay(engine);
    await relay.listen(); closing.push(async () => relay.close());
    const folder = join(engine.folder, 'sources');
    for (const n of ['bound', 'fixed', 'shared', 'cache']) await mkdir(join(folder, n), { recursive: true });
    spawnSync('mount', ['--bind', folder, folder]);
    spawnSync('mount', ['--make-shared', folder]);
    let gateway = await createGateway(engine, { name: 'gluetun' });
    const before: any = {};
    for (const kind of KINDS) {
      console.log(kind.name, await docker(engine, 'run', '--detach', '--pull', 'never', '--name', kind.name, '--network', 'container:gluetun', ...kind.options(folder), OPINIONATED_IMAGE, ...(kind.command ?? [])).catch(e => e.message));
      before[kind.name] = await engine.docker.getContainer(kind.name).inspect();
    }
    const monitor = await startMonitor({ env: { SITES, LOG_LEVEL: 'debug', DOCKER_HOST: relay.dockerHost } });
    await monitor.waitForLine(/Status: STARTUP/);
    gateway = await gateway.recreate();
    await monitor.waitForLine(/All dep/, 40000).catch(() => 0);
    console.log(messages(monitor).filter((l) => !/Site http/.test(l)).join('\n'));
    for (const kind of KINDS) {
      const after = await engine.docker.getContainer(kind.name).inspect();
      console.log(kind.name, JSON.stringify(differences(before[kind.name], after).filter(d => !/^(GraphDriver|State)/.test(d.path)), null, 1));
      console.log(JSON.stringify(relay.writes.filter(w=>w.target === kind.name && /create/.test(w.what))));
    }
  });
});
