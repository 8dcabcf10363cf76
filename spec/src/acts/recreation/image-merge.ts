type Healthcheck = Readonly<Record<string, unknown>>;

/** The part of `Config` that an image has, too. */
export interface SharedConfig {
  readonly Env?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly ArgsEscaped?: boolean;
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly StopSignal?: string;
  readonly Healthcheck?: Healthcheck | null;
  readonly Volumes?: Readonly<Record<string, object>> | null;
}

/**
 * What dockerd makes of a request and the image's own configuration: `merge` in its daemon/commit.go and
 * `mergeAndVerifyConfig` in daemon.go, as of v20.10 to v28. Throws if the engine would refuse.
 */
export function mergeWithImage(request: SharedConfig, image: SharedConfig): SharedConfig {
  const merged = {
    ...request,
    ...mergedCommand(request, image),
    Env: mergedEnv(request.Env ?? [], image.Env ?? []),
    Labels: { ...image.Labels, ...request.Labels },
    User: firstOf(request.User, image.User),
    WorkingDir: firstOf(request.WorkingDir, image.WorkingDir),
    StopSignal: firstOf(request.StopSignal, image.StopSignal),
    Healthcheck: mergedHealthcheck(request.Healthcheck ?? null, image.Healthcheck ?? null),
    Volumes: { ...request.Volumes, ...image.Volumes },
  };
  if (isEmpty(merged.Entrypoint) && isEmpty(merged.Cmd)) throw new Error('no command specified');
  return merged;
}

const firstOf = (...texts: readonly (string | undefined)[]): string =>
  texts.find((text) => text !== undefined && text !== '') ?? '';

const isEmpty = (list: readonly string[] | null | undefined): boolean => (list ?? []).length === 0;

/** Each of the image's is compared with all there are by then, its own among them. */
function mergedEnv(env: readonly string[], imageEnv: readonly string[]): readonly string[] {
  const nameIn = (entry: string): string => entry.split('=', 1)[0] ?? '';
  if (isEmpty(env)) return imageEnv;
  return imageEnv.reduce(
    (all, entry) => (all.some((other) => nameIn(other) === nameIn(entry)) ? all : [...all, entry]),
    env,
  );
}

/** Null and an empty list are not the same here; `[""]` is emptied only after all. */
function mergedCommand(request: SharedConfig, image: SharedConfig): SharedConfig {
  const isLeftToImage = isEmpty(request.Entrypoint) && isEmpty(request.Cmd);
  const entrypoint = request.Entrypoint ?? image.Entrypoint ?? null;
  const { Cmd, ArgsEscaped } = isLeftToImage ? image : request;
  return {
    Entrypoint: entrypoint?.length === 1 && entrypoint[0] === '' ? null : entrypoint,
    Cmd: Cmd ?? null,
    ...(ArgsEscaped === true ? { ArgsEscaped } : {}),
  };
}

/** Zero and nothing are the same, and a `Test` is replaced as a whole. */
function mergedHealthcheck(request: Healthcheck | null, image: Healthcheck | null): Healthcheck | null {
  if (request === null || image === null) return request ?? image;
  const set = Object.entries(request).filter(
    ([, value]) => value !== 0 && !(Array.isArray(value) && value.length === 0),
  );
  return { ...image, ...Object.fromEntries(set) };
}

/** The same for two configurations under which a container runs alike. */
export const effective = (config: SharedConfig): SharedConfig => ({
  Env: [...new Set(config.Env ?? [])].sort(),
  Labels: config.Labels ?? {},
  Entrypoint: config.Entrypoint ?? [],
  Cmd: config.Cmd ?? [],
  ArgsEscaped: config.ArgsEscaped ?? false,
  User: config.User ?? '',
  WorkingDir: config.WorkingDir ?? '',
  StopSignal: config.StopSignal ?? '',
  Healthcheck: config.Healthcheck ?? {},
  Volumes: config.Volumes ?? {},
});
