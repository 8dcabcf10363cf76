import type { Config } from '../config/config.ts';
import type { Settings } from './state.ts';

/** The part of the configuration the reducers see. */
export const settingsOf = (config: Config): Settings => ({
  gateway: config.gateway,
  dependents: config.dependents,
  exclude: config.exclude,
  checkIntervalMs: config.checkIntervalSeconds * 1000,
  retryIntervalMs: config.retryIntervalSeconds * 1000,
  healthyWaitMs: config.healthyWaitTimeoutSeconds * 1000,
  failThreshold: config.failThreshold,
  restartConcurrency: config.restartConcurrency,
  autoRecreate: config.autoRecreate,
});
