/** What a kind of dependent is created from; sources of bind mounts lie in `folder`. */
export interface Kind {
  readonly name: string;
  readonly options: (folder: string) => readonly string[];
  /** After the image's name. */
  readonly command?: readonly string[];
  /** Where it has volumes and bind mounts whose content has to be kept. */
  readonly places: readonly string[];
}

/** Of every option that the CLI has and that is allowed on another's network. */
export const KINDS: readonly Kind[] = [
  {
    name: 'everything',
    options: (folder) => [
      ...['--label', 'own=label', '--label', 'org.example.level=own'],
      ...['--env', 'OWN=yes', '--env', 'LEVEL=debug', '--env', 'EMPTY='],
      ...['--restart', 'on-failure:7', '--user', '1001:1001', '--group-add', '1234', '--workdir', '/run'],
      ...['--memory', '64m', '--memory-swap', '96m', '--memory-reservation', '32m', '--pids-limit', '50'],
      ...['--cpus', '0.5', '--cpu-shares', '512', '--cpuset-cpus', '0', '--oom-score-adj', '200'],
      ...['--device', '/dev/null:/dev/x:rw', '--device-cgroup-rule', 'c 42:* rmw'],
      ...['--cap-add', 'NET_RAW', '--cap-drop', 'CHOWN', '--security-opt', 'no-new-privileges'],
      ...['--health-interval', '7s', '--health-retries', '5', '--stop-signal', 'SIGTERM', '--stop-timeout', '3'],
      ...['--log-driver', 'json-file', '--log-opt', 'max-size=1m', '--log-opt', 'max-file=2'],
      ...['--ulimit', 'nofile=1000:2000', '--sysctl', 'kernel.msgmax=65000', '--shm-size', '32m', '--init'],
      ...['--ipc', 'shareable', '--cgroupns', 'private', '--uts', 'host'],
      ...['--volume', 'library:/library', '--volume', '/scratch', '--volume', `${folder}/bound:/bound:rslave,z`],
      ...['--volume', `${folder}/fixed:/fixed:ro`, '--mount', 'type=volume,dst=/unnamed'],
      ...['--mount', `type=bind,src=${folder}/shared,dst=/shared,bind-propagation=rshared`],
      ...['--mount', 'type=volume,src=settings,dst=/settings,volume-nocopy'],
      ...['--mount', 'type=tmpfs,dst=/limited,tmpfs-size=1m,tmpfs-mode=1770', '--tmpfs', '/swift:size=2m'],
    ],
    places: [
      '/library',
      '/scratch',
      '/bound',
      '/fixed',
      '/unnamed',
      '/shared',
      '/settings',
      '/cache',
    ],
  },
  { name: 'plain', options: () => [], places: ['/cache'] },
  {
    name: 'read-only',
    options: (folder) => [
      ...['--read-only', '--tmpfs', '/tmp', '--cap-drop', 'ALL', '--no-healthcheck', '--log-driver', 'none'],
      ...['--volume', `${folder}/cache:/cache/`, '--interactive', '--tty', '--restart', 'always'],
    ],
    places: ['/cache'],
  },
  { name: 'own-command', options: () => ['--entrypoint', ''], command: ['/entrypoint', 'own'], places: ['/cache'] },
  { name: 'same-entrypoint', options: () => ['--entrypoint', '/entrypoint'], places: ['/cache'] },
  { name: 'own-argument', options: () => [], command: ['own'], places: ['/cache'] },
  { name: 'borrower', options: () => ['--volumes-from', 'everything:ro'], places: ['/library', '/scratch'] },
  {
    name: 'same-processes',
    options: () => ['--pid', 'container:gluetun', '--restart', 'unless-stopped'],
    places: ['/cache'],
  },
];
