import type { DependentOptions } from '../../e2e/stand-in/dependent.ts';

export const GATEWAY = 'gluetun';
/** Another gateway, which is not watched, and its dependent. */
export const OTHER_GATEWAY = 'other';

type Member = Omit<DependentOptions, 'network'> & {
  /** `by name`: joins the gateway by name, which the engine keeps; otherwise the container whose id it joins. */
  readonly joins: 'gateway' | 'by name' | 'near';
};

/** The dependents that the monitor must keep on the network, one of each kind. */
export const DEPENDENTS: readonly Member[] = [
  { name: 'named', joins: 'by name' },
  { name: 'near', joins: 'gateway' },
  { name: 'far', joins: 'near' },
  { name: 'keeper', joins: 'gateway', binds: ['library:/library', '/anonymous'] },
  { name: 'always', joins: 'gateway', restartPolicy: 'always' },
];

/** On the gateway's network: one that is stopped by its operator at the beginning, and one that is excluded. */
export const RESTING = 'resting';
export const EXCLUDED = 'excluded';
export const OTHERS_APP = 'others-app';
export const OUTSIDER = 'outsider';

/** The monitor must not touch these. */
export const UNTOUCHABLE: readonly string[] = [OTHER_GATEWAY, OTHERS_APP, OUTSIDER, EXCLUDED];
