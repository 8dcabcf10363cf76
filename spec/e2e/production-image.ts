import { execFile } from 'node:child_process';
import { access, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readYaml } from '../shipping/repository.ts';
import { addBusybox, addIfPresent, copyWithLibraries, createRootfs, importImage } from './rootfs.ts';
import type { TestEngine } from './test-engine.ts';

const run = promisify(execFile);

const REPOSITORY = join(__dirname, '../..');
const NODE_BASE_IMAGE = 'gluetun-monitor-test/node:latest';
const PRODUCTION_IMAGE = 'gluetun-monitor-test/monitor:latest';

/**
 * The published image, from the same Dockerfile, on a base made of this host's Node: it tests the Dockerfile, not the
 * base. Run `npm run build` first. `publisher` gives what only whoever publishes the image knows.
 *
 * @returns the image's tag
 */
export async function buildProductionImage(
  engine: TestEngine,
  repository = REPOSITORY,
  publisher: Readonly<Record<string, string>> = {},
): Promise<string> {
  await access(join(repository, 'dist/gluetun-monitor.js'));
  await buildNodeBase(engine);
  const dockerfile = join(REPOSITORY, 'docker/Dockerfile');
  const given = { NODE_IMAGE: NODE_BASE_IMAGE, BUNDLE: 'dist', ...publisher };
  const buildArguments = Object.entries(given).flatMap(([name, value]) => [
    '--build-arg',
    `${name}=${value}`,
  ]);
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
export function shippedCapabilities(): readonly string[] {
  const { services } = readYaml('docker/compose.yaml') as {
    readonly services: { readonly 'gluetun-monitor': { readonly cap_add: readonly string[] } };
  };
  return services['gluetun-monitor'].cap_add;
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
