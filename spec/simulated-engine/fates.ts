/**
 * The fate of a container whose engine is killed (SIGKILL, no `live-restore`) or ends in a power cut, and is started
 * again: as measured on Docker Engine 20.10. Both the real and the simulated engine are tested against these tables.
 */
export interface Fate {
  readonly name: string;
  readonly restartPolicy: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  readonly isPaused?: boolean;
  /** `docker run --rm`. */
  readonly autoRemove?: boolean;
  /** What the operator had just begun and the engine left incomplete: the signal was sent, and ignored. */
  readonly underWay?: 'stop' | 'restart';
  /** Its process ends while there is no engine; otherwise it runs on. */
  readonly endsMeanwhile?: boolean;
  /** It fails as soon as it runs: its policy was waiting for the next attempt. */
  readonly isLooping?: boolean;
  /** `up`: running, or between two attempts of a loop. */
  readonly is: 'up' | 'exited' | 'gone';
  /** The events of the next engine, without its exits: those from the time without an engine are not reliable. */
  readonly told: readonly string[];
}

/** The next engine stops it before it listens, in the end with SIGKILL, as it ignores SIGTERM. */
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
 * No process is left, and no exit was seen: what was not about to be stopped is started according to its policy.
 * A paused one is left out: a power cut that is made by killing processes does not remove its frozen cgroup.
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
