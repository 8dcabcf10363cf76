/** As it was read at the start; the ids and names with those that this monitor has met since. */
export interface Past {
  /** The ids each gateway has had, by its name, the latest first: what an orphan's dead reference is known by. */
  readonly gateways: Readonly<Record<string, readonly string[]>>;
  /** Names of dependents, by id, those of re-created ones among them: others may have joined their networks. */
  readonly dependents: Readonly<Record<string, string>>;
  /** Of each gateway, by its name: how many recoveries there were, and when the next may begin. */
  readonly backoff: Readonly<Record<string, RememberedBackoff>>;
  /** Of each gateway, by its name: the sites that block its exit, or may, and those that have passed. */
  readonly sites: Readonly<Record<string, RememberedSites>>;
}

export interface RememberedBackoff {
  readonly attempts: number;
  /** Milliseconds since the epoch, as the monitor's clock has it. */
  readonly notBefore: number;
}

export interface RememberedSites {
  /** URLs of critical sites that count as advisory until they pass once. */
  readonly held: readonly string[];
  /** The few sites that the latest recoveries were for, though others passed, and how many those were. */
  readonly blocked: { readonly urls: readonly string[]; readonly recoveries: number } | undefined;
  /** URLs of its sites that have passed at least once: any other may be mistyped. */
  readonly passed: readonly string[];
}

/** Of a gateway, the latest first. */
export const knownIds = ({ gateways }: Pick<Past, 'gateways'>, name: string): readonly string[] =>
  Object.hasOwn(gateways, name) ? (gateways[name] ?? []) : [];

export const rememberedBackoff = (
  { backoff }: Pick<Past, 'backoff'>,
  name: string,
): RememberedBackoff | undefined => (Object.hasOwn(backoff, name) ? backoff[name] : undefined);

const NO_SITES: RememberedSites = { held: [], blocked: undefined, passed: [] };

export const rememberedSites = ({ sites }: Pick<Past, 'sites'>, name: string): RememberedSites =>
  (Object.hasOwn(sites, name) ? sites[name] : undefined) ?? NO_SITES;

/** How much is kept at most: far more than anybody has, and small enough for a file that is written whole. */
export const REMEMBERED = { idsOfAGateway: 20, dependents: 500, exits: 500 };
