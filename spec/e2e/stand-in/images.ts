import { chmod, cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  addBusybox,
  addIfPresent,
  addNameResolution,
  copyWithLibraries,
  createRootfs,
  importImage,
  locate,
} from '../rootfs.ts';
import type { TestEngine } from '../test-engine.ts';

export const GATEWAY_IMAGE = 'gluetun-monitor-test/gateway:latest';
export const DEPENDENT_IMAGE = 'gluetun-monitor-test/dependent:latest';
/** Two static programs, `sleep` and `readlink`, and no shell, like images in which nothing can be run by exec. */
export const SHELL_LESS_IMAGE = 'gluetun-monitor-test/shell-less:latest';

/** Builds all three images on the engine from programs of this host: takes a second and no network. */
export async function buildImages(engine: TestEngine): Promise<void> {
  const folder = join(engine.folder, 'images');
  await rm(folder, { recursive: true, force: true });
  await buildGatewayImage(engine, join(folder, 'gateway'));
  await buildDependentImage(engine, join(folder, 'dependent'));
  await buildShellLessImage(engine, join(folder, 'shell-less'));
}

async function buildGatewayImage(engine: TestEngine, folder: string): Promise<void> {
  await createRootfs(folder);
  await addBusybox(folder, ['wget']);
  // An unchanged BusyBox, for gateways with its wget; the other image has GNU wget, as Gluetun installs it.
  await copyWithLibraries(await locate('busybox'), folder, 'stand-in/busybox');
  await copyWithLibraries(await locate('wget'), folder, 'usr/bin/wget');
  await addNameResolution(folder);
  await addIfPresent('/etc/ssl/certs/ca-certificates.crt', folder);
  await addStandIn(folder);
  await importImage(engine, folder, GATEWAY_IMAGE, [
    'CMD ["/gluetun-entrypoint"]',
    ...(engine.hasHealthchecks === false
      ? []
      : ['HEALTHCHECK --interval=1s --timeout=5s --retries=1 CMD /gluetun-entrypoint healthcheck']),
  ]);
}

/** With defaults of every kind: a re-created container must keep inheriting them from its image. */
async function buildDependentImage(engine: TestEngine, folder: string): Promise<void> {
  await createRootfs(folder);
  await addBusybox(folder);
  await addStandIn(folder);
  await importImage(engine, folder, DEPENDENT_IMAGE, [
    'CMD ["/stand-in/dependent"]',
    'ENV FROM_IMAGE=yes',
    'LABEL org.example.from=image',
    'EXPOSE 8080',
    'VOLUME /data',
    'WORKDIR /tmp',
  ]);
}

async function buildShellLessImage(engine: TestEngine, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const busybox = await locate('busybox');
  await copyWithLibraries(busybox, folder, 'sleep');
  await copyWithLibraries(busybox, folder, 'bin/readlink');
  await importImage(engine, folder, SHELL_LESS_IMAGE, ['CMD ["/sleep", "86400"]']);
}

async function addStandIn(folder: string): Promise<void> {
  await cp(join(__dirname, 'image'), folder, { recursive: true });
  const programs = ['gluetun-entrypoint', 'site', 'control-server', 'healthcheck', 'dependent'];
  for (const program of programs) {
    await chmod(join(folder, program === 'gluetun-entrypoint' ? '' : 'stand-in', program), 0o755);
  }
}
