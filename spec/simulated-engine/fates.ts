/**
 * What becomes of a container whose engine is killed (SIGKILL, no `live-restore`), or goes off with all else on its
 * host, and is started again: as measured on Docker Engine 20.10. The real one and the simulated one are held to the
 * same tables.
 */
export interface Fate {
  readonly name: string;
  readonly restartPolicy: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  readonly isPaused?: boolean;
  /** `docker run --rm`. */
  readonly autoRemove?: boolean;
  /** What its operator had just begun, and the engine left half done: the signal was sent, and not heeded. */
  readonly underWay?: 'stop' | 'restart';
  /** Its process ends while there is no engine; else it runs on. */
  readonly endsMeanwhile?: boolean;
  /** It ends with an error as soon as it runs: its policy was waiting for the next try. */
  readonly isLooping?: boolean;
  /** `up`: running, or between two tries of a loop. */
  readonly is: 'up' | 'exited' | 'gone';
  /** What the next engine says of it, but for its ends: of what ended meanwhile nobody is told for sure. */
  readonly told: readonly string[];
}

/** The next engine stops it before it listens, with SIGKILL in the end, for it does not heed SIGTERM. */
const STOPPED = ['kill 15', 'kill 9', 'stop'];

export const AFTER_A_KILL: readonly Fate[] = [
  { name: 'ran-on', restartPolicy: 'unless-stopped', is: 'exited', told: STOPPED },
  { name: 'ran-on-always', restartPolicy: 'always', is: 'up', told: [...STOPPED, 'start'] },
  {
    name: 'paused',
    restartPolicy: 'unless-stopped',
    isPaused: true,
    is: 'exited',
    told: ['kill 15', 'unpause', 'kill 9', 'stop'],
  },
  { name: 'to-be-removed', restartPolicy: 'no', autoRemove: true, is: 'gone', told: [...STOPPED, 'destroy'] },
  { name: 'stopping', restartPolicy: 'unless-stopped', underWay: 'stop', is: 'exited', told: STOPPED },
  { name: 'restarting', restartPolicy: 'unless-stopped', underWay: 'restart', is: 'exited', told: STOPPED },
  { name: 'ended', restartPolicy: 'unless-stopped', endsMeanwhile: true, is: 'up', told: ['start'] },
  { name: 'ended-badly', restartPolicy: 'on-failure', endsMeanwhile: true, is: 'up', told: ['start'] },
  { name: 'ended-for-good', restartPolicy: 'no', endsMeanwhile: true, is: 'exited', told: [] },
  {
    name: 'stopped',
    restartPolicy: 'unless-stopped',
    underWay: 'stop',
    endsMeanwhile: true,
    is: 'exited',
    told: [],
  },
  {
    name: 'half-restarted',
    restartPolicy: 'unless-stopped',
    underWay: 'restart',
    endsMeanwhile: true,
    is: 'exited',
    told: [],
  },
  {
    name: 'ended-to-be-removed',
    restartPolicy: 'no',
    autoRemove: true,
    endsMeanwhile: true,
    is: 'gone',
    told: ['destroy'],
  },
  { name: 'looping', restartPolicy: 'unless-stopped', isLooping: true, is: 'up', told: ['start'] },
];

/**
 * No process is left, and nobody has seen one end: what was not about to be stopped is started as its policy says.
 * Without one that was paused, whose frozen cgroup no power cut made by killing processes takes along.
 */
export const AFTER_A_POWER_CUT: readonly Fate[] = [
  { name: 'ran', restartPolicy: 'unless-stopped', is: 'up', told: ['start'] },
  { name: 'ran-always', restartPolicy: 'always', is: 'up', told: ['start'] },
  { name: 'ran-on-failure', restartPolicy: 'on-failure', is: 'up', told: ['start'] },
  { name: 'ran-once', restartPolicy: 'no', is: 'exited', told: [] },
  { name: 'to-be-removed', restartPolicy: 'no', autoRemove: true, is: 'gone', told: ['destroy'] },
  { name: 'stopping', restartPolicy: 'unless-stopped', underWay: 'stop', is: 'exited', told: [] },
  { name: 'restarting', restartPolicy: 'unless-stopped', underWay: 'restart', is: 'exited', told: [] },
  { name: 'looping', restartPolicy: 'unless-stopped', isLooping: true, is: 'up', told: ['start'] },
];
