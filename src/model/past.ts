/** What was read at the start. The ids and names also include those this monitor has seen since. */
export interface Past {
  /** The ids each gateway has had, latest first, by its name. They identify the dead reference of an orphan. */
  readonly gateways: Readonly<Record<string, readonly string[]>>;
  /** Names of dependents, by id. Includes re-created ones, as other containers may have joined their networks. */
  readonly dependents: Readonly<Record<string, string>>;
  /** How many recoveries each gateway has had, and when the next may begin, by the gateway's name. */
  readonly backoff: Readonly<Record<string, RememberedBackoff>>;
  /** The sites that block each gateway's VPN exit, or may, and those that have passed, by the gateway's name. */
  readonly sites: Readonly<Record<string, RememberedSites>>;
  /** Until when the operator has paused the monitor, by the gateway's name. */
  readonly paused: Readonly<Record<string, RememberedPause>>;
}

/** Milliseconds since the epoch, by the monitor's clock. */
export type RememberedPause = number;

export interface RememberedBackoff {
  readonly attempts: number;
  /** Milliseconds since the epoch, by the monitor's clock. */
  readonly notBefore: number;
}

/** Which sites the monitor does not go by, or soon may not, because this VPN exit is blocked by them. */
export interface Demotion {
  /** URLs of critical sites that count as advisory until they pass once. */
  readonly held: readonly string[];
  /** The few sites that the latest recoveries were for although others passed, and how many recoveries that were. */
  readonly blocked: { readonly urls: readonly string[]; readonly recoveries: number } | undefined;
}

export interface RememberedSites extends Demotion {
  /** URLs of the sites that have passed at least once. Any other may be mistyped. */
  readonly passed: readonly string[];
}

/** The ids a gateway has had, latest first. */
export const knownIds = ({ gateways }: Pick<Past, 'gateways'>, name: string): readonly string[] =>
  Object.hasOwn(gateways, name) ? (gateways[name] ?? []) : [];

export const rememberedBackoff = (
  { backoff }: Pick<Past, 'backoff'>,
  name: string,
): RememberedBackoff | undefined => (Object.hasOwn(backoff, name) ? backoff[name] : undefined);

export const rememberedPause = (
  { paused }: Pick<Past, 'paused'>,
  name: string,
): RememberedPause | undefined => (Object.hasOwn(paused, name) ? paused[name] : undefined);

const NO_SITES: RememberedSites = { held: [], blocked: undefined, passed: [] };

export const rememberedSites = ({ sites }: Pick<Past, 'sites'>, name: string): RememberedSites =>
  (Object.hasOwn(sites, name) ? sites[name] : undefined) ?? NO_SITES;

export function rememberedDemotion(past: Pick<Past, 'sites'>, name: string): Demotion {
  const { held, blocked } = rememberedSites(past, name);
  return { held, blocked };
}

/** Limits: far more than any setup needs, and small enough for a file that is always written as a whole. */
export const REMEMBERED = { idsOfAGateway: 20, dependents: 500, exits: 500 };
