import { once } from 'node:events';
import { existsSync, linkSync, lstatSync, writeFileSync } from 'node:fs';
import { type Socket, connect, createServer } from 'node:net';
import * as v from 'valibot';
import { NoAnswer, askMonitor } from '../../../../src/cli/ask-monitor.ts';
import { controlPath } from '../../../../src/edges/control/control-path.ts';
import { type ControlSocket, controlSocket } from '../../../../src/edges/control/control-socket.ts';
import { MOST_CONNECTIONS } from '../../../../src/edges/control/listener.ts';
import { LONGEST_REQUEST, type Request } from '../../../../src/edges/control/protocol.ts';
import { statusSchema } from '../../../../src/status/schema.ts';
import type { Event } from '../../../../streams/events.ts';
import { TemporaryFolder } from '../../../config/temporary-folder.ts';
import {
  type Happening,
  checkPassed,
  failed,
  inspectedAs,
  listedAgain,
  onGateway,
  restartMessages,
  succeeded,
  turned,
  waveSucceeded,
} from '../../builders.ts';
import { settled } from '../../history.ts';

/** A monitor in mind behind a real socket: what is asked over the socket happens to it at once. */
class Monitor {
  readonly control: ControlSocket;
  readonly #history = settled([onGateway('app')]);

  constructor(path: string) {
    const scheduler = { now: () => this.#history.now };
    this.control = controlSocket({ path, scheduler, ofSeveral: false });
    this.control.requested$.subscribe((event) => this.#happen(event));
    this.feed();
  }

  feed(...happenings: readonly Happening[]): void {
    const some = [(_state: unknown, at: number): Event[] => [{ type: 'timeReached', at }], ...happenings];
    for (const happening of some)
      for (const event of happening(this.#history.state, this.#history.now)) this.#happen(event);
  }

  /** What the edge reports about itself; undefined: nothing. */
  trouble(): string | undefined {
    try {
      this.feed();
      return undefined;
    } catch (error) {
      return String(error);
    }
  }

  #happen(event: Event): void {
    const before = this.#history.everything;
    this.#history.forget().reduce(event);
    this.#history.now += 1;
    const { everything: state, notices } = this.#history;
    void this.control.edge.take({ event, before, state, notices });
  }
}

describe('the control socket', () => {
  const folder = new TemporaryFolder();
  const monitors: Monitor[] = [];
  const sockets: Socket[] = [];
  const path = (): string => folder.at('control.sock');
  const listening = async (): Promise<Monitor> => {
    const monitor = new Monitor(path());
    monitors.push(monitor);
    await turns();
    return monitor;
  };
  const connected = async (): Promise<Socket> => {
    const socket = connect(path());
    socket.on('error', () => undefined);
    sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  };
  /** Nothing is waited for that is not on this machine. */
  const turns = async (ms = 30): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const asking = async (request: Request) => {
    const said: string[] = [];
    const last = await askMonitor(path(), request, (reply) => {
      said.push(...reply.said);
      return false;
    });
    return { said, outcome: last.outcome };
  };

  afterEach(() => {
    sockets.splice(0).forEach((socket) => socket.destroy());
    monitors.splice(0).forEach(({ control }) => control.close());
  });

  it('is there for the user of the monitor alone, and is gone with the monitor', async () => {
    const { control } = await listening();
    expect(lstatSync(path()).mode & 0o777).toBe(0o600);
    control.close();
    expect(existsSync(path())).toBe(false);
  });

  it('has another path for other gateways', () => {
    const paths = [['gluetun'], ['gluetun', 'us'], ['us']].map((gateways) => controlPath(gateways, '/tmp'));
    expect(new Set(paths).size).toBe(3);
    for (const one of paths) expect(one).toMatch(/^\/tmp\/gluetun-monitor\.[0-9a-f]{12}\.sock$/);
  });

  it('answers with the status, of the published form', async () => {
    await listening();
    const { status } = await askMonitor(path(), { ask: 'status' });
    expect(v.parse(statusSchema, status)).toMatchObject({ sentence: 'All is well.' });
  });

  it.each<{ request: Request; said: RegExp; outcome: string }>([
    { request: { ask: 'pause', seconds: 60 }, said: /has asked to pause .* for 1m$/, outcome: 'done' },
    { request: { ask: 'resume' }, said: /refused: it is not paused$/, outcome: 'refused' },
    { request: { ask: 'recover', gateway: 'nobody' }, said: /--gateway takes one of/, outcome: 'refused' },
  ])('answers $request at once', async ({ request, said, outcome }) => {
    await listening();
    const answer = await asking(request);
    expect(answer.outcome).toBe(outcome);
    expect(answer.said[0]).toMatch(said);
  });

  it('tells of a recovery until it has ended', async () => {
    const monitor = await listening();
    const answer = asking({ ask: 'recover' });
    await turns();
    monitor.feed(...restartMessages('gluetun'), inspectedAs('gluetun', { health: 'starting' }), succeeded());
    monitor.feed(turned('gluetun', 'healthy'), checkPassed(), listedAgain(), waveSucceeded());
    const { said, outcome } = await answer;
    expect(outcome).toBe('done');
    expect(said[0]).toBe('The operator has asked to recover gluetun');
    expect(said).toContain('app restarted successfully');
    expect(said.at(-1)).toMatch(/^Recovery complete/);
  });

  it('tells that a reconnect has failed, and why', async () => {
    const monitor = await listening();
    const answer = asking({ ask: 'reconnect' });
    await turns();
    monitor.feed(failed('the control server refuses'));
    await expect(answer).resolves.toEqual({
      said: [
        'The operator has asked to reconnect the VPN of gluetun',
        'Reconnecting the VPN of gluetun, as the operator has asked...',
        'The reconnect of the VPN of gluetun has not worked: the control server refuses',
      ],
      outcome: 'failed',
    });
  });

  it('is told from a monitor that ends before it is done', async () => {
    const { control } = await listening();
    const answer = asking({ ask: 'recover' });
    await turns();
    control.close();
    await expect(answer).rejects.toMatchObject({ because: 'ended' });
  });

  describe('at its path', () => {
    it('replaces a socket that nobody listens on any more', async () => {
      // Its monitor was killed: Node removes the file of a server that it closes.
      const dead = createServer().listen(folder.at('dead.sock'));
      await once(dead, 'listening');
      linkSync(folder.at('dead.sock'), path());
      await new Promise((resolve) => dead.close(resolve));
      const monitor = await listening();
      await expect(asking({ ask: 'resume' })).resolves.toMatchObject({ outcome: 'refused' });
      expect(monitor.trouble()).toBeUndefined();
    });

    it('leaves the socket of another live monitor alone, and says so until that has ended', async () => {
      const first = await listening();
      const second = await listening();
      expect(second.trouble()).toMatch(/another monitor of the same gateways listens at /);
      second.control.close();
      await expect(asking({ ask: 'resume' })).resolves.toMatchObject({ outcome: 'refused' });
      expect(first.trouble()).toBeUndefined();
    });

    it('never removes anything but a socket', async () => {
      writeFileSync(path(), 'precious');
      const monitor = await listening();
      expect(monitor.trouble()).toMatch(/cannot be replaced: it is no socket/);
      expect(existsSync(path())).toBe(true);
    });

    it('says why it cannot be opened', async () => {
      const monitor = new Monitor(folder.at('no/such/folder.sock'));
      monitors.push(monitor);
      await turns();
      expect(monitor.trouble()).toMatch(/cannot be opened: .*ENOENT|cannot be opened: .*EACCES/);
    });
  });

  describe('is asked in vain', () => {
    it('if there is no monitor', async () => {
      await expect(asking({ ask: 'status' })).rejects.toEqual(new NoAnswer('nobody'));
    });

    it.each([
      { what: 'something that is no JSON', sent: 'status\n' },
      { what: 'a request that is not known', sent: '{"ask":"explode"}\n' },
      { what: 'a pause without an end', sent: '{"ask":"pause"}\n' },
      { what: 'a request that is too long', sent: `{"ask":"recover","gateway":"${'x'.repeat(9_000)}"}\n` },
    ])('for $what: it is refused, and the connection is closed', async ({ sent }) => {
      const monitor = await listening();
      const socket = await connected();
      socket.write(sent);
      socket.setEncoding('utf8');
      const [answer] = (await once(socket, 'data')) as [string];
      expect(JSON.parse(answer)).toMatchObject({ outcome: 'refused' });
      await once(socket, 'close');
      expect(monitor.trouble()).toBeUndefined();
    });

    it('by one that never ends its line', async () => {
      await listening();
      const socket = await connected();
      socket.write('x'.repeat(LONGEST_REQUEST + 1));
      await expect(once(socket, 'close')).resolves.toBeDefined();
    });

    it('by more than it takes at a time, and others are served again when those have gone', async () => {
      await listening();
      await Promise.all(Array.from({ length: MOST_CONNECTIONS }, connected));
      const late = await connected();
      await once(late, 'close');
      sockets.splice(0).forEach((socket) => socket.destroy());
      await turns();
      await expect(asking({ ask: 'resume' })).resolves.toMatchObject({ outcome: 'refused' });
    });

    it('by more than twenty requests a second', async () => {
      await listening();
      const socket = await connected();
      socket.setEncoding('utf8');
      let text = '';
      socket.on('data', (chunk: string) => (text += chunk));
      socket.write('{"ask":"status"}\n'.repeat(30));
      await once(socket, 'close');
      expect(
        text
          .trim()
          .split('\n')
          .filter((line) => line.includes('"status":{')),
      ).toHaveLength(20);
      expect(text).toContain('Too many requests');
    });
  });
});
