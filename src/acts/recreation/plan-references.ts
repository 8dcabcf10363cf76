import { isIdPrefix } from '../../../streams/container-id.ts';
import { asString, type Json } from '../../../streams/json.ts';
import { texts } from './json-parts.ts';

/**
 * Where else than in its network a container's configuration refers to another one. The engine keeps the id for the
 * first two, whatever it was given, and for volumes what it was given: Compose gives the id.
 */
const NAMESPACES = { PidMode: 'processes', IpcMode: 'memory' };

/** `HostConfig` with the ids of those that have taken the place of others that are no more. */
export function renewedReferences(host: Json, replaced: Readonly<Record<string, string>>): Json {
  const now = (reference: string): string =>
    (Object.hasOwn(replaced, reference) ? replaced[reference] : undefined) ?? reference;
  const modes = Object.keys(NAMESPACES).flatMap((field): [string, string][] => {
    const reference = sharedIn(host, field);
    return reference === undefined ? [] : [[field, `container:${now(reference)}`]];
  });
  return {
    ...host,
    ...Object.fromEntries(modes),
    ...(Array.isArray(host['VolumesFrom']) && {
      VolumesFrom: texts(host['VolumesFrom']).map((entry) => {
        const [from = '', ...mode] = entry.split(':');
        return [now(from), ...mode].join(':');
      }),
    }),
  };
}

/** Why it cannot be made, for one that it refers to is no more, and nothing tells what has taken its place. */
export function lostReference(host: Json, present: readonly string[]): string | undefined {
  const isLost = (reference: string): boolean =>
    !present.some((word) => word === reference || isIdPrefix(reference, word));
  const [shared] = Object.entries(NAMESPACES).flatMap(([field, what]) => {
    const reference = sharedIn(host, field);
    return reference !== undefined && isLost(reference) ? `it shares the ${what} of ${told(reference)}` : [];
  });
  const [from] = texts(host['VolumesFrom'])
    .map((entry) => entry.split(':', 1)[0] ?? '')
    .filter(isLost);
  const lost = shared ?? (from === undefined ? undefined : `it takes its volumes from ${told(from)}`);
  return lost === undefined ? undefined : `${lost}, which is no more; create it anew by hand`;
}

/** Not the one whose network it has joined: that goes with the network. */
function sharedIn(host: Json, field: string): string | undefined {
  const mode = asString(host[field]) ?? '';
  return mode === host['NetworkMode'] ? undefined : /^container:(.+)$/.exec(mode)?.[1];
}

const told = (reference: string): string =>
  /^[0-9a-f]{64}$/.test(reference) ? reference.slice(0, 12) : reference;
