import type { DependentOptions } from '../../e2e/stand-in/dependent.ts';

export const GATEWAY = 'gluetun';
/** Another one, which nobody watches, and its dependent. */
export const OTHER_GATEWAY = 'other';

type Member = Omit<DependentOptions, 'network'> & {
  /** `by name`: of the gateway, kept as such by the engine; else the container whose id it joins. */
  readonly joins: 'gateway' | 'by name' | 'near';
};

/** Those that are to be kept on the network, of each kind one. */
export const DEPENDENTS: readonly Member[] = [
  { name: 'named', joins: 'by name' },
  { name: 'near', joins: 'gateway' },
  { name: 'far', joins: 'near' },
  { name: 'keeper', joins: 'gateway', binds: ['library:/library', '/anonymous'] },
  { name: 'always', joins: 'gateway', restartPolicy: 'always' },
];

/** On the gateway's network, but stopped by its operator before all else; and one that is excluded. */
export const RESTING = 'resting';
export const EXCLUDED = 'excluded';
export const OTHERS_APP = 'others-app';
export const OUTSIDER = 'outsider';

/** Nobody may touch these. */
export const UNTOUCHABLE: readonly string[] = [OTHER_GATEWAY, OTHERS_APP, OUTSIDER, EXCLUDED];
