import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { lookForSecrets } from '../marked-secrets.ts';
import { Recorder, type Timed } from './recorder.ts';
import type { TestEngine } from './test-engine.ts';

export interface EngineMessage {
  readonly type: string;
  readonly action: string;
  /** The id of the object of the event: a container's, for type `container`. */
  readonly id: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The engine's clock, milliseconds since the epoch with a fraction. */
  readonly engineTimeMs: number;
}

/** The part of an event that every version since 19.03 sends. */
interface RawMessage {
  readonly Type: string;
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
  readonly timeNano: number;
}

/** The events of the engine with their arrival times: the reference for latencies. */
export class EngineEvents {
  readonly #recorder = new Recorder<EngineMessage>(
    ({ atMs, action, name }) => `${atMs.toFixed(0)} ${action} ${name}`,
  );
  #stream: Readable | undefined;

  /** Listens from now on. */
  static async open(engine: TestEngine): Promise<EngineEvents> {
    const events = new EngineEvents();
    await events.listen(engine);
    return events;
  }

  async listen(engine: TestEngine): Promise<void> {
    // Its type is incomplete: it is the response itself.
    const response: unknown = await engine.docker.getEvents({ filters: { type: ['container'] } });
    const stream = response as Readable;
    this.#stream = stream;
    const lines = createInterface({ input: stream });
    lines.on('line', (line) => {
      const message = decode(JSON.parse(line) as RawMessage);
      // That of an exec has its command line. The attributes are the labels of the container.
      lookForSecrets("the engine's events", message.action);
      this.#recorder.push(message);
    });
    lines.on('close', () => this.#recorder.end('the event stream has ended'));
    // A cut connection also ends the lines; the error adds nothing.
    stream.on('error', () => undefined);
    lines.on('error', () => undefined);
  }

  get all(): readonly Timed<EngineMessage>[] {
    return this.#recorder.items;
  }

  /** The events of one container, without those of execs and health checks. */
  of(id: string): readonly Timed<EngineMessage>[] {
    return this.all.filter((message) => message.id === id && !/^(exec|health)_/.test(message.action));
  }

  /** @param action as the engine writes it: `start`, `health_status: healthy` */
  async waitFor(
    action: string,
    container: { readonly id: string },
    deadlineMs = 15_000,
    after?: Timed<EngineMessage>,
  ): Promise<Timed<EngineMessage>> {
    const matches = (message: EngineMessage): boolean =>
      message.action === action && message.id === container.id;
    return this.#recorder.waitFor(`the engine's "${action}"`, matches, deadlineMs, after);
  }

  close(): void {
    this.#stream?.destroy();
  }
}

/** Whether the event is the start of a check in a gateway. */
export const isCheck = ({ action }: EngineMessage): boolean =>
  action.startsWith('exec_start') && action.includes('gluetun-monitor-check');

const decode = ({ Type, Action, Actor, timeNano }: RawMessage): EngineMessage => ({
  type: Type,
  action: Action,
  id: Actor.ID,
  name: Actor.Attributes['name'] ?? '',
  attributes: Actor.Attributes,
  engineTimeMs: timeNano / 1e6,
});
