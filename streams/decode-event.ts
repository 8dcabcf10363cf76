import * as v from 'valibot';
import { containerId } from './container-id.ts';
import type { ContainerChange, ContainerEvent } from './events.ts';
import { parseJson } from './json.ts';
import { knownLabels } from './labels.ts';
import { decoded, object, text, textRecord } from './schemas.ts';

/** API 1.52 removed the other fields. */
const Message = object({
  Type: v.literal('container'),
  Action: v.string(),
  Actor: object({ ID: containerId, Attributes: textRecord }),
  /** The engine's int64, counted from 1970. */
  timeNano: v.pipe(v.number(), v.integer(), v.gtValue(0), v.ltValue(2 ** 63)),
  /** Podman's, beside an action that does not have it. */
  HealthStatus: text,
});

/** Decodes one line of the engine's event stream; undefined for anything but a change of a container. */
export function decodeEvent(line: string, at: number): ContainerEvent | undefined {
  const message = decoded(Message, parseJson(line));
  if (message === undefined) return undefined;
  const { Action, Actor, timeNano, HealthStatus } = message;
  const { name = '', exitCode, containerExitCode, signal, oldName } = Actor.Attributes;
  const labels = knownLabels(Actor.Attributes);
  const action = Action === 'health_status' ? `${Action}: ${HealthStatus}` : Action;
  const change = changeOf(action, { exitCode, containerExitCode, signal, oldName });
  return change && { ...change, at, id: Actor.ID, name, labels, engineTimeMs: timeNano / 1e6 };
}

interface Attributes {
  readonly exitCode: string | undefined;
  /** Podman's name for it, sent in addition to Docker's. */
  readonly containerExitCode: string | undefined;
  readonly signal: string | undefined;
  readonly oldName: string | undefined;
}

const decimal = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;

function changeOf(action: string, attributes: Attributes): ContainerChange | undefined {
  const { exitCode, containerExitCode, signal, oldName } = attributes;
  switch (action) {
    case 'create':
      return { type: 'containerCreated' };
    case 'start':
      return { type: 'containerStarted' };
    case 'die':
      return {
        type: 'containerDied',
        exitCode: decimal(exitCode),
        ...(containerExitCode !== undefined && { tellsNoSignal: true }),
      };
    case 'stop':
      return { type: 'containerStopped' };
    case 'restart':
      return { type: 'containerRestarted' };
    case 'kill':
      return { type: 'containerKilled', signal };
    case 'destroy':
    case 'remove': // Podman's word
      return { type: 'containerDestroyed' };
    case 'rename':
      return { type: 'containerRenamed', oldName: (oldName ?? '').replace(/^\//, '') };
    case 'pause':
      return { type: 'containerPaused' };
    case 'unpause':
      return { type: 'containerUnpaused' };
    case 'oom':
      return { type: 'containerOutOfMemory' };
    case 'health_status: healthy':
      return { type: 'containerHealthChanged', health: 'healthy' };
    case 'health_status: unhealthy':
      return { type: 'containerHealthChanged', health: 'unhealthy' };
    default:
      return undefined;
  }
}
