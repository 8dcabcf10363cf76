import type { DockerConnection } from './docker-connection.ts';
import type { DecisiveKey, Values } from './schema.ts';
import { valueAt, variables } from './schema.ts';

/** What the user chose, checked and in one piece: the values of the schema, made to fit one another. */
export interface Config extends Omit<Values, 'docker'> {
  readonly docker: DockerConnection;
}

/** The part of the configuration that decisions depend on: what the schema marks with `decides`. */
export type Decisive = Pick<Config, DecisiveKey>;

export const decisiveIn = (config: Config): Decisive =>
  Object.fromEntries(
    variables.filter(({ decides }) => decides).map(({ key }) => [key, valueAt(config, key)]),
  ) as unknown as Decisive;

export type LogConfig = Config['log'];
export type LogLevel = LogConfig['level'];
export type SiteQuorum = Config['siteQuorum'];

/** One URL probed through the tunnel. */
export interface Site {
  /** As the user wrote it: what the log shows. */
  readonly name: string;
  /** Normalised by the WHATWG URL parser: what `wget` is given. */
  readonly url: string;
  /** Seconds the whole probe may take: the site's own `timeout=`, else `TIMEOUT`. */
  readonly timeoutSeconds: number;
  /** `fails=`: HTTP statuses that are a failure at this site, such as `403` or `5xx`; absent: none. */
  readonly fails?: readonly string[];
  /** An advisory site is probed and logged but never starts a recovery. */
  readonly role: 'critical' | 'advisory';
  /** `gateway=`: the one gateway it is probed through, in the words of `Config.gateways`; undefined: each one. */
  readonly gateway: string | undefined;
}
