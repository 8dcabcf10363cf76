import type { Config } from '../../config/config.ts';
import type { Settings } from './state.ts';

/** The part of the configuration the reducers see, for each gateway; a list of dependents belongs to the first. */
export const settingsOf = (config: Config): readonly Settings[] =>
  config.gateways.map((gateway, index) => ({
    gateway,
    dependents: index === 0 ? config.dependents : 'auto',
    exclude: config.exclude,
    checkIntervalMs: config.checkIntervalSeconds * 1000,
    retryIntervalMs: config.retryIntervalSeconds * 1000,
    healthyWaitMs: config.healthyWaitTimeoutSeconds * 1000,
    failThreshold: config.failThreshold,
    restartConcurrency: config.restartConcurrency,
    autoRecreate: config.autoRecreate,
    siteQuorum: config.siteQuorum,
    recoveryStrategy: config.recoveryStrategy,
    vpnRestartDependents: config.vpnRestartDependents,
    selfHealGraceMs: config.selfHealGraceSeconds * 1000,
    backoffMs: config.recoveryBackoffSeconds * 1000,
    backoffMaxMs: config.recoveryBackoffMaxSeconds * 1000,
    dryRun: config.dryRun,
  }));
