import { variables } from '../../config/schema-list.ts';
import { readYaml } from './repository.ts';

interface Service {
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes: readonly string[];
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
  readonly [setting: string]: unknown;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}

const read = (path: string): ComposeFile => readYaml(path) as ComposeFile;
const { services, networks } = read('docker/compose.socket-proxy.yaml');
const monitorIn = ({ services: all }: Pick<ComposeFile, 'services'>): Service => {
  const monitor = all['gluetun-monitor'];
  if (monitor === undefined) throw new Error('there is no gluetun-monitor');
  return monitor;
};

describe('docker/compose.socket-proxy.yaml', () => {
  it('gives the socket to the proxy only, and the proxy to the monitor only', () => {
    const users = (what: RegExp): string[] =>
      Object.entries(services).flatMap(([name, { volumes }]) =>
        volumes.some((one) => what.test(one)) ? [name] : [],
      );
    expect(users(/docker\.sock/)).toEqual(['socket-proxy']);
    expect(services['socket-proxy']?.networks).toEqual(['socket-proxy']);
    expect(networks?.['socket-proxy']).toEqual({ internal: true });
    expect(Object.values(services).flatMap(({ ports }) => ports ?? [])).toEqual([]);
  });

  it('gives the monitor a way out besides', () => {
    expect(monitorIn({ services }).networks).toEqual(['socket-proxy', 'outside']);
    expect(networks).toHaveProperty('outside', null);
  });

  it.each([
    'image', 'build', 'restart', 'stop_grace_period', 'mem_limit', 'read_only', 'tmpfs', 'security_opt', 'cap_drop',
    'cap_add',
  ])('runs the monitor with the %s of docker/compose.yaml', (setting) => {
    const [here, there] = [monitorIn({ services }), monitorIn(read('docker/compose.yaml'))];
    expect(here[setting]).toEqual(there[setting]);
    expect(here[setting]).toBeDefined();
  }); // prettier-ignore

  it('sets only variables that there are', () => {
    const known = variables.map(({ env }): string => env);
    const set = Object.keys(monitorIn({ services }).environment ?? {});
    expect(set.filter((name) => !known.includes(name))).toEqual([]);
  });
});
