import { isFilled } from './create-request.ts';
import type { CreateBody, Healthcheck } from './create-request.ts';
import type { ImageConfig } from './images.ts';

/** What a create asks for, completed by its image where it leaves something open: `merge` in daemon/commit.go. */
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

/** A command of one's own, or an entrypoint, even an empty one, is more than the image's. */
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

/** The image's variables come last, without those that have a value, or are unset, already. */
function environment(own: readonly string[], image: readonly string[]): readonly string[] {
  const names = new Set(own.map(nameOf));
  return [...own, ...image.filter((variable) => !names.has(nameOf(variable)))];
}

const nameOf = (variable: string): string => variable.replace(/=.*/s, '');

/** Field by field: nothing, and a duration or a number of 0, mean the image's. */
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
