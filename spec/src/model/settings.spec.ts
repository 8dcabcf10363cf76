import { describeFaults } from '../../../config/config-fault.ts';
import { loadConfig } from '../../../config/load-config.ts';
import { settingsOf } from '../../../src/model/settings.ts';
import type { Settings } from '../../../src/model/state.ts';

function settingsFor(env: Readonly<Record<string, string>>): readonly Settings[] {
  const loaded = loadConfig(env);
  if (!loaded.ok) throw new Error(describeFaults(loaded.faults));
  return settingsOf(loaded.config);
}

describe('settingsOf', () => {
  it('gives each gateway the same settings, with durations in milliseconds', () => {
    expect(
      settingsFor({ GLUETUN_CONTAINER: 'us,nl', CHECK_INTERVAL: '1m', FAIL_THRESHOLD: '3' }),
    ).toMatchObject([
      { gateway: 'us', checkIntervalMs: 60_000, failThreshold: 3 },
      { gateway: 'nl', checkIntervalMs: 60_000, failThreshold: 3 },
    ]);
  });

  it('gives a list of dependents to the first gateway only', () => {
    expect(settingsFor({ GLUETUN_CONTAINER: 'us,nl', DEPENDENT_CONTAINERS: 'app' })).toMatchObject([
      { gateway: 'us', dependents: ['app'] },
      { gateway: 'nl', dependents: 'auto' },
    ]);
  });

  it('leaves out what decides nothing, secrets above all', () => {
    const settings = settingsFor({
      GLUETUN_API_KEY: 'sesame',
      STATE_FILE: '/state.json',
      LOG_LEVEL: 'debug',
    });
    expect(settings).toEqual(settingsFor({}));
  });
});
