import { formatNanos, nanosToMs, nanosToSeconds } from './clock.ts';
import type { Nanos } from './clock.ts';
import type { Container, Health, HealthResult } from './container.ts';
import { CONFIG_DEFAULTS, HOST_DEFAULTS, NETWORK_DEFAULTS } from './inspection-defaults.ts';
import type { Mount } from './mounts.ts';

/** What `GET /containers/{id}/json` shows; parts that nothing reads have an idle engine's values. */
export function inspection(container: Container, context: { execIds: readonly string[] }): object {
  const folder = `/var/lib/docker/containers/${container.namespace?.ownerId ?? container.id}`;
  const [path = '', ...args] = command(container);
  return {
    Id: container.id,
    Created: formatNanos(container.created),
    Path: path,
    Args: args,
    State: stateJson(container),
    Image: container.madeFrom.id,
    ResolvConfPath: `${folder}/resolv.conf`,
    HostnamePath: `${folder}/hostname`,
    HostsPath: `${folder}/hosts`,
    LogPath: `/var/lib/docker/containers/${container.id}/${container.id}-json.log`,
    Name: `/${container.name}`,
    RestartCount: container.restartCount,
    Driver: 'overlay2',
    Platform: 'linux',
    MountLabel: '',
    ProcessLabel: '',
    AppArmorProfile: '',
    ExecIDs: context.execIds.length === 0 ? null : context.execIds,
    HostConfig: { ...HOST_DEFAULTS, ...container.hostConfig },
    GraphDriver: { Data: null, Name: 'overlay2' },
    Mounts: container.mounts.map(({ point }) => point),
    Config: configJson(container),
    NetworkSettings: { ...NETWORK_DEFAULTS, Networks: networks(container) },
  };
}

/** One entry of `GET /containers/json`; `image` is the current name of its image. */
export function listing(container: Container, context: { image: string; nowMs: number }): object {
  return {
    Id: container.id,
    Names: [`/${container.name}`],
    Image: context.image,
    ImageID: container.madeFrom.id,
    Command: command(container).join(' '),
    Created: nanosToSeconds(container.created),
    Ports: [],
    Labels: container.labels,
    State: container.status,
    Status: statusText(container, context.nowMs),
    HostConfig: { NetworkMode: container.networkMode },
    NetworkSettings: { Networks: networks(container) },
    Mounts: container.mounts.map(listedMount),
  };
}

function stateJson(container: Container): object {
  const { state, status, health } = container;
  return {
    Status: status,
    Running: state.running,
    Paused: state.paused,
    Restarting: state.restarting,
    OOMKilled: state.oomKilled,
    Dead: false,
    Pid: state.pid,
    ExitCode: state.exitCode,
    Error: state.error,
    StartedAt: formatNanos(state.startedAt),
    FinishedAt: formatNanos(state.finishedAt),
    ...(health === undefined ? {} : { Health: healthJson(health) }),
  };
}

const healthJson = ({ status, failingStreak, results }: Health): object => ({
  Status: status,
  FailingStreak: failingStreak,
  Log: results.map(resultJson),
});

/** Always the same in repeated answers. */
const shownResults = new WeakMap<HealthResult, object>();

function resultJson(result: HealthResult): object {
  const shown = shownResults.get(result) ?? {
    Start: formatNanos(result.start),
    End: formatNanos(result.end),
    ExitCode: result.exitCode,
    Output: '',
  };
  shownResults.set(result, shown);
  return shown;
}

function configJson({ body, id, namespace }: Container): object {
  // Inspection shows those elsewhere.
  const { HostConfig: _host, NetworkingConfig: _networking, ...config } = body;
  const hostname = namespace?.hostname ?? body.Hostname ?? '';
  const Domainname = namespace?.domainname ?? body.Domainname ?? '';
  return {
    ...CONFIG_DEFAULTS,
    ...config,
    Hostname: hostname === '' ? id.slice(0, 12) : hostname,
    Domainname,
  };
}

/** Only an inspection shows the path of a volume of `Config.Volumes`. */
const listedMount = ({ point, of }: Mount): object => (of === 'config' ? { ...point, Source: '' } : point);

const command = ({ body }: Container): readonly string[] => [...(body.Entrypoint ?? []), ...(body.Cmd ?? [])];

function networks(container: Container): object {
  if (container.joins !== undefined) return {};
  const name = container.networkMode === 'default' ? 'bridge' : container.networkMode;
  return { [name]: { IPAMConfig: null, IPAddress: container.state.running ? '172.17.0.2' : '' } };
}

/** The prose of `docker ps`. */
function statusText(container: Container, nowMs: number): string {
  const { state, status } = container;
  const since = (then: Nanos | undefined): string => humanDuration(nowMs - nanosToMs(then ?? 0n));
  switch (status) {
    case 'created':
      return 'Created';
    case 'exited':
      return state.finishedAt === undefined
        ? 'Created'
        : `Exited (${state.exitCode}) ${since(state.finishedAt)} ago`;
    case 'restarting':
      return `Restarting (${state.exitCode}) ${since(state.finishedAt)} ago`;
    case 'paused':
      return `Up ${since(state.startedAt)} (Paused)`;
    case 'running':
      return `Up ${since(state.startedAt)}${healthText(container.health)}`;
  }
}

function healthText(health: Health | undefined): string {
  if (health === undefined) return '';
  return health.status === 'starting' ? ' (health: starting)' : ` (${health.status})`;
}

/** As go-units words it, up to days. */
function humanDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(minutes / 60);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}
