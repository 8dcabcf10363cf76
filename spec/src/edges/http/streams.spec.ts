import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { Streams } from '../../../../src/edges/http/streams.ts';

/** A client that reads nothing unless it is told to. */
class Client extends EventEmitter {
  readonly written: string[] = [];
  writableLength = 0;
  isDestroyed = false;

  writeHead(): void {
    // Its headers are small.
  }

  write(bytes: Buffer): void {
    this.written.push(bytes.toString());
    this.writableLength += bytes.length;
  }

  read(): void {
    this.writableLength = 0;
    this.emit('drain');
  }

  destroy(): void {
    this.isDestroyed = true;
    this.emit('close');
  }
}

describe('a stream', () => {
  let status = '1';
  const options = { status: () => status, fingerprint: () => status, beat: () => '{}' };
  let streams: Streams;

  const opened = (): Client => {
    const client = new Client();
    streams.open(client as unknown as ServerResponse, {});
    return client;
  };
  const change = (to: string): void => {
    status = to;
    streams.change();
    jest.advanceTimersByTime(1_000);
  };

  beforeEach(() => {
    jest.useFakeTimers();
    status = '1';
    streams = new Streams(options);
  });
  afterEach(() => {
    streams.close();
    jest.useRealTimers();
  });

  it('gets no status as long as it has not taken the one before, and then the newest', () => {
    const client = opened();
    change('2');
    change('3');
    expect(client.written).toEqual(['event: status\ndata: 1\n\n']);
    client.read();
    expect(client.written.at(-1)).toBe('event: status\ndata: 3\n\n');
    client.read();
    expect(client.written).toHaveLength(2);
  });

  it('is dropped once it has left more than 256 KiB unread besides a status of any size', () => {
    status = '9'.repeat(1_000_000);
    const client = opened();
    const other = opened();
    for (let count = 0; count < 26; count++) {
      streams.tell('notice', 'x'.repeat(10_000));
      other.read();
    }
    expect(client.isDestroyed).toBe(false);
    streams.tell('notice', 'x'.repeat(10_000));
    streams.tell('notice', 'x'.repeat(10_000));
    expect(client.isDestroyed).toBe(true);
    expect(client.writableLength).toBeLessThan(1_000_000 + 300_000);
    expect(other.isDestroyed).toBe(false);
  });

  it('is dropped if it has read nothing for half a minute, and told every 15 s that all is the same', () => {
    const client = opened();
    const other = opened();
    other.read();
    for (let count = 0; count < 3; count++) {
      jest.advanceTimersByTime(15_000);
      other.read();
    }
    expect([client.isDestroyed, other.isDestroyed]).toEqual([true, false]);
    expect(other.written.slice(1)).toEqual(Array(3).fill(': still here\nevent: beat\ndata: {}\n\n'));
  });

  it('costs nothing once nobody watches', () => {
    opened().destroy();
    change('2');
    expect(jest.getTimerCount()).toBe(0);
  });
});
