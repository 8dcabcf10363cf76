import { autoRemoveWithPolicy, conflictingOptions } from './errors.ts';
import type { Workload } from './workload.ts';

/** `Config.Healthcheck`; durations in nanoseconds, 0 or absent for the engine's default. */
export interface Healthcheck {
  readonly Test?: readonly string[];
  readonly Interval?: number;
  readonly Timeout?: number;
  readonly Retries?: number;
  readonly StartPeriod?: number;
}

/** An entry of `HostConfig.Mounts`. */
export interface MountRequest {
  readonly Type: 'volume' | 'bind' | 'tmpfs';
  readonly Source?: string;
  readonly Target: string;
  readonly ReadOnly?: boolean;
  readonly BindOptions?: { readonly Propagation?: string };
  readonly [other: string]: unknown;
}

export interface HostConfig {
  NetworkMode?: string;
  readonly PidMode?: string;
  readonly IpcMode?: string;
  readonly AutoRemove?: boolean;
  readonly RestartPolicy?: { readonly Name: string; readonly MaximumRetryCount?: number };
  readonly Binds?: readonly string[] | null;
  readonly Mounts?: readonly MountRequest[] | null;
  readonly Tmpfs?: Readonly<Record<string, string>> | null;
  readonly Links?: readonly string[] | null;
  readonly Dns?: readonly string[] | null;
  readonly ExtraHosts?: readonly string[] | null;
  readonly PortBindings?: Readonly<Record<string, unknown>> | null;
  readonly PublishAllPorts?: boolean;
  readonly [other: string]: unknown;
}

/** Body of `POST /containers/create`: the fields that the model uses by name; the others are kept for inspections. */
export interface CreateBody {
  readonly Image: string;
  readonly Hostname?: string;
  readonly Domainname?: string;
  readonly User?: string;
  readonly WorkingDir?: string;
  readonly Cmd?: readonly string[] | null;
  readonly Entrypoint?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
  readonly Tty?: boolean;
  readonly StopSignal?: string;
  readonly StopTimeout?: number;
  readonly Volumes?: Readonly<Record<string, unknown>> | null;
  readonly Healthcheck?: Healthcheck | null;
  readonly ExposedPorts?: Readonly<Record<string, unknown>> | null;
  readonly MacAddress?: string;
  readonly HostConfig?: HostConfig;
  readonly [other: string]: unknown;
}

/** Durations, milliseconds. */
export interface Timings {
  /** From SIGTERM to the end of the process. */
  readonly exitMs: number;
  /** From SIGKILL to the end of the process. */
  readonly killMs: number;
  /** From the end of the process to the `stop` or `destroy` event. */
  readonly cleanupMs: number;
  /** From the call to the `start` event. */
  readonly startMs: number;
}

/** As measured: a restart takes 0.4 s. */
export const OWNER_TIMINGS: Timings = { exitMs: 150, killMs: 40, cleanupMs: 50, startMs: 200 };

/** Without a network of its own: a restart takes 0.3 s. */
export const DEPENDENT_TIMINGS: Timings = { exitMs: 100, killMs: 40, cleanupMs: 10, startMs: 190 };

/** A container as a spec or the demo defines it. */
export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** `container:<name or id>` to join another's network. */
  readonly networkMode?: string;
  readonly restartPolicy?: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  readonly healthcheck?: Healthcheck;
  readonly tty?: boolean;
  /** Further fields of `Config` and `HostConfig`, in Docker's format. */
  readonly body?: Partial<CreateBody>;
  readonly workload?: Workload;
  readonly timings?: Partial<Timings>;
}

export function toCreateBody(spec: ContainerSpec): CreateBody {
  return {
    Image: spec.image ?? 'stand-in',
    Labels: spec.labels ?? {},
    Tty: spec.tty ?? false,
    ...(spec.healthcheck === undefined ? {} : { Healthcheck: spec.healthcheck }),
    ...spec.body,
    HostConfig: {
      NetworkMode: spec.networkMode ?? 'default',
      RestartPolicy: { Name: spec.restartPolicy ?? 'no', MaximumRetryCount: 0 },
      ...spec.body?.HostConfig,
    },
  };
}

/** `X` of a network mode `container:X`. */
export const joinedContainer = (networkMode: string): string | undefined =>
  networkMode.startsWith('container:') ? networkMode.slice('container:'.length) : undefined;

/** What the engine refuses before it looks at anything else, including the image. */
export function refuseConflicts(body: CreateBody): void {
  refuseOnSharedNetwork(body);
  const { AutoRemove, RestartPolicy } = body.HostConfig ?? {};
  if (AutoRemove === true && !['', 'no'].includes(RestartPolicy?.Name ?? '')) throw autoRemoveWithPolicy();
}

function refuseOnSharedNetwork(body: CreateBody): void {
  if (joinedContainer(body.HostConfig?.NetworkMode ?? '') === undefined) return;
  const conflict = CONFLICTS.find(({ found }) => found(body));
  if (conflict !== undefined) throw conflictingOptions(conflict.what);
}

/** Whether it has a value: in a request, missing, null, 0 and empty values are the same. */
export function isFilled(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== '' && value !== 0 && value !== false;
}

const CONFLICTS: readonly { readonly what: string; readonly found: (body: CreateBody) => boolean }[] = [
  { what: 'hostname and the network mode', found: (body) => isFilled(body.Hostname) },
  {
    what: "container type network can't be used with links. This would result in undefined behavior",
    found: (body) => isFilled(body.HostConfig?.Links),
  },
  { what: 'dns and the network mode', found: (body) => isFilled(body.HostConfig?.Dns) },
  {
    what: 'custom host-to-IP mapping and the network mode',
    found: (body) => isFilled(body.HostConfig?.ExtraHosts),
  },
  { what: 'mac-address and the network mode', found: (body) => isFilled(body.MacAddress) },
  {
    what: 'port publishing and the container type network mode',
    found: ({ HostConfig }) => isFilled(HostConfig?.PortBindings) || isFilled(HostConfig?.PublishAllPorts),
  },
  { what: 'port exposing and the container type network mode', found: (body) => isFilled(body.ExposedPorts) },
];
