import type { CreateBody } from '../engine-writes.ts';
import { asObject, asString, asStrings, type Json, nonEmpty } from '../../../streams/json.ts';
import { objects } from './json-parts.ts';
import { lacksEnv, plannedConfig } from './plan-config.ts';
import { lostReference, renewedReferences } from './plan-references.ts';
import { plannedHostConfig } from './plan-host-config.ts';
import { namelessVolume } from './plan-mounts.ts';

/** All that is known about a container to re-create, in the engine's format. */
export interface Original {
  /** `GET /containers/{id}/json`. */
  readonly container: Json;
  /** The inspection of the image it was created from, by id; undefined: the image is gone. */
  readonly image: Json | undefined;
  /** The inspection of the image that has the image's name today; undefined: there is none. */
  readonly named: Json | undefined;
  /** Names of containers that share its pid or ipc namespace and are not re-created with it. */
  readonly sharers: readonly string[];
  /** Ids and names of all existing containers. */
  readonly present: readonly string[];
  /** Paths of files that were put into its own layer before it ran, as Compose does with inline configs. */
  readonly injected: readonly string[];
}

export type Plan =
  | { readonly ok: true; readonly body: CreateBody }
  /** It cannot be reproduced faithfully. */
  | { readonly ok: false; readonly reason: string };

/** The parts of an inspection that a plan needs. */
interface Parts {
  readonly config: Json;
  readonly host: Json;
  readonly imageId: string;
  /** What is actually mounted. */
  readonly mounts: readonly Json[];
}

/**
 * The request that re-creates the container on the network of `ownerId`, or the reason why that is impossible.
 *
 * @param replaced Replacements for other containers that no longer exist, old id to new.
 */
export function planRecreation(
  original: Original,
  ownerId: string,
  replaced: Readonly<Record<string, string>> = {},
): Plan {
  const parts = partsOf(original.container);
  if (parts === undefined) return { ok: false, reason: 'the engine does not tell its whole configuration' };
  const reason = reasonAgainst(original, parts);
  if (reason !== undefined) return { ok: false, reason };
  const { config, mounts } = parts;
  const host = renewedReferences(parts.host, replaced);
  const lost = lostReference(host, original.present);
  if (lost !== undefined) return { ok: false, reason: lost };
  const body = {
    ...plannedConfig(config, asObject(original.image?.['Config']) ?? {}),
    Image: imageReference(original, parts),
    HostConfig: plannedHostConfig(host, mounts, ownerId),
  };
  return { ok: true, body };
}

function partsOf(container: Json): Parts | undefined {
  const config = asObject(container['Config']);
  const host = asObject(container['HostConfig']);
  const imageId = nonEmpty(asString(container['Image']));
  if (config === undefined || host === undefined || imageId === undefined) return undefined;
  return { config, host, imageId, mounts: objects(container['Mounts']) };
}

/** The image's name, which update tools need, as long as it means the same image; otherwise the id. */
const imageReference = ({ named }: Original, { config, imageId }: Parts): string =>
  (named?.['Id'] === imageId ? nonEmpty(asString(config['Image'])) : undefined) ?? imageId;

const SWARM_TASK = 'com.docker.swarm.task.id';

/** Why the container cannot be reproduced, as a clause that can end a sentence; undefined: it can. */
function reasonAgainst({ image, sharers, injected }: Original, parts: Parts): string | undefined {
  const { config, host, mounts } = parts;
  if (host['AutoRemove'] === true) return 'it vanishes as soon as it stops (--rm); create it anew by hand';
  if (SWARM_TASK in asStrings(config['Labels'])) return 'it is a task of a swarm, which replaces it';
  if (image === undefined) return `its image ${imageLabel(parts)} is gone; create it anew by hand`;
  if (lacksEnv(config, asObject(image['Config']) ?? {}))
    return 'its environment is kept back, by a proxy in front of the engine; create it anew by hand';
  if (sharers.length > 0)
    return `${sharers.join(', ')} joined its pid or ipc namespace; create them anew together`;
  if (injected.length > 0)
    return `${some(injected)} had been put into it before it ran, as compose does with configs and secrets; docker compose up puts them into a new one`;
  const place = namelessVolume(host, mounts);
  return place === undefined ? undefined : `the engine does not tell the name of its volume at ${place}`;
}

/** The image's name, which may mean another image today, and its short id as the CLI shows it. */
const imageLabel = ({ config, imageId }: Parts): string =>
  `${asString(config['Image']) ?? ''} (${imageId.replace('sha256:', '').slice(0, 12)})`;

const MOST_NAMED = 3;

const some = (paths: readonly string[]): string => {
  const more = paths.length - MOST_NAMED;
  return paths.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
};
