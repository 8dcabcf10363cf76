import { isIP } from 'node:net';

/**
 * Whether a request may be meant for this monitor: by an address, by a name without a dot, or by a name that the user
 * gave. A page from elsewhere that has its own name point to this address (DNS rebinding) is called by another one.
 */
export function isOwnHost(header: string | undefined, names: readonly string[]): boolean {
  const name = hostNameOf(header ?? '');
  if (name === undefined) return false;
  return isIP(name) !== 0 || !name.includes('.') || names.includes(name);
}

/** Without the port; undefined: it is no host at all. */
function hostNameOf(header: string): string | undefined {
  const [, address, name] = /^(?:\[([\da-f:.]+)\]|([a-z\d_.-]+))(?::\d{1,5})?$/i.exec(header) ?? [];
  if (address !== undefined) return isIP(address) === 6 ? address : undefined;
  return name?.toLowerCase().replace(/\.$/, '');
}

/** The port by which a browser calls it: monitors on one host share their cookies, whatever their ports are. */
export const portIn = (header: string | undefined): string => /:(\d{1,5})$/.exec(header ?? '')?.[1] ?? '';
