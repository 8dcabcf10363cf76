import type { Exit, Exits } from './exits.ts';
import {
  type Past,
  type RememberedBackoff,
  type RememberedSites,
  rememberedBackoff,
  rememberedDemotion,
} from './past.ts';
import type { Everything, Watch } from './state.ts';

/** What a monitor has to know about the time before its own start. Kept in `STATE_FILE`. */
export interface Persisted extends Past {
  readonly exits: Readonly<Record<string, KeptExit>>;
}

/** The part of an exit that the next monitor needs. */
export type KeptExit = Pick<Exit, 'run' | 'by'>;

export const NOTHING_PERSISTED: Persisted = {
  gateways: {},
  dependents: {},
  exits: {},
  backoff: {},
  sites: {},
  paused: {},
};

/** The parts of the state that `persistedOf` reads. The types keep it from reading others. */
const COMMON_SOURCES = ['past', 'exits'] as const satisfies readonly (keyof Everything)[];
const SOURCES_OF_EACH = [
  'settings',
  'backoff',
  'demotion',
  'sites',
  'operator',
] as const satisfies readonly (keyof Watch)[];

type Kept = Pick<Watch, (typeof SOURCES_OF_EACH)[number]>;
interface Sources extends Pick<Everything, (typeof COMMON_SOURCES)[number]> {
  readonly watches: readonly Kept[];
}

/** As long as these are the same objects, `persistedOf` returns an equal value. */
export const persistedSources = (state: Sources): readonly unknown[] => [
  ...COMMON_SOURCES.map((part) => state[part]),
  ...state.watches.flatMap((watch) => SOURCES_OF_EACH.map((part) => watch[part])),
];

/** What the next monitor has to know, as a projection of the state. */
export const persistedOf = ({ past, exits, watches }: Sources): Persisted => ({
  gateways: past.gateways,
  dependents: past.dependents,
  exits: Object.fromEntries(
    Object.entries(exits)
      .filter(([id, exit]) => isToBeKept(exit) && isRemembered(past, id))
      .map(([id, { run, by }]) => [id, { run, by }]),
  ),
  backoff: { ...past.backoff, ...ofEach(watches, (watch) => keptBackoff(watch, past)) },
  sites: { ...past.sites, ...ofEach(watches, (watch) => keptSites(watch, past)) },
  paused: {
    ...withoutWatched(past.paused, watches),
    ...ofEach(watches, ({ operator }) => operator.pausedUntil),
  },
});

/** A pause that is over leaves nothing behind. */
const withoutWatched = (paused: Past['paused'], watches: readonly Kept[]): Past['paused'] =>
  Object.fromEntries(
    Object.entries(paused).filter(([name]) => !watches.some(({ settings }) => settings.gateway === name)),
  );

/** Dated before everything this monitor sees, so that any sign that the container runs again ends the record. */
export const restoredExits = ({ exits }: Persisted): Exits =>
  Object.fromEntries(
    Object.entries(exits).map(([id, kept]) => [id, { ...kept, stage: 'certain' as const, at: 0 }]),
  );

/** Everything but the exits. */
export const pastIn = ({ exits: _, ...past }: Persisted): Past => past;

/** An open exit by the operator or by the container itself is left out: the host may just be shutting down. */
const isToBeKept = ({ by, stage }: Exit): boolean =>
  by === 'monitor' || by === 'engine' || stage === 'certain';

/** A present or former gateway or dependent. The gateway need not exist at the moment. */
const isRemembered = ({ gateways, dependents }: Past, id: string): boolean =>
  Object.hasOwn(dependents, id) || Object.values(gateways).some((ids) => ids.includes(id));

const ofEach = <T>(watches: readonly Kept[], kept: (watch: Kept) => T | undefined): Record<string, T> =>
  Object.fromEntries(
    watches.flatMap((watch): [string, T][] => {
      const value = kept(watch);
      return value === undefined ? [] : [[watch.settings.gateway, value]];
    }),
  );

/** Written before the gateway is touched, so that a monitor killed in mid-recovery leaves the wait to the next one. */
function keptBackoff({ backoff, settings }: Kept, past: Past): RememberedBackoff | undefined {
  const { attempts, notBefore } = backoff;
  const isNothing = attempts === 0 && rememberedBackoff(past, settings.gateway) === undefined;
  // A recovery in a dry run costs nothing, so it need not delay the next one.
  return settings.dryRun || isNothing ? undefined : { attempts, notBefore };
}

/** Otherwise each monitor would again need three restarts to learn that a site blocks the exit or is mistyped. */
function keptSites({ demotion, sites: { passed }, settings }: Kept, past: Past): RememberedSites | undefined {
  const { held, blocked } = settings.dryRun ? rememberedDemotion(past, settings.gateway) : demotion;
  const isNothing =
    held.length + passed.length === 0 && blocked === undefined && !(settings.gateway in past.sites);
  return isNothing ? undefined : { held, blocked, passed };
}
