import { type Config, decisiveIn } from '../config/config.ts';
import type { Settings } from './state.ts';

/** What the reducers see of the configuration, for each gateway; a list of dependents belongs to the first. */
export const settingsOf = (config: Config): readonly Settings[] =>
  config.gateways.map((gateway, index) => ({
    ...decisiveIn(config),
    gateway,
    dependents: index === 0 ? config.dependents : 'auto',
  }));
