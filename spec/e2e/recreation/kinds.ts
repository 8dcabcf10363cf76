import { OPINIONATED_IMAGE } from './image.ts';

/** How a kind of dependent is created. */
export interface Kind {
  readonly name: string;
  /** For `docker run`; the sources of bind mounts are in `folder`. */
  readonly options: (folder: string) => readonly string[];
  /** After the image's name. */
  readonly command?: readonly string[];
  readonly image?: string;
  /** The volumes and bind mounts whose content must be kept. */
  readonly places: readonly string[];
  /** The container whose network it joins, if that is not the gateway. */
  readonly joins?: string;
}

/** The same as `OPINIONATED_IMAGE`, but not replaced by a newer one. */
export const STEADY_IMAGE = 'gluetun-monitor-test/steady:latest';

/** Every option of the CLI that the engine keeps and that is allowed on another container's network. */
const everything = (folder: string): readonly string[] =>
  [
    [
      '--label=own=label',
      '--label=org.example.level=own',
      '--env=OWN=yes',
      '--env=LEVEL=debug',
      '--env=EMPTY=',
    ],
    ['--restart=on-failure:7', '--user=1001:1001', '--group-add=1234', '--workdir=/run', '--init'],
    ['--memory=64m', '--memory-swap=96m', '--memory-reservation=32m', '--pids-limit=50', '--cpus=0.5'],
    ['--cpu-shares=512', '--cpuset-cpus=0', '--oom-score-adj=200', '--ulimit=nofile=1000:2000'],
    ['--device=/dev/null:/dev/x:rw', '--device-cgroup-rule=c 42:* rmw', '--shm-size=32m'],
    ['--cap-add=NET_RAW', '--cap-drop=CHOWN', '--security-opt=no-new-privileges'],
    ['--health-interval=7s', '--health-retries=5', '--stop-signal=SIGTERM', '--stop-timeout=3'],
    [
      '--log-driver=json-file',
      '--log-opt=max-size=1m',
      '--log-opt=max-file=2',
      '--sysctl=kernel.msgmax=65000',
    ],
    ['--ipc=shareable', '--cgroupns=private', '--uts=host'],
    ['--volume=library:/library', '--volume=/scratch', `--volume=${folder}/bound:/bound:rslave,z`],
    [`--volume=${folder}/fixed:/fixed:ro`, '--mount=type=volume,dst=/unnamed'],
    [`--mount=type=bind,src=${folder}/shared,dst=/shared,bind-propagation=rshared`],
    ['--mount=type=volume,src=settings,dst=/settings,volume-nocopy'],
    ['--mount=type=tmpfs,dst=/limited,tmpfs-size=1m,tmpfs-mode=1770', '--tmpfs=/swift:size=2m'],
  ].flat();

export const KINDS: readonly Kind[] = [
  {
    name: 'everything',
    options: everything,
    places: ['/library', '/scratch', '/bound', '/fixed', '/unnamed', '/shared', '/settings', '/cache'],
  },
  { name: 'plain', options: () => [], places: ['/cache'] },
  { name: 'outdated', image: OPINIONATED_IMAGE, options: () => ['--env=OWN=yes'], places: ['/cache'] },
  {
    name: 'read-only',
    options: (folder) => [
      ...['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL', '--no-healthcheck', '--log-driver=none'],
      ...[`--volume=${folder}/cache:/cache/`, '--interactive', '--tty', '--restart=always'],
    ],
    places: ['/cache'],
  },
  {
    name: 'own-command',
    options: () => ['--entrypoint='],
    command: ['/entrypoint', 'own'],
    places: ['/cache'],
  },
  { name: 'same-entrypoint', options: () => ['--entrypoint=/entrypoint'], places: ['/cache'] },
  { name: 'own-argument', options: () => [], command: ['own'], places: ['/cache'] },
  {
    name: 'lender',
    options: (folder) => ['--volume=lent:/lent', '--volume=/scratch', `--volume=${folder}/lent:/bound`],
    places: ['/lent', '/scratch', '/bound', '/cache'],
  },
  {
    name: 'borrower',
    options: () => ['--volumes-from=lender:ro'],
    places: ['/lent', '/scratch', '/bound', '/cache'],
  },
  { name: 'covered', options: () => ['--tmpfs=/cache'], places: [] },
  // Its processes end with those of the gateway, and then no restart policy helps it.
  {
    name: 'same-processes',
    options: () => ['--pid=container:gluetun', '--restart=unless-stopped'],
    places: ['/cache'],
  },
  // Has the same name as the ipc mode of `everything`, but does not share its namespace.
  { name: 'shareable', options: () => [], places: ['/cache'] },
  // An operator tries to restart it after its gateway was removed.
  { name: 'failed', options: () => [], places: ['/cache'] },
  { name: 'far', joins: 'everything', options: () => ['--volume=far:/far'], places: ['/far', '/cache'] },
];

/** Folders that the kinds bind. */
export const BOUND = ['bound', 'fixed', 'shared', 'cache', 'lent'];
