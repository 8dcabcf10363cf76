import { asObject, asString, type Json } from '../../../streams/json.ts';
import { listed, without } from './json-parts.ts';
import { plannedMounts } from './plan-mounts.ts';

/**
 * On another container's network these are refused (`validateNetMode` in dockerd's daemon/hostconfig_unix.go) or have
 * no effect: DNS, hosts and ports are the owner's. `ContainerIDFile` only concerns the CLI.
 */
const LEFT_OUT = [
  'PortBindings', 'PublishAllPorts', 'Links', 'Dns', 'DnsOptions', 'DnsSearch', 'ExtraHosts', 'ContainerIDFile',
]; // prettier-ignore

/** `HostConfig` for another container's network, otherwise unchanged. `mounts` are the actual ones. */
export const plannedHostConfig = (host: Json, mounts: readonly Json[], ownerId: string): Json => ({
  ...without({ ...host, ...plannedMounts(host, mounts) }, LEFT_OUT),
  ...(Array.isArray(host['Devices']) ? { Devices: listed(host['Devices']).map(usable) } : {}),
  ...Object.fromEntries(joinedWithNetwork(host).map((field) => [field, `container:${ownerId}`])),
  NetworkMode: `container:${ownerId}`,
});

/** The namespaces that it shares with the container whose network it joined: if that is gone, so are they. */
const joinedWithNetwork = (host: Json): readonly string[] =>
  asString(host['NetworkMode'])?.startsWith('container:') === true
    ? ['PidMode', 'IpcMode'].filter((field) => host[field] === host['NetworkMode'])
    : [];

/** Podman shows no permissions for a device, and does not accept a device without any. These are the CLI's default. */
function usable(device: unknown): unknown {
  const known = asObject(device);
  return known === undefined || known['CgroupPermissions'] ? device : { ...known, CgroupPermissions: 'rwm' };
}
