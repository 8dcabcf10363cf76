import { createHash } from 'node:crypto';
import type { ContainerFacts, RestartPolicy, RunState } from '../../streams/events.ts';

/** The id that the container of this name has, in these specs, unless another one is given. */
export const idOf = (name: string): string => createHash('sha256').update(name).digest('hex');

/** The engine's clock is ours, in these specs. */
export const engineText = (ms: number): string => new Date(ms).toISOString();

export interface Shape {
  readonly id?: string;
  readonly image?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** The container whose network it joined, by the name it has here; `ref` gives the reference word for word. */
  readonly on?: string;
  readonly ref?: string;
  readonly runState?: RunState;
  /** Milliseconds; `never` for one that never ran. */
  readonly startedAt?: number | 'never';
  readonly health?: 'none' | 'starting' | 'healthy' | 'unhealthy';
  readonly exitCode?: number;
  /** Milliseconds; absent if no run has ended. */
  readonly finishedAt?: number;
  readonly createdAt?: number;
  readonly restartPolicy?: RestartPolicy;
  /** `State.Error`. */
  readonly error?: string;
  readonly imageId?: string;
  readonly tty?: boolean;
  readonly restartCount?: number;
  readonly maximumRetryCount?: number;
  readonly stopTimeoutSeconds?: number;
  readonly stopSignal?: number;
  /** Whose processes or memory it shares, and whose volumes it has, word for word. */
  readonly sharesWith?: readonly string[];
  readonly volumesFrom?: readonly string[];
  /** `false`: it was listed, but could not be inspected. */
  readonly inspected?: false;
}

export function facts(name: string, shape: Shape = {}): ContainerFacts {
  const reference = shape.ref ?? (shape.on === undefined ? undefined : idOf(shape.on));
  const startedAt = shape.startedAt ?? 1_000;
  return {
    id: shape.id ?? idOf(name),
    name,
    image: shape.image ?? 'image',
    createdMs: shape.createdAt ?? 500,
    labels: shape.labels ?? {},
    networkMode: reference === undefined ? 'bridge' : `container:${reference}`,
    runState: shape.runState ?? 'running',
    details:
      shape.inspected === false
        ? undefined
        : {
            startedAtMs: startedAt === 'never' ? undefined : startedAt,
            startedAt: startedAt === 'never' ? '0001-01-01T00:00:00Z' : engineText(startedAt),
            finishedAtMs: shape.finishedAt,
            health: shape.health ?? 'none',
            exitCode: shape.exitCode ?? 0,
            error: shape.error ?? '',
            imageId: shape.imageId ?? `sha256:${shape.image ?? 'image'}`,
            tty: shape.tty ?? false,
            restartPolicy: shape.restartPolicy ?? 'no',
            restartCount: shape.restartCount ?? 0,
            maximumRetryCount: shape.maximumRetryCount ?? 0,
            stopTimeoutSeconds: shape.stopTimeoutSeconds ?? 10,
            stopSignal: shape.stopSignal ?? 15,
            ...(shape.sharesWith && { sharesWith: shape.sharesWith }),
            ...(shape.volumesFrom && { volumesFrom: shape.volumesFrom }),
          },
  };
}

export const gatewayFacts = (shape: Shape = {}): ContainerFacts =>
  facts('gluetun', { health: 'healthy', ...shape });
export const onGateway = (name: string, shape: Shape = {}): ContainerFacts =>
  facts(name, { on: 'gluetun', startedAt: 2_000, ...shape });

export const compose = (service: string, rest: Readonly<Record<string, string>> = {}) => ({
  'com.docker.compose.project': 'stack',
  'com.docker.compose.service': service,
  ...rest,
});
export const MONITOR = { 'org.gluetun-monitor.role': 'monitor' };
export const ONE_OFF = { 'com.docker.compose.oneoff': 'True' };

export const JOIN_ERROR = `cannot join network of a non running container: ${idOf('gluetun')}`;
