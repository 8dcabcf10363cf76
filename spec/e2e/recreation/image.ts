import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addBusybox, createRootfs, importImage } from '../rootfs.ts';
import type { TestEngine } from '../test-engine.ts';
import { docker } from './docker-cli.ts';

export const OPINIONATED_IMAGE = 'gluetun-monitor-test/opinionated:latest';

/** Exits at once, with code 0, on the image's own stop signal and on the engine's default. */
const PROGRAM = `#!/bin/sh
trap 'exit 0' USR1 TERM
while true; do sleep 3600 & wait $!; done
`;

const dockerfile = (version: string): string => `
FROM gluetun-monitor-test/opinionated-base
ENTRYPOINT ["/entrypoint"]
CMD ["serve", "${version}"]
ENV VERSION=${version} LEVEL=info
LABEL org.example.version=${version} org.example.level=image
VOLUME /cache
HEALTHCHECK --interval=30s --timeout=3s --retries=2 CMD ["/bin/true"]
USER 1000:1000
WORKDIR /tmp
STOPSIGNAL SIGUSR1
EXPOSE 8080 9090/udp
SHELL ["/bin/sh", "-ec"]
ONBUILD RUN true
`;

/**
 * An image that sets everything that an image can set, and that can be replaced by a newer one of the same name: a
 * container that is re-created must inherit from it exactly what it did before.
 */
export async function buildOpinionatedImage(engine: TestEngine, version: string): Promise<void> {
  const folder = join(engine.folder, `opinionated-${version}`);
  const rootfs = join(folder, 'rootfs');
  await rm(folder, { recursive: true, force: true });
  await createRootfs(rootfs);
  await addBusybox(rootfs);
  await mkdir(join(rootfs, 'cache'));
  await writeFile(join(rootfs, 'cache/from-image'), version);
  await writeFile(join(rootfs, 'entrypoint'), PROGRAM);
  await chmod(join(rootfs, 'entrypoint'), 0o755);
  await importImage(engine, rootfs, 'gluetun-monitor-test/opinionated-base:latest');
  await mkdir(join(folder, 'context'));
  await writeFile(join(folder, 'context/Dockerfile'), dockerfile(version));
  await docker(engine, 'build', '--tag', OPINIONATED_IMAGE, join(folder, 'context'));
}
