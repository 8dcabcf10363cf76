import { isIdPrefix } from '../../../streams/container-id.ts';
import { asString, type Json } from '../../../streams/json.ts';
import { texts } from './json-parts.ts';

/**
 * The references to another container besides the network, and `VolumesFrom`. For these two the engine stores the id,
 * whatever it was given. For volumes it stores what it was given; Compose gives the id.
 */
const NAMESPACES = { PidMode: 'processes', IpcMode: 'memory' };

/** `HostConfig` with references to containers that no longer exist changed to their replacements. */
export function renewedReferences(host: Json, replaced: Readonly<Record<string, string>>): Json {
  const renewed = (reference: string): string =>
    (Object.hasOwn(replaced, reference) ? replaced[reference] : undefined) ?? reference;
  const modes = Object.keys(NAMESPACES).flatMap((field): [string, string][] => {
    const reference = sharedIn(host, field);
    return reference === undefined ? [] : [[field, `container:${renewed(reference)}`]];
  });
  return {
    ...host,
    ...Object.fromEntries(modes),
    ...(Array.isArray(host['VolumesFrom']) && {
      VolumesFrom: texts(host['VolumesFrom']).map((entry) => {
        const [from = '', ...mode] = entry.split(':');
        return [renewed(from), ...mode].join(':');
      }),
    }),
  };
}

/** Why it cannot be re-created: it refers to a container that no longer exists and has no known replacement. */
export function lostReference(host: Json, present: readonly string[]): string | undefined {
  const isLost = (reference: string): boolean =>
    !present.some((word) => word === reference || isIdPrefix(reference, word));
  const [shared] = Object.entries(NAMESPACES).flatMap(([field, what]) => {
    const reference = sharedIn(host, field);
    return reference !== undefined && isLost(reference)
      ? `it shares the ${what} of ${readable(reference)}`
      : [];
  });
  const [from] = texts(host['VolumesFrom'])
    .map((entry) => entry.split(':', 1)[0] ?? '')
    .filter(isLost);
  const lost = shared ?? (from === undefined ? undefined : `it takes its volumes from ${readable(from)}`);
  return lost === undefined ? undefined : `${lost}, which is no more; create it anew by hand`;
}

/**
 * The container whose namespace it shares, unless that owns its network, too: this reference changes with the network.
 */
function sharedIn(host: Json, field: string): string | undefined {
  const mode = asString(host[field]) ?? '';
  return mode === host['NetworkMode'] ? undefined : /^container:(.+)$/.exec(mode)?.[1];
}

const readable = (reference: string): string =>
  /^[0-9a-f]{64}$/.test(reference) ? reference.slice(0, 12) : reference;
