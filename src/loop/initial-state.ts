import type { Site } from '../../config/config.ts';
import { type OwnNetwork, UNKNOWN_NETWORK } from '../../streams/own-network.ts';
import { sitesOf } from '../checks/site-list.ts';
import { NOTHING_KNOWN } from '../gateway/endpoint.ts';
import { NO_TROUBLES } from '../model/gateway-troubles.ts';
import { nothingAsked } from '../model/operator.ts';
import { type Persisted, NOTHING_PERSISTED, pastIn, restoredExits } from '../model/persisted.ts';
import { rememberedBackoff, rememberedDemotion, rememberedPause, rememberedSites } from '../model/past.ts';
import type { Everything, Settings, Watch } from '../model/state.ts';
import { NO_BACKOFF } from '../recovery/backoff.ts';

/** What a monitor begins with, besides its settings. */
export interface Beginning {
  readonly memory?: Persisted;
  readonly hasWitness?: boolean;
  readonly ownNetwork?: OwnNetwork;
}

/** @param settings One for each gateway. */
export const initialState = (
  settings: readonly Settings[],
  sites: readonly Site[],
  { memory = NOTHING_PERSISTED, hasWitness = false, ownNetwork: network = UNKNOWN_NETWORK }: Beginning = {},
): Everything => ({
  nextId: 1,
  inFlight: undefined,
  gateways: settings.map(({ gateway: word }) => word),
  connection: { value: 'connecting' },
  containers: {
    named: settings.flatMap(namedIn),
    byId: {},
    composeNames: {},
    inspecting: {},
    toInspect: { known: [], strangers: [] },
    knownAt: {},
    nextListingAt: undefined,
    listingAskedAt: undefined,
    unheard: 0,
    isListed: false,
    listingFailure: undefined,
  },
  exits: restoredExits(memory),
  past: pastIn(memory),
  witness: hasWitness ? { value: 'untried', nextProbeAt: 0, awaited: undefined } : { value: 'none' },
  ownNetwork: network,
  podman: undefined,
  forbidden: {},
  conditionStarts: {},
  stores: {},
  edges: {},
  isShuttingDown: false,
  watches: settings.map((one) => initialWatch(one, sites, memory)),
});

const namedIn = ({ gateway: name, dependents: listed }: Settings): readonly string[] => [
  name,
  ...(listed === 'auto' ? [] : listed),
];

const initialWatch = (settings: Settings, sites: readonly Site[], memory: Persisted): Watch => ({
  settings,
  gateway: { value: 'unseen' },
  dependents: { members: undefined, unclaimed: {}, ends: {} },
  sites: {
    list: sitesOf(settings.gateway, sites),
    failures: {},
    down: [],
    passed: rememberedSites(memory, settings.gateway).passed,
    onlyDns: false,
    excused: {},
    passes: {},
  },
  checking: {
    running: undefined,
    latest: undefined,
    lastStartedAt: undefined,
    again: false,
    alarm: undefined,
    isDoubted: false,
    silent: [],
    cutShortAt: undefined,
    reconnect: undefined,
  },
  endpoint: {
    current: NOTHING_KNOWN,
    announced: undefined,
    failure: undefined,
    reading: undefined,
    owed: undefined,
  },
  logReading: { followed: undefined, failure: undefined, silences: 0 },
  troubles: NO_TROUBLES,
  recovery: { value: 'none' },
  latestRecovery: undefined,
  repairs: { pending: {}, restored: {} },
  quiet: {
    project: undefined,
    changedAt: undefined,
    firstStart: undefined,
    restarted: undefined,
    healthyAt: undefined,
  },
  backoff: { ...NO_BACKOFF, ...rememberedBackoff(memory, settings.gateway) },
  demotion: rememberedDemotion(memory, settings.gateway),
  tunnel: { value: 'unknown', since: 0 },
  outageSince: undefined,
  heldBack: undefined,
  dueSince: undefined,
  operator: nothingAsked(rememberedPause(memory, settings.gateway)),
  shared: undefined,
});
