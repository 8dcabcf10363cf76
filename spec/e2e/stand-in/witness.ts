import { once } from 'node:events';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';

/** A host outside the tunnel, for `WITNESS`: accepts connections while the line is up. */
export class WitnessStandIn {
  /** How many connections it has accepted. */
  connections = 0;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  static async open(): Promise<WitnessStandIn> {
    const witness = new WitnessStandIn();
    await witness.comeBack();
    return witness;
  }

  /** For `WITNESS`; stays the same while the host is away. */
  get url(): string {
    return `tcp://127.0.0.1:${this.#port}`;
  }

  /** Closes the port: connections are refused. */
  async goAway(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  async comeBack(): Promise<void> {
    this.#server = createServer((socket) => this.#accept(socket)).listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  #accept(socket: Socket): void {
    this.connections += 1;
    this.#sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.#sockets.delete(socket));
  }
}
