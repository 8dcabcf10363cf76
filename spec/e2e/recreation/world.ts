import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encode } from '../../../src/edges/state-file.ts';
import { NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import type { MonitorProcess } from '../monitor.ts';
import type { TestContainer } from '../stand-in/container.ts';
import { findContainer } from '../stand-in/dependent.ts';
import type { TestEngine } from '../test-engine.ts';
import { docker } from './docker-cli.ts';
import { BOUND, type Kind, STEADY_IMAGE } from './kinds.ts';

/** Creates and starts a container as the CLI does, on the network of `gluetun` or of the container that the kind joins. */
export async function runKind(engine: TestEngine, kind: Kind, folder: string): Promise<TestContainer> {
  const { name, options, joins = 'gluetun', image = STEADY_IMAGE, command = [] } = kind;
  const labels = Object.entries(engine.labels).map(([key, value]) => `--label=${key}=${value}`);
  const where = [`--name=${name}`, `--network=container:${joins}`, '--pull=never'];
  await docker(engine, 'run', '--detach', ...where, ...labels, ...options(folder), image, ...command);
  return findContainer(engine, name);
}

/** Folders to bind, each with a file in it, on a mount with propagation. */
export async function createBoundFolders(engine: TestEngine): Promise<string> {
  const folder = join(engine.folder, 'bound');
  await mkdir(folder, { recursive: true });
  for (const args of [
    ['--bind', folder, folder],
    ['--make-shared', folder],
  ])
    if (spawnSync('mount', args).status !== 0) throw new Error(`mount ${args.join(' ')} failed`);
  for (const name of BOUND) {
    await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, name, 'of-the-host'), name);
  }
  return folder;
}

/** Writes a file that identifies the container into each place that is not read-only. */
export async function fill(engine: TestEngine, name: string, places: readonly string[]): Promise<void> {
  const script = 'for place; do echo "$0 wrote this into $place" >"$place/$0" || true; done';
  await docker(engine, 'exec', '--user=0', name, 'sh', '-c', script, name, ...places);
}

/** SHA-256 and path of every file there. */
export async function checksums(
  engine: TestEngine,
  name: string,
  places: readonly string[],
): Promise<string> {
  const script = 'for place; do find "$place" -type f | sort | xargs -r sha256sum; done';
  return docker(engine, 'exec', '--user=0', name, 'sh', '-c', script, 'sh', ...places);
}

/** Names of all volumes of the engine. */
export async function volumeNames(engine: TestEngine): Promise<readonly string[]> {
  const { Volumes } = await engine.docker.listVolumes();
  return Volumes.map(({ Name }) => Name).sort();
}

/** The names of all containers, in any state. */
export async function containerNames(engine: TestEngine): Promise<readonly string[]> {
  const containers = await engine.docker.listContainers({ all: true });
  return containers.map(({ Names: [name = ''] }) => name.slice(1)).sort();
}

/**
 * Waits until this many further checks have passed, five seconds apart: an act that waits for five quiet seconds would
 * have started by then. The monitor's log level must be `debug`.
 */
export async function untilChecked(monitor: MonitorProcess, times: number): Promise<void> {
  let line = monitor.lines.at(-1);
  for (let check = 1; check <= times; check += 1)
    line = await monitor.waitForLine(/Site http:\/\/127\.0\.0\.1:8083\/: pass/, 20_000, line);
}

/** Writes the state file of a monitor that knew the gateway by this id, and returns its path. */
export async function stateThatKnows(engine: TestEngine, gatewayId: string): Promise<string> {
  const path = join(engine.folder, `known-${gatewayId.slice(0, 12)}.json`);
  await writeFile(path, encode({ ...NOTHING_PERSISTED, gateways: { gluetun: [gatewayId] } }));
  return path;
}
