import type { Exit, Exits } from './exits.ts';
import {
  type Past,
  type RememberedBackoff,
  type RememberedSites,
  rememberedBackoff,
  rememberedSites,
} from './past.ts';
import type { Everything, Watch } from './state.ts';

/** What a monitor must know of the time before its own start; kept in `STATE_FILE`. */
export interface Persisted extends Past {
  readonly exits: Readonly<Record<string, KeptExit>>;
}

/** As far as it outlives the monitor that learned of it. */
export type KeptExit = Pick<Exit, 'run' | 'by'>;

export const NOTHING_PERSISTED: Persisted = {
  gateways: {},
  dependents: {},
  exits: {},
  backoff: {},
  sites: {},
};

/** The parts of the state that it follows from; `persistedOf` sees no others. */
const COMMON_SOURCES = ['past', 'exits'] as const satisfies readonly (keyof Everything)[];
const SOURCES_OF_EACH = ['settings', 'backoff', 'sites'] as const satisfies readonly (keyof Watch)[];

type Kept = Pick<Watch, (typeof SOURCES_OF_EACH)[number]>;
interface Sources extends Pick<Everything, (typeof COMMON_SOURCES)[number]> {
  readonly watches: readonly Kept[];
}

/** As long as these are the same objects, `persistedOf` leads to the same. */
export const persistedSources = (state: Sources): readonly unknown[] => [
  ...COMMON_SOURCES.map((part) => state[part]),
  ...state.watches.flatMap((watch) => SOURCES_OF_EACH.map((part) => watch[part])),
];

/** What a monitor that comes after this one must know: a projection of the state. */
export const persistedOf = ({ past, exits, watches }: Sources): Persisted => ({
  gateways: past.gateways,
  dependents: past.dependents,
  exits: Object.fromEntries(
    Object.entries(exits)
      .filter(([id, exit]) => isToBeKept(exit) && isOurs(past, id))
      .map(([id, { run, by }]) => [id, { run, by }]),
  ),
  backoff: { ...past.backoff, ...ofEach(watches, (watch) => keptBackoff(watch, past)) },
  sites: { ...past.sites, ...ofEach(watches, (watch) => keptSites(watch, past)) },
});

/** Before all that this monitor sees: whatever shows that it runs ends the record. */
export const restoredExits = ({ exits }: Persisted): Exits =>
  Object.fromEntries(
    Object.entries(exits).map(([id, kept]) => [id, { ...kept, stage: 'certain' as const, at: 0 }]),
  );

/** What is not an exit. */
export const pastIn = ({ exits: _, ...past }: Persisted): Past => past;

/** What time must tell is not certain yet: a host that goes off ends everything, in one way or another. */
const isToBeKept = ({ by, stage }: Exit): boolean =>
  by === 'monitor' || by === 'engine' || stage === 'certain';

/** A gateway, or one that hangs on it, or once did: there may be no gateway just now. */
const isOurs = ({ gateways, dependents }: Past, id: string): boolean =>
  Object.hasOwn(dependents, id) || Object.values(gateways).some((ids) => ids.includes(id));

const ofEach = <T>(watches: readonly Kept[], kept: (watch: Kept) => T | undefined): Record<string, T> =>
  Object.fromEntries(
    watches.flatMap((watch): [string, T][] => {
      const value = kept(watch);
      return value === undefined ? [] : [[watch.settings.gateway, value]];
    }),
  );

/** Written before the gateway is touched: a monitor that ends in the recovery begins with the wait for the next. */
function keptBackoff({ backoff, settings }: Kept, past: Past): RememberedBackoff | undefined {
  const { attempts, notBefore } = backoff;
  const isNothing = attempts === 0 && rememberedBackoff(past, settings.gateway) === undefined;
  // What was only said has cost nothing.
  return settings.dryRun || isNothing ? undefined : { attempts, notBefore };
}

/** Else each monitor would begin anew to find out, by three restarts, that a site blocks the exit, or is mistyped. */
function keptSites({ sites, settings }: Kept, past: Past): RememberedSites | undefined {
  const { held, blocked } = settings.dryRun ? rememberedSites(past, settings.gateway) : sites;
  const { passed } = sites;
  const isNothing =
    held.length + passed.length === 0 && blocked === undefined && !(settings.gateway in past.sites);
  return isNothing ? undefined : { held, blocked, passed };
}
