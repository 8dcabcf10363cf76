import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { asyncScheduler } from 'rxjs';
import { SimulatedEngine } from './engine.ts';
import { GluetunStandIn, gatewayContainer } from './gluetun.ts';
import { EngineServer } from './http-api.ts';

/** Short, as this is in real time. */
const TIMINGS = { exitMs: 5, killMs: 2, cleanupMs: 1, startMs: 5 };

/** The production client on a simulated engine with a gateway and one dependent, both running. */
export class HttpBench {
  readonly engine = new SimulatedEngine(asyncScheduler);
  readonly standIn = new GluetunStandIn(asyncScheduler, { tunnelUpMs: 5, latencyMs: 2 });
  readonly #folder = mkdtempSync(join(tmpdir(), 'simulated-engine-'));
  readonly server = new EngineServer(this.engine, join(this.#folder, 'docker.sock'));
  readonly docker = new Docker({ socketPath: this.server.socketPath });

  async open(): Promise<this> {
    this.engine.create(gatewayContainer({ name: 'gluetun', standIn: this.standIn, timings: TIMINGS }));
    this.engine.create({ name: 'app', networkMode: 'container:gluetun', timings: TIMINGS });
    await this.server.listen();
    await this.docker.getContainer('gluetun').start();
    await this.docker.getContainer('app').start();
    return this;
  }

  async close(): Promise<void> {
    this.engine.dispose();
    await this.server.close();
    rmSync(this.#folder, { recursive: true });
  }
}

/** Reads until the text matches. */
export async function readUntil(stream: AsyncIterable<unknown>, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of stream) {
    text += (chunk as Buffer).toString();
    if (pattern.test(text)) break;
  }
  return text;
}

const NO_FAILURE = 'no failure';

export function failureOf(answer: Promise<unknown>): Promise<unknown> {
  return answer.then(
    () => NO_FAILURE,
    (error: unknown) => error,
  );
}
