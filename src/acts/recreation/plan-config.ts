import { isDeepStrictEqual } from 'node:util';
import { asObject, asStrings, type Json } from '../../../streams/json.ts';
import { texts, without } from './json-parts.ts';

/**
 * An inspection shows these: the owner's host name, and the ports that the image exposes. But the engine refuses them
 * in a request for a container on another one's network.
 */
const REFUSED_ON_A_SHARED_NETWORK = ['Hostname', 'Domainname', 'ExposedPorts', 'MacAddress'];

/** The image's value applies if the request has none. */
const SINGLE_VALUES = ['User', 'WorkingDir', 'StopSignal', 'OnBuild'];

/** The image's values apply together or not at all. */
const COMMAND = ['Entrypoint', 'Cmd', 'ArgsEscaped'];

/**
 * `Config` for the request. An inspection shows it merged with the image's own (`merge` in dockerd's daemon/commit.go).
 * The image's part is left out here, so that it still comes from the image.
 *
 * `Shell` is not merged although an image can have one: a container's own is kept.
 */
export function plannedConfig(config: Json, image: Json): Json {
  const singles = SINGLE_VALUES.filter((field) =>
    isDeepStrictEqual(valueOf(config[field]), valueOf(image[field])),
  );
  const planned = {
    ...config,
    ...plannedCommand(config, image),
    Env: ownEnv(texts(config['Env']), texts(image['Env'])),
    Labels: ownLabels(asStrings(config['Labels']), asStrings(image['Labels'])),
    Volumes: ownVolumes(asObject(config['Volumes']) ?? {}, asObject(image['Volumes']) ?? {}),
    Healthcheck: ownHealthcheck(asObject(config['Healthcheck']) ?? {}, asObject(image['Healthcheck']) ?? {}),
  };
  return without(planned, [...REFUSED_ON_A_SHARED_NETWORK, ...singles]);
}

/** Newer engines omit values of an image that older ones write as null or as an empty text. */
const valueOf = (value: unknown): unknown => (value === '' || value === null ? undefined : value);

/** Undefined instead of an empty value, so that the image's value is merged as if the request had none. */
const unlessEmpty = <Value extends object>(value: Value): Value | undefined =>
  Object.keys(value).length === 0 ? undefined : value;

/** Leaves variables that occur twice as they are: the engine's merge takes all of them, or only the first. */
function ownEnv(env: readonly string[], imageEnv: readonly string[]): readonly string[] | undefined {
  const isTwice = (entry: string): boolean =>
    [env, imageEnv].some((all) => all.filter((other) => nameIn(other) === nameIn(entry)).length > 1);
  return unlessEmpty(env.filter((entry) => !imageEnv.includes(entry) || isTwice(entry)));
}

/** A container always has the variables of its image. If they are not there, its own were left out, too. */
export function lacksEnv(config: Json, image: Json): boolean {
  const names = texts(config['Env']).map(nameIn);
  return texts(image['Env']).some((entry) => !names.includes(nameIn(entry)));
}

const nameIn = (entry: string): string => entry.split('=', 1)[0] ?? '';

const ownLabels = (labels: Json, imageLabels: Json): Json | undefined =>
  unlessEmpty(
    Object.fromEntries(Object.entries(labels).filter(([key, value]) => imageLabels[key] !== value)),
  );

/** The paths of anonymous volumes. Keeping the volumes themselves is not decided here. */
const ownVolumes = (volumes: Json, imageVolumes: Json): Json | undefined =>
  unlessEmpty(without(volumes, Object.keys(imageVolumes)));

/** The engine merges it field by field. `--no-healthcheck` is a field like the others: a `Test` of `NONE`. */
const ownHealthcheck = (healthcheck: Json, imageHealthcheck: Json): Json | undefined =>
  unlessEmpty(
    Object.fromEntries(
      Object.entries(healthcheck).filter(
        ([field, value]) => !isDeepStrictEqual(value, imageHealthcheck[field]),
      ),
    ),
  );

/**
 * The engine takes the image's `Cmd` only if the request has neither value, and its `Entrypoint` only if the request
 * has none. So an entrypoint that equals the image's still has to be requested if it keeps the image's `Cmd` away. An
 * emptied one is requested as `[""]`, as the CLI does: null would bring the image's back.
 */
function plannedCommand(config: Json, image: Json): Json {
  const [entrypoint, cmd] = [texts(config['Entrypoint']), texts(config['Cmd'])];
  const isImagesEntrypoint = isDeepStrictEqual(entrypoint, texts(image['Entrypoint']));
  const isImagesCmd = isDeepStrictEqual(cmd, texts(image['Cmd']));
  const none = Object.fromEntries(COMMAND.map((field) => [field, undefined]));
  if (isImagesEntrypoint && isImagesCmd) return none;
  const own = { Cmd: unlessEmpty(cmd), ArgsEscaped: config['ArgsEscaped'] };
  if (isImagesEntrypoint && cmd.length > 0) return { ...none, ...own };
  return { Entrypoint: entrypoint.length > 0 ? entrypoint : [''], ...own };
}
