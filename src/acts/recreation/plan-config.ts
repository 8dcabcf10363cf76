import { isDeepStrictEqual } from 'node:util';
import { asObject, asStrings, type Json } from '../../../streams/json.ts';
import { texts, without } from './json-parts.ts';

/**
 * The engine refuses to be asked for these on another's network, and yet an inspection tells of them: the
 * owner's host name, and the ports the image exposes.
 */
const REFUSED_ON_A_SHARED_NETWORK = ['Hostname', 'Domainname', 'ExposedPorts', 'MacAddress'];

/** The image's value holds where the request has none. */
const SINGLE_VALUES = ['User', 'WorkingDir', 'StopSignal', 'OnBuild'];

/** The image's hold together, or not at all. */
const COMMAND = ['Entrypoint', 'Cmd', 'ArgsEscaped'];

/**
 * `Config` as it would have to be asked for. An inspection shows it merged with the image's own (`merge` in
 * dockerd's daemon/commit.go); what is the image's is left out here, so that it stays the image's.
 *
 * `Shell` is not merged, though an image can have one: a container's is its own, and stays.
 */
export function plannedConfig(config: Json, image: Json): Json {
  const singles = SINGLE_VALUES.filter((field) => isDeepStrictEqual(said(config[field]), said(image[field])));
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

/** Newer engines leave out of an image's what older ones write as null or as an empty text. */
const said = (value: unknown): unknown => (value === '' || value === null ? undefined : value);

/** Undefined instead of nothing: then the image's is merged as if it had never been mentioned. */
const unlessEmpty = <Value extends object>(value: Value): Value | undefined =>
  Object.keys(value).length === 0 ? undefined : value;

/** A name that one of them has twice is left as it is: of such the engine's merge takes all, or only the first. */
function ownEnv(env: readonly string[], imageEnv: readonly string[]): readonly string[] | undefined {
  const isTwice = (entry: string): boolean =>
    [env, imageEnv].some((all) => all.filter((other) => nameIn(other) === nameIn(entry)).length > 1);
  return unlessEmpty(env.filter((entry) => !imageEnv.includes(entry) || isTwice(entry)));
}

const nameIn = (entry: string): string => entry.split('=', 1)[0] ?? '';

const ownLabels = (labels: Json, imageLabels: Json): Json | undefined =>
  unlessEmpty(
    Object.fromEntries(Object.entries(labels).filter(([key, value]) => imageLabels[key] !== value)),
  );

/** Places of anonymous volumes; that the volumes themselves are kept is not decided here. */
const ownVolumes = (volumes: Json, imageVolumes: Json): Json | undefined =>
  unlessEmpty(without(volumes, Object.keys(imageVolumes)));

/** Merged field by field; `--no-healthcheck` is a field like others, a `Test` of `NONE`. */
const ownHealthcheck = (healthcheck: Json, imageHealthcheck: Json): Json | undefined =>
  unlessEmpty(
    Object.fromEntries(
      Object.entries(healthcheck).filter(
        ([field, value]) => !isDeepStrictEqual(value, imageHealthcheck[field]),
      ),
    ),
  );

/**
 * The engine takes the image's `Cmd` only for a request that has neither, and its `Entrypoint` only for one
 * that has none. So an entrypoint that equals the image's has to be asked for all the same where it keeps
 * the image's `Cmd` away; and one that was emptied is asked for as the CLI does, by `[""]`, for null would
 * bring the image's back.
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
