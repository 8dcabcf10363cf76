import { type Config, decisiveIn } from '../../config/config.ts';
import type { Settings } from './state.ts';

/** The settings that the reducers see, one for each gateway. A configured list of dependents belongs to the first. */
export const settingsOf = (config: Config): readonly Settings[] =>
  config.gateways.map((gateway, index) => ({
    ...decisiveIn(config),
    gateway,
    dependents: index === 0 ? config.dependents : 'auto',
  }));
