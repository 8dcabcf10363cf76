import { execFile } from 'node:child_process';
import { access, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { addBusybox, addIfPresent, copyWithLibraries, createRootfs, importImage } from './rootfs.ts';
import type { TestEngine } from './test-engine.ts';

const run = promisify(execFile);

const REPOSITORY = join(__dirname, '../..');
const NODE_BASE_IMAGE = 'gluetun-monitor-test/node:latest';
const PRODUCTION_IMAGE = 'gluetun-monitor-test/monitor:latest';

/**
 * The published image, from the same Dockerfile, on a base made of this host's Node: it tests the Dockerfile, not the
 * base. Run `npm run build` first.
 *
 * @returns the image's tag
 */
export async function buildProductionImage(engine: TestEngine, repository = REPOSITORY): Promise<string> {
  await access(join(repository, 'dist/gluetun-monitor.js'));
  await buildNodeBase(engine);
  const dockerfile = join(REPOSITORY, 'docker/Dockerfile');
  const buildArguments = ['--build-arg', `NODE_IMAGE=${NODE_BASE_IMAGE}`, '--build-arg', 'BUNDLE=dist'];
  await run(
    'docker',
    [
      '--host',
      engine.dockerHost,
      'build',
      '--network=none',
      ...buildArguments,
      '--file',
      dockerfile,
      '--tag',
      PRODUCTION_IMAGE,
      repository,
    ],
    // The classic builder: it is part of every engine, BuildKit's client is not part of every installation.
    { env: { ...process.env, DOCKER_BUILDKIT: '0' }, maxBuffer: 16 * 1024 * 1024 },
  );
  return PRODUCTION_IMAGE;
}

/** What docker/compose.yaml adds again after it has dropped all capabilities. */
export async function shippedCapabilities(): Promise<readonly string[]> {
  const compose = await readFile(join(REPOSITORY, 'docker/compose.yaml'), 'utf8');
  const [, section = ''] = /^ {4}cap_add:\n((?: {6}.*\n)+)/m.exec(compose) ?? [];
  return [...section.matchAll(/^ {6}- (\w+)$/gm)].map(([, name = '']) => name);
}

/** Replaces `node:24-alpine`: `node` in the path, and BusyBox as the shell. */
async function buildNodeBase(engine: TestEngine): Promise<string> {
  const folder = join(engine.folder, 'node-base');
  await createRootfs(folder);
  await addBusybox(folder);
  await symlink('/bin/busybox', join(folder, 'usr/bin/env'));
  await copyWithLibraries(process.execPath, folder, 'usr/local/bin/node');
  await addIfPresent('/etc/ssl/certs/ca-certificates.crt', folder);
  await importImage(engine, folder, NODE_BASE_IMAGE, ['CMD ["node"]']);
  return NODE_BASE_IMAGE;
}
