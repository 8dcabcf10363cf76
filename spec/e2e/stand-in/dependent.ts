import type Docker from 'dockerode';
import { SECRETS } from '../../marked-secrets.ts';
import type { TestEngine } from '../test-engine.ts';
import { TestContainer } from './container.ts';
import { DEPENDENT_IMAGE, SHELL_LESS_IMAGE } from './images.ts';

export interface DependentOptions {
  readonly name: string;
  /**
   * The container whose network it joins, by id or name. The engine keeps a name only if no container has it yet;
   * otherwise it stores the id.
   */
  readonly network: string;
  readonly image?: string;
  readonly restartPolicy?: 'no' | 'always' | 'unless-stopped' | 'on-failure';
  readonly labels?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly ignoresTerm?: boolean;
  /** Seconds between SIGTERM and SIGKILL; the engine's own default is ten. */
  readonly stopTimeoutSeconds?: number;
  /** The number of the signal that a stop sends instead of SIGTERM. */
  readonly stopSignal?: number;
  readonly binds?: readonly string[];
  /** As with `--mount`: the engine does not create a missing source. */
  readonly mounts?: readonly Docker.MountSettings[];
  /** Created but not started. */
  readonly isLeftUnstarted?: boolean;
}

/** Creates an application on another container's network and starts it. Call `buildImages` first. */
export async function createDependent(engine: TestEngine, options: DependentOptions): Promise<TestContainer> {
  const stopSignal = options.stopSignal === undefined ? undefined : String(options.stopSignal);
  const env = {
    API_KEY: SECRETS.environment,
    ...options.env,
    ...(options.ignoresTerm === true ? { IGNORE_TERM: 'yes' } : {}),
    ...(stopSignal !== undefined && { STOP_SIGNAL: stopSignal }),
  };
  const { id } = await engine.docker.createContainer({
    name: options.name,
    Image: options.image ?? DEPENDENT_IMAGE,
    Labels: { 'homepage.widget.key': SECRETS.label, ...engine.labels, ...options.labels },
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    // Its PID 1 has no handler for SIGTERM and so ignores it: each stop would take ten seconds.
    ...(options.image === SHELL_LESS_IMAGE ? { StopSignal: 'SIGKILL' } : {}),
    ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
    ...(options.stopTimeoutSeconds === undefined ? {} : { StopTimeout: options.stopTimeoutSeconds }),
    HostConfig: {
      NetworkMode: `container:${options.network}`,
      RestartPolicy: { Name: options.restartPolicy ?? 'unless-stopped' },
      Binds: [...(options.binds ?? [])],
      ...(options.mounts === undefined ? {} : { Mounts: [...options.mounts] }),
    },
  });
  const container = new TestContainer(engine, id, options.name);
  if (options.isLeftUnstarted !== true) await container.start();
  return container;
}

/** The container with this name: another one than before once the monitor has re-created it. */
export async function findContainer(engine: TestEngine, name: string): Promise<TestContainer> {
  const { Id } = await engine.docker.getContainer(name).inspect();
  return new TestContainer(engine, Id, name);
}
