import Docker from 'dockerode';
import { rm } from 'node:fs/promises';
import { eventually, isMissing } from './eventually.ts';

/** An engine that a test may fill with containers. Everything that the harness creates has `labels`. */
export interface TestEngine {
  /** `private`: started by the test for itself. `borrowed`: found running, and used by others. */
  readonly kind: 'private' | 'borrowed';
  readonly socketPath: string;
  /** The same in the format of the Docker CLI and the monitor. */
  readonly dockerHost: string;
  readonly docker: Docker;
  /** A folder of the test that the engine sees under the same path, for bind mounts. */
  readonly folder: string;
  /** Marks everything that this test created; re-created containers keep it like all labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** `false`: no image may have a health check, and none runs by itself. */
  readonly hasHealthchecks?: boolean;
  start(): Promise<void>;
  /** Removes, by id, every container with `labels`, then everything else that the harness created. */
  dispose(): Promise<void>;
}

/** `DOCKER_HOST` would override the socket (docker-modem): a host that is explicitly undefined does not. */
export const dockerAt = (socketPath: string): Docker => new Docker({ socketPath, host: undefined });

/**
 * Removes, by id, every container with the engine's labels: those that the test created, and their replacements. Podman
 * removes none that others have joined, so those go first.
 */
export async function removeContainers({
  docker,
  labels,
}: Pick<TestEngine, 'docker' | 'labels'>): Promise<void> {
  const label = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  await eventually('the containers of the test are removed', async () => {
    const containers = await docker.listContainers({ all: true, filters: { label } });
    await Promise.all(containers.map(async ({ Id }) => removeContainer(docker, Id)));
    return true;
  });
}

/** Removes the container and its anonymous volumes, if it still exists. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true, v: true });
  } catch (error) {
    if (isMissing(error)) return;
    // The engine refuses if another removal is still in progress, so it is asked again.
    await docker.getContainer(id).remove({ force: true, v: true }).catch(unlessMissing);
  }
}

function unlessMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

export const removeFolder = async (folder: string): Promise<void> =>
  rm(folder, { recursive: true, force: true, maxRetries: 5 });
