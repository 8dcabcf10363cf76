import type { DockerConnection } from './docker-connection.ts';
import type { Format, formats } from './formats.ts';
import type { Entry, schema } from './schema.ts';
import { valueAt, variables } from './schema-list.ts';

type Schema = typeof schema;

type ValueOf<One extends Entry> = One extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : (typeof formats)[One['format']] extends Format<infer Value>
    ? Value
    : never;

type ValuesOf<Tree> = {
  readonly [Key in keyof Tree]: Tree[Key] extends Entry ? ValueOf<Tree[Key]> : ValuesOf<Tree[Key]>;
};

/** The value of each variable, read from its own text alone. */
export type Values = ValuesOf<Schema>;

/** What the user chose: the values of the schema, checked and made to fit one another. */
export interface Config extends Omit<Values, 'docker'> {
  readonly docker: DockerConnection;
}

type DecisiveKey = {
  [Key in keyof Schema]: Schema[Key] extends { readonly decides: true } ? Key : never;
}[keyof Schema];

/** The part of the configuration that decisions depend on: the variables that the schema marks with `decides`. */
export type Decisive = Pick<Config, DecisiveKey>;

export const decisiveIn = (config: Config): Decisive =>
  Object.fromEntries(
    variables.filter(({ decides }) => decides).map(({ key }) => [key, valueAt(config, key)]),
  ) as object as Decisive;

export type LogConfig = Config['log'];
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
  /** `gateway=`: the only gateway it is probed through, as `Config.gateways` names it; undefined: every gateway. */
  readonly gateway: string | undefined;
}
