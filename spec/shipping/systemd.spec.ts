import { variables } from '../../config/schema-list.ts';
import { readText } from './repository.ts';

const unit = readText('docker/gluetun-monitor.service');
/** Comments with a setting in them count, too: they are there to be used. */
const valuesOf = (setting: string): string[] =>
  [...unit.matchAll(new RegExp(`^#?${setting}=(.*)$`, 'gm'))].map(([, value = '']) => value);

describe('docker/gluetun-monitor.service', () => {
  it('sets only variables that there are', () => {
    const known = variables.flatMap(({ env, sensitive }) => [env, ...(sensitive ? [`${env}_FILE`] : [])]);
    const set = valuesOf('Environment').map((assignment) => assignment.split('=')[0]);
    expect(set.length).toBeGreaterThan(0);
    expect(set.filter((name = '') => !known.includes(name))).toEqual([]);
  });

  it('writes only where systemd has made it a folder', () => {
    expect(valuesOf('LogsDirectory')).toEqual(['gluetun-monitor']);
    expect(valuesOf('StateDirectory')).toEqual(['gluetun-monitor']);
    expect(valuesOf('Environment')).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^LOG_FILE=\/var\/log\/gluetun-monitor\//),
        expect.stringMatching(/^STATE_FILE=\/var\/lib\/gluetun-monitor\//),
        expect.stringMatching(/^HISTORY_FILE=\/var\/lib\/gluetun-monitor\//),
      ]),
    );
  });

  it('starts the monitor again unless that would end in the same way', () => {
    expect(valuesOf('Restart')).toEqual(['always']);
    expect(valuesOf('RestartPreventExitStatus')).toEqual(['64 78']);
    expect(readText('docs/commands.md')).toMatch(/^\| +78 \| the configuration cannot be used/m);
  });

  it('gives it longer to end than an act under way may take', () => {
    expect(Number(valuesOf('TimeoutStopSec')[0])).toBeGreaterThan(8);
  });
});
