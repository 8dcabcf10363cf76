import * as v from 'valibot';
import { containerId } from './container-id.ts';
import { engineTimeMs } from './engine-time.ts';
import type { ContainerDetails, ContainerFacts, RestartPolicy, RunState } from './events.ts';
import { knownLabels } from './labels.ts';
import { decoded, listOf, object, part, text, textRecord } from './schemas.ts';
import { signalNumber } from './signal-number.ts';

/** The engine's defaults, used if the container sets none. */
const DEFAULT_STOP_TIMEOUT_SECONDS = 10;
const DEFAULT_STOP_SIGNAL = 15;
/** Our own bound is derived from it, and Node's timers wait for 24 days at most. */
const LONGEST_STOP_TIMEOUT_SECONDS = 86_400;

const number = v.pipe(v.number(), v.finite());
const count = v.fallback(number, 0);

/** Podman's names for states that Docker calls otherwise, or does not tell apart. What is stopping still runs. */
const OTHER_NAMES: ReadonlyMap<string, RunState> = new Map([
  ['configured', 'created'],
  ['initialized', 'created'],
  ['stopping', 'running'],
  ['stopped', 'exited'],
]);

const runState = v.pipe(
  v.string(),
  v.transform((state) => OTHER_NAMES.get(state) ?? state),
  v.picklist([
    'created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead',
  ] satisfies RunState[]),
); // prettier-ignore
const policies = v.picklist(['no', 'always', 'unless-stopped', 'on-failure'] satisfies RestartPolicy[]);

const withoutSlash = (name: string): string => (name.startsWith('/') ? name.slice(1) : name);

/** A legacy link adds `/parent/alias`. The container's own name is the one without a second slash. */
const ownName = (names: string[]): string | undefined =>
  names.map(withoutSlash).find((name) => !name.includes('/'));

/** -1 means to wait for ever, which the monitor cannot do: an hour replaces it. */
const bounded = (seconds: number): number =>
  seconds < 0 ? 3600 : Math.min(seconds, LONGEST_STOP_TIMEOUT_SECONDS);

const labels = v.pipe(textRecord, v.transform(knownLabels));

/** In a listing, Podman's code has `host` for every container, whatever its network. */
const UNTRUSTWORTHY_MODE = 'host';

/** An entry of `GET /containers/json`. Podman tells no `HostConfig`. */
const Listed = object({
  Id: containerId,
  Names: v.pipe(listOf(v.string()), v.transform(ownName), v.string(), v.nonEmpty()),
  State: runState,
  Image: text,
  Created: count,
  Labels: labels,
  HostConfig: part({ NetworkMode: text }),
});

/**
 * Podman keeps why it refused the latest call, even one to start what runs already. That says nothing about how the
 * container is.
 */
const withoutLeftovers = (error: string): string =>
  /^container [0-9a-f]{64} is running\b/.test(error) ? '' : error;

/** `GET /containers/{id}/json`. */
const Inspected = object({
  Id: containerId,
  Name: v.pipe(v.string(), v.transform(withoutSlash), v.nonEmpty()),
  Created: text,
  Image: text,
  RestartCount: count,
  State: object({
    Status: runState,
    StartedAt: text,
    FinishedAt: text,
    ExitCode: count,
    Error: text,
    Health: part({ Status: text }),
  }),
  Config: object({
    Image: text,
    Labels: labels,
    Tty: v.fallback(v.boolean(), false),
    StopTimeout: v.fallback(v.pipe(number, v.transform(bounded)), DEFAULT_STOP_TIMEOUT_SECONDS),
    StopSignal: v.fallback(v.pipe(v.string(), v.transform(signalNumber), v.number()), DEFAULT_STOP_SIGNAL),
  }),
  HostConfig: object({
    NetworkMode: text,
    PidMode: text,
    IpcMode: text,
    VolumesFrom: v.fallback(listOf(v.string()), []),
    // An absent policy is also written as an empty text.
    RestartPolicy: part({ Name: v.fallback(policies, 'no'), MaximumRetryCount: count }),
  }),
});
type Inspected = v.InferOutput<typeof Inspected>;

/** Undefined if it is not an entry of a listing. */
export function decodeListed(value: unknown): ContainerFacts | undefined {
  const entry = decoded(Listed, value);
  if (entry === undefined) return undefined;
  return {
    id: entry.Id,
    name: entry.Names,
    image: entry.Image,
    createdMs: entry.Created * 1000,
    labels: entry.Labels,
    networkMode: entry.HostConfig.NetworkMode === UNTRUSTWORTHY_MODE ? '' : entry.HostConfig.NetworkMode,
    runState: entry.State,
    details: undefined,
  };
}

/** The id of an entry of which the rest may not be readable. */
export const decodeListedId = (value: unknown): string | undefined =>
  decoded(object({ Id: containerId }), value)?.Id;

/** Undefined if it is not an inspection: a truncated body resolves as a Buffer. */
export function decodeInspected(value: unknown): ContainerFacts | undefined {
  const container = decoded(Inspected, value);
  if (container === undefined) return undefined;
  const { Id, Name, Created, Image, RestartCount, State, Config, HostConfig } = container;
  return {
    id: Id,
    name: Name,
    image: Config.Image,
    createdMs: engineTimeMs(Created) ?? 0,
    labels: Config.Labels,
    networkMode: HostConfig.NetworkMode,
    runState: State.Status,
    details: {
      startedAtMs: engineTimeMs(State.StartedAt),
      startedAt: State.StartedAt,
      finishedAtMs: engineTimeMs(State.FinishedAt),
      health: health(State),
      exitCode: State.ExitCode,
      error: withoutLeftovers(State.Error),
      imageId: Image,
      tty: Config.Tty,
      restartPolicy: HostConfig.RestartPolicy.Name,
      restartCount: RestartCount,
      maximumRetryCount: HostConfig.RestartPolicy.MaximumRetryCount,
      stopTimeoutSeconds: Config.StopTimeout,
      stopSignal: Config.StopSignal,
      ...references(HostConfig),
    },
  };
}

type References = Pick<ContainerDetails, 'sharesWith' | 'volumesFrom'>;

/** References to other containers, besides the one whose network it joined. */
function references({ PidMode, IpcMode, VolumesFrom }: Inspected['HostConfig']): References {
  const sharesWith = [PidMode, IpcMode].flatMap((mode) => joinedBy(mode) ?? []);
  const volumesFrom = VolumesFrom.flatMap((entry) => entry.split(':', 1));
  return { ...(sharesWith.length > 0 && { sharesWith }), ...(volumesFrom.length > 0 && { volumesFrom }) };
}

/** `X` of `container:X`. */
const joinedBy = (mode: string): string | undefined => /^container:(.+)$/.exec(mode)?.[1];

/**
 * A stopped container shows "unhealthy", which means nothing, so its health counts as not known yet. The same holds
 * for a container that its restart policy is about to start again, although the engine reports `Running: true`. A
 * paused container shows "unhealthy" too, and still does when it is resumed: keeping it avoids false news then.
 */
function health({ Status, Health }: Inspected['State']): ContainerDetails['health'] {
  if (Health.Status === 'none' || Health.Status === '') return 'none';
  if (Status !== 'running' && Status !== 'paused') return 'starting';
  return Health.Status === 'healthy' || Health.Status === 'unhealthy' ? Health.Status : 'starting';
}
