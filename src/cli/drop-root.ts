import { closeSync, constants, openSync, statSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import type { DockerConnection } from '../../config/docker-connection.ts';
import { historyFiles } from '../edges/history/files.ts';
import { LIVENESS_FILE } from '../edges/liveness-file.ts';
import type { Notice, NoticeOf } from '../notices/notice.ts';
import { type NotHandedOver, type User, handOver } from './hand-over.ts';

/** The part of `process` that tells and sets whose it is. */
export type Ids = Required<
  Pick<
    NodeJS.Process,
    'getuid' | 'getegid' | 'getgroups' | 'setgroups' | 'setegid' | 'seteuid' | 'setgid' | 'setuid'
  >
>;

type Needed = Pick<Config, 'user' | 'docker' | 'sitesFile' | 'stateFile'> & {
  readonly log: Pick<Config['log'], 'file'>;
  readonly history: Pick<Config['history'], 'file'>;
};

/** What it cannot do as the user. */
type Obstacle = Omit<NoticeOf<'rootKept'>, 'kind' | 'uid' | 'gid'>;

/**
 * Becomes the user of `PUID` and `PGID` for good, with the socket's group and without a capability: Linux takes these
 * away when all three user ids change from 0 to another one. A process that is not root stays as it is.
 *
 * A drop cannot be undone, and a monitor that cannot reach the engine or write down what it must know is worth less
 * than one that is root. So the user is tried on first, and what is its own handed over. If that does not work, the
 * monitor stays root. `give` is replaced in tests.
 *
 * @returns why it has stayed root, if that was not asked for.
 */
export function dropRoot(config: Needed, ids: Ids, give = handOver): readonly Notice[] {
  const { uid, gid } = config.user;
  if (ids.getuid() !== 0 || uid === 0) return [];
  const user: User = { uid, gid, groups: socketGroups(config.docker) };
  const obstacle = tryOn(user, ids, () => unopenable(config)) ?? notHandedOver(give(ownFiles(config), user));
  if (obstacle !== undefined) return [{ kind: 'rootKept', uid, gid, ...obstacle }];
  give(historyFiles(config.history.file), user); // no reason to stay root: it says itself if it cannot be written
  ids.setgroups(user.groups);
  ids.setgid(gid);
  ids.setuid(uid); // last: it takes away the right to the two before
  return [];
}

/** Only an engine in the file system asks for a group. */
function socketGroups(docker: DockerConnection): readonly number[] {
  if (docker.kind !== 'socket') return [];
  try {
    return [statSync(docker.path).gid];
  } catch {
    return []; // `unopenable` finds out why
  }
}

/**
 * Looks as the user, and is root again. Only the effective ids change, so the kernel itself answers, with all it knows
 * of access lists and of folders on the way; and everything can be undone.
 */
function tryOn(user: User, ids: Ids, look: () => Obstacle | undefined): Obstacle | undefined {
  const [gid, groups] = [ids.getegid(), ids.getgroups()];
  try {
    ids.setgroups(user.groups);
  } catch (error) {
    return refused(error);
  }
  try {
    ids.setegid(user.gid);
    ids.seteuid(user.uid);
    return look();
  } catch (error) {
    return refused(error);
  } finally {
    ids.seteuid(0);
    ids.setegid(gid);
    ids.setgroups(groups);
  }
}

const refused = (error: unknown): Obstacle => ({ obstacle: 'capabilities', reason: codeOf(error) });

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? String(error);

/** What the monitor must still open as the user. A sites file need not be there. */
function unopenable({ docker, sitesFile }: Needed): Obstacle | undefined {
  if (docker.kind === 'socket') {
    // A socket is not opened but connected to. The kernel says so (ENXIO) only to whoever may do that.
    const reason = failureToOpen(docker.path, constants.O_WRONLY) ?? 'is no socket';
    if (reason !== 'ENXIO') return { obstacle: 'socket', path: docker.path, reason };
  }
  const reason = failureToOpen(sitesFile, constants.O_RDONLY);
  return reason === 'EACCES' ? { obstacle: 'sitesFile', path: sitesFile, reason } : undefined;
}

function failureToOpen(path: string, flags: number): string | undefined {
  try {
    closeSync(openSync(path, flags | constants.O_NONBLOCK)); // a pipe would wait
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

const ownFiles = ({ log, stateFile }: Needed): readonly string[] => [log.file, stateFile, LIVENESS_FILE];

const notHandedOver = (failure: NotHandedOver | undefined): Obstacle | undefined =>
  failure === undefined ? undefined : { obstacle: 'ownFiles', ...failure };
