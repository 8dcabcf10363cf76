import { isFilled } from './create-request.ts';
import type { CreateBody, Healthcheck } from './create-request.ts';
import type { ImageConfig } from './images.ts';

/** The request of a create, completed with the defaults of its image: `merge` in daemon/commit.go. */
export function withImageDefaults(body: CreateBody, image: ImageConfig): CreateBody {
  return {
    ...body,
    ...command(body, image),
    ...filled({
      User: orElse(body.User, image.User),
      WorkingDir: orElse(body.WorkingDir, image.WorkingDir),
      StopSignal: orElse(body.StopSignal, image.StopSignal),
      Env: environment(body.Env ?? [], image.Env ?? []),
      Labels: { ...image.Labels, ...body.Labels },
      Volumes: { ...image.Volumes, ...body.Volumes },
      ExposedPorts: { ...image.ExposedPorts, ...body.ExposedPorts },
    }),
    ...healthcheck(body.Healthcheck ?? undefined, image.Healthcheck ?? undefined),
  };
}

/** The container's own command or entrypoint, even an empty one, overrides the image's. */
function command(body: CreateBody, image: ImageConfig): Pick<CreateBody, 'Cmd' | 'Entrypoint'> {
  const { Cmd = null, Entrypoint = null } = body;
  if (isFilled(Entrypoint)) return { Cmd, Entrypoint: isReset(Entrypoint) ? null : Entrypoint };
  return {
    Cmd: isFilled(Cmd) ? Cmd : (image.Cmd ?? null),
    Entrypoint: Entrypoint ?? image.Entrypoint ?? null,
  };
}

/** `docker run --entrypoint ''`. */
const isReset = (entrypoint: CreateBody['Entrypoint']): boolean =>
  entrypoint?.length === 1 && entrypoint[0] === '';

/** The image's variables come last, without those that already have a value or are unset. */
function environment(own: readonly string[], image: readonly string[]): readonly string[] {
  const names = new Set(own.map(nameOf));
  return [...own, ...image.filter((variable) => !names.has(nameOf(variable)))];
}

const nameOf = (variable: string): string => variable.replace(/=.*/s, '');

/** Field by field: a missing value, or a duration or number of 0, means the image's. */
function healthcheck(
  own: Healthcheck | undefined,
  image: Healthcheck | undefined,
): Pick<CreateBody, 'Healthcheck'> {
  if (own === undefined && image === undefined) return {};
  return { Healthcheck: { ...image, ...filled(own ?? {}) } };
}

const orElse = (own: string | undefined, image: string | undefined): string | undefined =>
  isFilled(own) ? own : image;

type Filled<T> = { readonly [Key in keyof T]?: NonNullable<T[Key]> };

const filled = <T extends object>(fields: T): Filled<T> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => isFilled(value))) as Filled<T>;
