import Docker from 'dockerode';
import { rm } from 'node:fs/promises';
import { isMissing } from './eventually.ts';

/** An engine that a test may fill with containers. What the harness creates carries `labels`. */
export interface TestEngine {
  /** `private`: started by the test, and for nobody else. `borrowed`: somebody's, found running. */
  readonly kind: 'private' | 'borrowed';
  readonly socketPath: string;
  /** The same as the Docker CLI and the monitor take it. */
  readonly dockerHost: string;
  readonly docker: Docker;
  /** A folder of the test's own, seen by the engine under the same path: bind mounts come from here. */
  readonly folder: string;
  /** Marks what this test created; re-created containers keep it, as they keep all labels. */
  readonly labels: Readonly<Record<string, string>>;
  start(): Promise<void>;
  /** Removes, by id, every container that carries `labels`, then everything else the engine was given. */
  dispose(): Promise<void>;
}

/** `DOCKER_HOST` would override the socket (docker-modem): a host that is explicitly undefined does not. */
export const dockerAt = (socketPath: string): Docker => new Docker({ socketPath, host: undefined });

/** Removes, by id, what carries the engine's labels: what the test created, and what was re-created of it. */
export async function removeContainers({
  docker,
  labels,
}: Pick<TestEngine, 'docker' | 'labels'>): Promise<void> {
  const label = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  const containers = await docker.listContainers({ all: true, filters: { label } });
  await Promise.all(containers.map(async ({ Id }) => removeContainer(docker, Id)));
}

/** Removes the container and its anonymous volumes; one that is gone already is fine. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true, v: true });
  } catch (error) {
    if (isMissing(error)) return;
    // The engine may still be at it for somebody else, and refuse: it is asked once more.
    await docker.getContainer(id).remove({ force: true, v: true }).catch(unlessMissing);
  }
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

export const removeFolder = async (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 5 });
