import { loadConfig } from '../../config/load-config.ts';
import { variables } from '../../config/schema-list.ts';
import { readText, readYaml, writeText } from './repository.ts';
import { type ComposeService, UNRAID_DEFAULTS, unraidTemplate } from './unraid-template.ts';

const PATH = 'docker/unraid.xml';

interface ConfigElement {
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: string;
}

const compose = readYaml('docker/compose.yaml') as { services: { 'gluetun-monitor': ComposeService } };

function unescaped(text: string): string {
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' };
  return text.replace(/&(\w+);/g, (_, name: string) => characters[name] ?? `unknown entity ${name}`);
}

function configElements(type: string): ConfigElement[] {
  return [...readText(PATH).matchAll(/^ {2}<Config ([^<>]*)>([^<>]*)<\/Config>$/gm)]
    .map(([, attributes = '', value = '']) => ({
      attributes: Object.fromEntries(
        [...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', text = '']) => [
          name,
          unescaped(text),
        ]),
      ),
      value: unescaped(value),
    }))
    .filter(({ attributes }) => attributes['Type'] === type);
}

describe('docker/unraid.xml', () => {
  it('is what the variables and docker/compose.yaml make of it', () => {
    const wanted = unraidTemplate(compose.services['gluetun-monitor']);
    if (process.env['UPDATE_README'] === '1') writeText(PATH, wanted);
    expect(
      readText(PATH) === wanted
        ? 'current'
        : 'older than the variables or docker/compose.yaml: npm run readme brings it up to date',
    ).toBe('current');
  });

  it('offers only variables that there are, with their defaults first', () => {
    const defaults = new Map(
      variables.map(({ env, default: text }) => [env, UNRAID_DEFAULTS.get(env) ?? text]),
    );
    for (const { attributes, value } of configElements('Variable')) {
      const expected = defaults.get(attributes['Target'] ?? '');
      expect({ ...attributes, value }).toMatchObject({ Name: attributes['Target'], value: expected });
      expect(attributes['Default']?.split('|')[0]).toBe(expected);
    }
  });

  it('configures what no variable at all would, as it stands', () => {
    const set = configElements('Variable').map(({ attributes, value }) => [attributes['Target'], value]);
    expect(set.length).toBeGreaterThan(10);
    const env = Object.fromEntries(
      set.filter(([name = '']) => !UNRAID_DEFAULTS.has(name)),
    ) as NodeJS.ProcessEnv;
    const [withTemplate, withNothing] = [loadConfig(env), loadConfig({})];
    expect(withTemplate).toMatchObject({ ok: true, warnings: [] });
    expect(withTemplate).toHaveProperty('config', withNothing.ok && withNothing.config);
  });

  it('hides what is secret', () => {
    const masked = configElements('Variable').filter(({ attributes }) => attributes['Mask'] === 'true');
    expect(masked.map(({ attributes }) => attributes['Target'])).toEqual(
      variables.filter(({ sensitive }) => sensitive).map(({ env }) => env),
    );
  });

  it('mounts the socket, the configuration and the logs', () => {
    expect(configElements('Path').map(({ attributes: { Target, Mode } }) => [Target, Mode])).toEqual([
      ['/var/run/docker.sock', 'rw'],
      ['/config', 'ro'],
      ['/logs', 'rw'],
    ]);
  });

  it('gives the container no more than docker/compose.yaml does', () => {
    const extra = /<ExtraParams>(.*)<\/ExtraParams>/.exec(readText(PATH))?.[1]?.split(' ');
    expect(extra).toEqual(expect.arrayContaining(['--read-only', '--tmpfs=/tmp', '--cap-drop=ALL']));
    expect(readText(PATH)).toContain('<Privileged>false</Privileged>');
  });
});
