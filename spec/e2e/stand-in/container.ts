import { readlink } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { removeContainer, type TestEngine } from '../test-engine.ts';

export interface ExecResult {
  readonly exitCode: number;
  /** Standard output and error, in the order the engine sent them. */
  readonly output: string;
}

export interface ContainerProcess {
  /** On the host. */
  readonly pid: number;
  readonly commandLine: string;
}

/** A container of the test, with a method for everything that an operator may do to it. */
export class TestContainer {
  readonly id: string;
  readonly name: string;
  protected readonly engine: TestEngine;

  constructor(engine: TestEngine, id: string, name: string) {
    this.engine = engine;
    this.id = id;
    this.name = name;
  }

  /** For everything that this class has no method for. */
  get handle(): Docker.Container {
    return this.engine.docker.getContainer(this.id);
  }

  async inspect(): Promise<Docker.ContainerInspectInfo> {
    return this.handle.inspect();
  }

  async start(): Promise<void> {
    await this.handle.start();
  }

  /** @param timeoutSeconds before SIGKILL; by default the container's own */
  async stop(timeoutSeconds?: number): Promise<void> {
    await this.handle.stop(timeoutSeconds === undefined ? {} : { t: timeoutSeconds });
  }

  async restart(timeoutSeconds?: number): Promise<void> {
    await this.handle.restart(timeoutSeconds === undefined ? {} : { t: timeoutSeconds });
  }

  async kill(signal = 'SIGKILL'): Promise<void> {
    await this.handle.kill({ signal });
  }

  async pause(): Promise<void> {
    await this.handle.pause();
  }

  async unpause(): Promise<void> {
    await this.handle.unpause();
  }

  async rename(name: string): Promise<void> {
    await this.handle.rename({ name });
  }

  async remove(): Promise<void> {
    await removeContainer(this.engine.docker, this.id);
  }

  async exec(...command: string[]): Promise<ExecResult> {
    const exec = await this.handle.exec({ Cmd: command, AttachStdout: true, AttachStderr: true });
    const output = await buffer((await exec.start({ hijack: false, stdin: false })) as Readable);
    const { ExitCode } = await exec.inspect();
    return { exitCode: ExitCode ?? -1, output: demultiplex(output) };
  }

  /** The whole log, across restarts; without frames, and with the carriage returns of a terminal if it has one. */
  async log(): Promise<string> {
    const { Config } = await this.inspect();
    const log = await this.handle.logs({ stdout: true, stderr: true, follow: false });
    return Config.Tty ? log.toString() : demultiplex(log);
  }

  /** The processes inside, seen from the host and so without an exec. Zombies do not count. */
  async processes(): Promise<ContainerProcess[]> {
    const { Processes } = (await this.handle.top({ ps_args: '-eo pid,stat,args' })) as {
      Processes: string[][];
    };
    return Processes.filter(([, state = '']) => !state.startsWith('Z')).map(([pid, , commandLine = '']) => ({
      pid: Number(pid),
      commandLine,
    }));
  }

  /** Identifies the network namespace the container runs in; undefined when it does not run. */
  async networkNamespace(): Promise<string | undefined> {
    const { State } = await this.inspect();
    if (!State.Running) return undefined;
    try {
      return await readlink(`/proc/${State.Pid}/ns/net`);
    } catch {
      // Only root may read that; from inside, a container may read its own.
      return this.#askInside('readlink', '/proc/self/ns/net');
    }
  }

  async #askInside(...command: string[]): Promise<string> {
    const { exitCode, output } = await this.exec(...command);
    if (exitCode !== 0)
      throw new Error(`${command.join(' ')} in ${this.name}: exit code ${exitCode}: ${output}`);
    return output.trim();
  }
}

/**
 * Whether the container is on the current network of its gateway, and not on one that died with a previous run of the
 * gateway.
 */
export async function isOnLiveNetwork(container: TestContainer, gateway: TestContainer): Promise<boolean> {
  const [own, live] = await Promise.all([container.networkNamespace(), gateway.networkNamespace()]);
  return own !== undefined && own === live;
}

/** Frames of `[stream, 0, 0, 0, length as 32 bits, big endian]` and that many bytes. */
function demultiplex(framed: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= framed.length;) {
    const end = at + 8 + framed.readUInt32BE(at + 4);
    parts.push(framed.subarray(at + 8, end));
    at = end;
  }
  return Buffer.concat(parts).toString();
}
