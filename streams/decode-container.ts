import { asContainerId } from './container-id.ts';
import { engineTimeMs } from './engine-time.ts';
import type { ContainerDetails, ContainerFacts, RestartPolicy, RunState } from './events.ts';
import { asNumber, asObject, asString, asStrings, type Json } from './json.ts';
import { signalNumber } from './signal-number.ts';

const RUN_STATES: readonly string[] = [
  'created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead',
] satisfies RunState[]; // prettier-ignore

/** The engine's own, where the container names none. */
const DEFAULT_STOP_TIMEOUT_SECONDS = 10;
const DEFAULT_STOP_SIGNAL = 15;

const isRunState = (text: string | undefined): text is RunState =>
  text !== undefined && RUN_STATES.includes(text);

/** An entry of `GET /containers/json`; undefined where it is not one. */
export function decodeListed(value: unknown): ContainerFacts | undefined {
  const entry = asObject(value);
  const id = asContainerId(entry?.['Id']);
  const name = listedName(entry?.['Names']);
  const runState = asString(entry?.['State']);
  if (entry === undefined || !id || !name || !isRunState(runState)) return undefined;
  return {
    id,
    name,
    image: asString(entry['Image']) ?? '',
    createdMs: (asNumber(entry['Created']) ?? 0) * 1000,
    labels: asStrings(entry['Labels']),
    networkMode: asString(asObject(entry['HostConfig'])?.['NetworkMode']) ?? '',
    runState,
    details: undefined,
  };
}

/** `GET /containers/{id}/json`; undefined where it is not one (a truncated body resolves as a Buffer). */
export function decodeInspected(value: unknown): ContainerFacts | undefined {
  const container = asObject(value);
  const state = asObject(container?.['State']);
  const config = asObject(container?.['Config']);
  const host = asObject(container?.['HostConfig']);
  const id = asContainerId(container?.['Id']);
  const name = withoutSlash(asString(container?.['Name']) ?? '');
  const runState = asString(state?.['Status']);
  if (!id || !name || !state || !config || !host || !isRunState(runState)) return undefined;
  return {
    id,
    name,
    image: asString(config['Image']) ?? '',
    createdMs: engineTimeMs(asString(container?.['Created']) ?? '') ?? 0,
    labels: asStrings(config['Labels']),
    networkMode: asString(host['NetworkMode']) ?? '',
    runState,
    details: {
      ...decodeDetails(runState, { state, config, host }, asString(container?.['Image'])),
      restartCount: asNumber(container?.['RestartCount']) ?? 0,
    },
  };
}

interface Parts {
  readonly state: Json;
  readonly config: Json;
  readonly host: Json;
}

function decodeDetails(
  runState: RunState,
  { state, config, host }: Parts,
  imageId = '',
): Omit<ContainerDetails, 'restartCount'> {
  const startedAt = asString(state['StartedAt']) ?? '';
  return {
    startedAtMs: engineTimeMs(startedAt),
    startedAt,
    finishedAtMs: engineTimeMs(asString(state['FinishedAt']) ?? ''),
    health: decodeHealth(runState, state),
    exitCode: asNumber(state['ExitCode']) ?? 0,
    error: asString(state['Error']) ?? '',
    imageId,
    tty: config['Tty'] === true,
    restartPolicy: restartPolicy(host),
    maximumRetryCount: asNumber(asObject(host['RestartPolicy'])?.['MaximumRetryCount']) ?? 0,
    stopTimeoutSeconds: stopTimeoutSeconds(config),
    stopSignal: signalNumber(asString(config['StopSignal']) ?? '') ?? DEFAULT_STOP_SIGNAL,
    ...references(host),
  };
}

/** To other containers, besides the one whose network it joined. */
function references(host: Json): Pick<ContainerDetails, 'sharesWith' | 'volumesFrom'> {
  const sharesWith = [host['PidMode'], host['IpcMode']].flatMap((mode) => joinedBy(asString(mode)) ?? []);
  const from = Array.isArray(host['VolumesFrom']) ? host['VolumesFrom'] : [];
  const volumesFrom = from.flatMap((entry) => asString(entry)?.split(':', 1) ?? []);
  return { ...(sharesWith.length > 0 && { sharesWith }), ...(volumesFrom.length > 0 && { volumesFrom }) };
}

/** `X` of `container:X`. */
const joinedBy = (mode = ''): string | undefined => /^container:(.+)$/.exec(mode)?.[1];

const POLICIES: readonly string[] = [
  'no', 'always', 'unless-stopped', 'on-failure',
] satisfies RestartPolicy[]; // prettier-ignore

/** None is written as an empty text, too. */
function restartPolicy(host: Json): RestartPolicy {
  const name = asString(asObject(host['RestartPolicy'])?.['Name']) ?? '';
  return POLICIES.includes(name) ? (name as RestartPolicy) : 'no';
}

/** Our own bound rests on it, and no timer of Node's waits for longer than 24 days. */
const LONGEST_STOP_TIMEOUT_SECONDS = 86_400;

/** -1 waits for ever, which nobody else can: an hour stands for it. */
function stopTimeoutSeconds(config: Json): number {
  const seconds = asNumber(config['StopTimeout']) ?? DEFAULT_STOP_TIMEOUT_SECONDS;
  return seconds < 0 ? 3600 : Math.min(seconds, LONGEST_STOP_TIMEOUT_SECONDS);
}

/**
 * A stopped container reads "unhealthy", which says nothing: its health counts as not known yet. So does one its
 * restart policy is about to start again, though the engine says `Running: true` of that. A paused one reads so, too,
 * and still does when it is resumed: no news then.
 */
function decodeHealth(runState: RunState, state: Json): ContainerDetails['health'] {
  const status = asString(asObject(state['Health'])?.['Status']);
  if (status === undefined || status === 'none' || status === '') return 'none';
  if (runState !== 'running' && runState !== 'paused') return 'starting';
  return status === 'healthy' || status === 'unhealthy' ? status : 'starting';
}

/** A legacy link adds `/parent/alias`: the container's own name is the one without a second slash. */
function listedName(value: unknown): string | undefined {
  const names = Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
  return names.map(withoutSlash).find((name) => !name.includes('/'));
}

const withoutSlash = (name: string): string => (name.startsWith('/') ? name.slice(1) : name);
