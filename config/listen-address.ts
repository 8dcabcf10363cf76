import { isIPv6 } from 'node:net';

/** Where a server listens. */
export interface ListenAddress {
  /** Undefined: on every address of this host. */
  readonly host: string | undefined;
  /** 0: one that is free. */
  readonly port: number;
  /** As the user wrote it. */
  readonly text: string;
}

/** `host:port`, `[IPv6]:port` or `:port`; undefined if it is none of them. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, address, name, digits] = /^(?:\[([^\]]*)\]|([a-z\d_.-]*)):(\d{1,5})$/i.exec(text) ?? [];
  const port = Number(digits);
  if (digits === undefined || port < 1 || port > 65_535) return undefined;
  if (address !== undefined) return isIPv6(address) ? { host: address, port, text } : undefined;
  return { host: name === '' ? undefined : name, port, text };
}

/** A name by which a reverse proxy calls: without scheme, path and, as it does not matter, port. */
export const isHostName = (text: string): boolean =>
  text.length <= 253 && /^(?!-)[a-z\d_-]{1,63}(?:\.[a-z\d_-]{1,63})*\.?$/i.test(text);
