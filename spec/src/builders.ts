import type { Site } from '../../config/config.ts';
import type {
  ContainerFacts,
  Event,
  OperatorRequest,
  Outcome,
  PublicIp,
  RepairKind,
  Verdict,
} from '../../streams/events.ts';
import type { Repairable } from '../../src/model/act.ts';
import { waveOf } from '../../src/model/in-flight.ts';
import type { InFlight, State } from '../../src/model/state.ts';
import { type Shape, facts, idOf } from './containers.ts';
import type { EngineInMind } from './engine-in-mind.ts';

export * from './containers.ts';
export { SETTINGS } from '../default-settings.ts';

/** One line of a history: what happens next, given how things stand. Its time is the history's business. */
export interface Happening {
  (state: State, at: number, engine?: EngineInMind): readonly Event[];
  /** The container that this line inspects: an inspection asked for just before is answered by it. */
  readonly inspects?: string;
}
/** Time that passes; whatever is due in it happens. */
export interface Wait {
  readonly waitMs: number;
}

export const seconds = (count: number): Wait => ({ waitMs: count * 1000 });
export const minutes = (count: number): Wait => seconds(count * 60);

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Bare = Without<Event, 'at'>;

export const happens =
  (event: Bare): Happening =>
  (_state, at) => [{ ...event, at }];

/** What time it is when a story begins. */
export const STORY_BEGINS = 10_000_000;

export const site = (name: string, rest: Partial<Site> = {}): Site => ({
  name: `https://${name}`,
  url: `https://${name}/`,
  timeoutSeconds: 10,
  role: 'critical',
  gateway: undefined,
  ...rest,
});

// The engine

export const connected = (): Happening => happens({ type: 'engineConnected' });
/** The engine had been killed, and ended this container when it started again. */
export const endedByEngine = (name: string): Happening =>
  happens({ type: 'containerEndedByEngine', id: idOf(name) });
/** The same of several, said with the connection. */
export const connectedAfterCrash =
  (...names: readonly string[]): Happening =>
  (state, at) =>
    [connected(), ...names.map(endedByEngine)].flatMap((happening) => happening(state, at));
export const disconnected = (reason = 'socket hang up'): Happening =>
  happens({ type: 'engineDisconnected', reason });

export const listed =
  (...containers: readonly ContainerFacts[]): Happening =>
  (_state, at) => [{ type: 'containersListed', at, requestedAt: at, engineClockMs: at, containers }];

/** The listing shows what is known, with the changes given. */
export const listedAgain =
  (...changed: readonly ContainerFacts[]): Happening =>
  (state, at) => {
    const byId = {
      ...state.shared.containers.byId,
      ...Object.fromEntries(changed.map((one) => [one.id, one])),
    };
    return listed(...Object.values(byId))(state, at);
  };
export const listingFailed = (reason = 'no answer'): Happening => happens({ type: 'listingFailed', reason });

const inspecting = (id: string, happening: Happening): Happening =>
  Object.assign(happening, { inspects: id });

const inspection = (id: string, facts: ContainerFacts | undefined, requestedAt?: number): Happening =>
  inspecting(id, (_state, at) => [
    { type: 'containerInspected', at, requestedAt: requestedAt ?? at, engineClockMs: at, id, facts },
  ]);

export const inspected = (one: ContainerFacts, requestedAt?: number): Happening =>
  inspection(one.id, one, requestedAt);
export const foundGone = (name: string): Happening => inspection(idOf(name), undefined);
export const inspectionFailed = (name: string): Happening =>
  inspecting(idOf(name), happens({ type: 'inspectionFailed', id: idOf(name), reason: 'no answer' }));

/** What there is of a container, with the changes an inspection now shows: by default, it runs since its latest start. */
export const inspectedAs = (name: string, shape: Shape = {}): Happening =>
  inspecting(idOf(name), (state, at, engine) => {
    const { id } = knownAs(state, name);
    const known = engine?.inspect(id) ?? knownAs(state, name);
    const isRunning = (shape.runState ?? 'running') === 'running';
    const now = facts(name, {
      id,
      image: known.image,
      labels: known.labels,
      ...(known.networkMode.startsWith('container:') && { ref: known.networkMode.slice(10) }),
      startedAt: startInStory(known) ?? (isRunning ? at : (known.details?.startedAtMs ?? 'never')),
      runState: 'running',
      ...shape,
    });
    return inspected(now)(state, at);
  });

/** Whatever was started before is of the time before the story. */
const startInStory = ({ details }: ContainerFacts): number | undefined =>
  (details?.startedAtMs ?? 0) >= STORY_BEGINS ? details?.startedAtMs : undefined;

function knownAs(state: State, name: string): ContainerFacts {
  const known = Object.values(state.shared.containers.byId).find((one) => one.name === name);
  if (known === undefined) throw new Error(`${name} is not known here`);
  return known;
}

// Messages

interface Spoken {
  readonly id?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** When the engine says it happened; now unless given. */
  readonly engineTimeMs?: number;
}

const message =
  (
    name: string,
    change: Readonly<Record<string, unknown>>,
    { id, labels = {}, engineTimeMs }: Spoken = {},
  ): Happening =>
  (_state, at) => [
    {
      ...change,
      at,
      id: id ?? idOf(name),
      name,
      labels,
      engineTimeMs: engineTimeMs ?? at,
    } as Event,
  ];

export const created = (name: string, spoken?: Spoken) => message(name, { type: 'containerCreated' }, spoken);
export const started = (name: string, spoken?: Spoken) => message(name, { type: 'containerStarted' }, spoken);
export const died = (name: string, exitCode: number | undefined = 0, spoken?: Spoken) =>
  message(name, { type: 'containerDied', exitCode }, spoken);
export const stopped = (name: string, spoken?: Spoken) => message(name, { type: 'containerStopped' }, spoken);
export const restarted = (name: string, spoken?: Spoken) =>
  message(name, { type: 'containerRestarted' }, spoken);
export const killed = (name: string, signal: string | undefined = '15', spoken?: Spoken) =>
  message(name, { type: 'containerKilled', signal }, spoken);
export const destroyed = (name: string, spoken?: Spoken) =>
  message(name, { type: 'containerDestroyed' }, spoken);
export const renamed = (oldName: string, name: string, spoken: Spoken = {}) =>
  message(name, { type: 'containerRenamed', oldName }, { id: idOf(oldName), ...spoken });
export const paused = (name: string) => message(name, { type: 'containerPaused' });
export const unpaused = (name: string) => message(name, { type: 'containerUnpaused' });
export const outOfMemory = (name: string) => message(name, { type: 'containerOutOfMemory' });
export const turned = (name: string, health: 'healthy' | 'unhealthy', spoken?: Spoken) =>
  message(name, { type: 'containerHealthChanged', health }, spoken);

/** The engine's events for a stop and for a restart, whoever requested it. */
export const stoppedByHand = (name: string): readonly Happening[] => [
  killed(name),
  died(name),
  stopped(name),
];
export const restartMessages = (name: string): readonly Happening[] => [
  killed(name),
  died(name),
  stopped(name),
  started(name),
  restarted(name),
];

// Checks

type Verdicts = Readonly<Record<string, Verdict>>;

/** The check under way ends; sites are named without `https://`, and pass unless said otherwise. */
export const checked =
  (verdicts: Verdicts = {}, reasons: Readonly<Record<Verdict, string>> = REASONS): Happening =>
  (state, at) => {
    const running = state.checking.running;
    if (running === undefined) throw new Error('no check is under way');
    const results = running.sites.map((one): Event => {
      const verdict = verdicts[one.name.replace('https://', '')] ?? verdicts['*'] ?? 'pass';
      return {
        type: 'siteProbed',
        at,
        checkId: running.checkId,
        result: { site: one, verdict, reason: reasons[verdict], latencyMs: 40, httpStatus: undefined },
      };
    });
    return [...results, { type: 'checkFinished', at, checkId: running.checkId, cutShort: undefined }];
  };

const REASONS = { pass: 'OK', fail: 'Network failure (DNS or connection)', unknown: 'there is no wget' };

export const checkPassed = (): Happening => checked();
/** All sites fail, or those named. */
export const checkFailed = (...names: readonly string[]): Happening =>
  checked(names.length === 0 ? { '*': 'fail' } : Object.fromEntries(names.map((name) => [name, 'fail'])));
export const checkBlind = (reason = REASONS.unknown): Happening =>
  checked({ '*': 'unknown' }, { ...REASONS, unknown: reason });
/** It ends without one result. */
export const checkCutShort =
  (cutShort = 'the stream ended'): Happening =>
  (state, at) => {
    const running = state.checking.running;
    if (running === undefined) throw new Error('no check is under way');
    return [{ type: 'checkFinished', at, checkId: running.checkId, cutShort }];
  };

// Gluetun's log and its control server

const NOWHERE: PublicIp = { ip: undefined, country: undefined, region: undefined, city: undefined };

const LOGGED = { gatewayId: idOf('gluetun'), isPast: false };

export const publicIpLogged = (ip: string | undefined, rest: Partial<PublicIp> = {}, gatewayId?: string) =>
  happens({ type: 'publicIpLogged', ...LOGGED, ...(gatewayId && { gatewayId }), ...NOWHERE, ip, ...rest });
export const tunnelUpLogged = () => happens({ type: 'tunnelUpLogged', ...LOGGED });
export const serverLogged = (server: string) => happens({ type: 'vpnServerLogged', ...LOGGED, server });
export const vpnStoppingLogged = (isPast = false) =>
  happens({ type: 'vpnStoppingLogged', ...LOGGED, isPast });
export const vpnStartingLogged = () => happens({ type: 'vpnStartingLogged', ...LOGGED });
export const troubleLogged = (text: string, gatewayId = LOGGED.gatewayId) =>
  happens({ type: 'gatewayTroubleLogged', ...LOGGED, gatewayId, text });
export const logUnreadable = (reason = 'configured logging driver does not support reading') =>
  happens({ type: 'gatewayLogUnreadable', gatewayId: LOGGED.gatewayId, reason });
export const logReadable = () => happens({ type: 'gatewayLogReadable', gatewayId: LOGGED.gatewayId });
export const logFellSilent = (silentMs: number) =>
  happens({ type: 'gatewayLogFellSilent', gatewayId: LOGGED.gatewayId, silentMs });
export const selfHealingLogged = () => happens({ type: 'selfHealingLogged', ...LOGGED });

export const endpointRead =
  (ip: string | undefined, rest: Partial<PublicIp> = {}): Happening =>
  (state, at) => [
    { type: 'endpointRead', at, requestId: state.endpoint.reading?.requestId ?? -1, ...NOWHERE, ip, ...rest },
  ];
export const endpointUnavailable = (): Happening => (state, at) => [
  {
    type: 'endpointUnavailable',
    at,
    requestId: state.endpoint.reading?.requestId ?? -1,
    reason: 'Unauthorized',
  },
];

// The operator's requests

export const asked = (
  what: OperatorRequest['what'],
  { forMs = 1_800_000, gateway }: { readonly forMs?: number; readonly gateway?: string } = {},
): Happening =>
  happens({
    type: 'operatorRequested',
    requestId: 1,
    request: {
      ...(what === 'pause' ? { what, forMs } : { what }),
      ...(gateway !== undefined && { gateway }),
    },
  });

// Commands

const actUnderWay = ({ shared: { inFlight } }: State): number => {
  if (inFlight === undefined) throw new Error('no act is under way');
  return inFlight.act.id;
};

/** A wave of repairs, as if it had just begun. */
export const waveUnderWay = (...dependents: readonly Repairable[]): InFlight => ({
  act: {
    kind: 'repairDependents',
    id: 99,
    dependents,
    concurrency: 5,
    gateway: { id: idOf('gluetun'), name: 'gluetun' },
    start: undefined,
  },
  gateway: 'gluetun',
  since: 0,
  progress: { begun: [], answered: [], parked: {} },
});

const finished =
  (outcome: Outcome): Happening =>
  (state, at) => [{ type: 'actEnded', at, id: actUnderWay(state), kind: 'any', outcome }];
export const succeeded = (): Happening => finished({ ok: true });
export const failed = (reason = 'port is already allocated'): Happening => finished({ ok: false, reason });
export const skipped = (reason = 'it is exited by now'): Happening =>
  finished({ ok: false, reason, isSkipped: true });

export const restartBegun = (name: string, how: RepairKind = 'restart'): Happening =>
  happens({ type: 'dependentRepairBegun', id: idOf(name), name, how });

/** The dependent's restart ends, and is seen as `shape` right after: by default fresh. */
export const restartEnded =
  (name: string, shape: Shape = {}): Happening =>
  (state, at) => {
    const seen = inspectedAs(name, { startedAt: at, ...shape })(state, at);
    const now = seen[0]?.type === 'containerInspected' ? seen[0].facts : undefined;
    return [
      ...seen,
      {
        type: 'dependentRepairEnded',
        at,
        id: now?.id ?? '',
        name,
        how: 'restart',
        outcome: { ok: true },
        facts: now,
      },
    ];
  };
export const restartFailed =
  (name: string, outcome: Partial<Extract<Outcome, { ok: false }>> = {}): Happening =>
  (state, at) => [
    {
      type: 'dependentRepairEnded',
      at,
      id: idOf(name),
      name,
      how: 'restart',
      outcome: { ok: false, reason: 'no space left on device', ...outcome },
      facts: state.shared.containers.byId[idOf(name)],
    },
  ];

/** Everyone in the wave is restarted and seen to be fresh. */
export const waveSucceeded = (): Happening => (state, at) => {
  const wave = waveOf(state);
  if (wave === undefined) throw new Error('no wave is under way');
  const names = wave.dependents.map(({ name }) => name);
  return [
    ...names.flatMap((name) => [...restartBegun(name)(state, at), ...restartEnded(name)(state, at)]),
    { type: 'actEnded', at, id: actUnderWay(state), kind: 'repairDependents', outcome: { ok: true } },
  ];
};
