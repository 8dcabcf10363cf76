import { asContainerId } from './container-id.ts';
import type { ContainerChange, ContainerEvent } from './events.ts';
import { asNumber, asObject, asString, asStrings, parseJson } from './json.ts';

/**
 * One line of the engine's event stream; undefined for anything else than a container's change. Only
 * Type, Action, Actor and timeNano are read: the other fields are gone since API 1.52.
 */
export function decodeEvent(line: string, at: number): ContainerEvent | undefined {
  const message = asObject(parseJson(line));
  const actor = asObject(message?.['Actor']);
  const id = asContainerId(actor?.['ID']);
  const action = asString(message?.['Action']);
  const timeNano = asNanoseconds(message?.['timeNano']);
  if (message?.['Type'] !== 'container' || id === undefined || action === undefined || timeNano === undefined)
    return undefined;
  const {
    name = '',
    exitCode,
    containerExitCode,
    signal,
    oldName,
    ...labels
  } = asStrings(actor?.['Attributes']);
  const change = changeOf(action, { exitCode, containerExitCode, signal, oldName });
  return change && { ...change, at, id, name, labels, engineTimeMs: timeNano / 1e6 };
}

/** The engine's int64, from 1970 on. */
const asNanoseconds = (value: unknown): number | undefined => {
  const number = asNumber(value);
  return number !== undefined && Number.isInteger(number) && number > 0 && number < 2 ** 63
    ? number
    : undefined;
};

interface Attributes {
  readonly exitCode: string | undefined;
  /** Podman's own name for it, beside Docker's. */
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
