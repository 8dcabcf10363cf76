import { describeFaults } from '../config/config-fault.ts';
import { loadConfig } from '../config/load-config.ts';
import { settingsOf } from '../src/model/settings.ts';
import type { Settings } from '../src/model/state.ts';

/** What the reducers are given if the user has set nothing. */
export const SETTINGS: Settings = defaultSettings();

function defaultSettings(): Settings {
  const loaded = loadConfig({});
  if (!loaded.ok) throw new Error(describeFaults(loaded.faults));
  const [settings] = settingsOf(loaded.config);
  if (settings === undefined) throw new Error('no gateway by default');
  return settings;
}
