import { asObject, asString, type Json } from '../../../streams/json.ts';
import { listed, without } from './json-parts.ts';
import { plannedMounts } from './plan-mounts.ts';

/**
 * Refused on another's network (`validateNetMode` in dockerd's daemon/hostconfig_unix.go) or without effect
 * there: its DNS, its hosts and its ports are the owner's. The file the id went to was the CLI's affair.
 */
const LEFT_OUT = [
  'PortBindings', 'PublishAllPorts', 'Links', 'Dns', 'DnsOptions', 'DnsSearch', 'ExtraHosts', 'ContainerIDFile',
]; // prettier-ignore

/** `HostConfig` for the network of another container, the rest as it is; `mounts` are those it has in fact. */
export const plannedHostConfig = (host: Json, mounts: readonly Json[], ownerId: string): Json => ({
  ...without({ ...host, ...plannedMounts(host, mounts) }, LEFT_OUT),
  ...(Array.isArray(host['Devices']) ? { Devices: listed(host['Devices']).map(usable) } : {}),
  ...Object.fromEntries(joinedWithNetwork(host).map((field) => [field, `container:${ownerId}`])),
  NetworkMode: `container:${ownerId}`,
});

/** Namespaces of the very container whose network it joined: where that is gone, they are gone with it. */
const joinedWithNetwork = (host: Json): readonly string[] =>
  asString(host['NetworkMode'])?.startsWith('container:') === true
    ? ['PidMode', 'IpcMode'].filter((field) => host[field] === host['NetworkMode'])
    : [];

/** Podman tells no permissions for a device, and takes none for what it tells; these are the CLI's default. */
function usable(device: unknown): unknown {
  const known = asObject(device);
  return known === undefined || known['CgroupPermissions'] ? device : { ...known, CgroupPermissions: 'rwm' };
}
