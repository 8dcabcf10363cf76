import { type Observable, Subject, VirtualTimeScheduler, takeUntil } from 'rxjs';
import { EngineError } from '../../streams/engine.ts';
import { SimulatedEngine } from '../simulated-engine/engine.ts';
import { advance } from '../simulated-engine/virtual-time.ts';
import { EngineClient } from './engine-client.ts';

interface Heard {
  readonly values: unknown[];
  error?: unknown;
  completed?: true;
}

class ClientBench {
  readonly scheduler = new VirtualTimeScheduler();
  readonly engine = new SimulatedEngine(this.scheduler);
  readonly client = new EngineClient(this.engine, this.scheduler);

  constructor() {
    advance(this.scheduler, 1000);
    this.engine.create({ name: 'app' });
    this.engine.start('app');
    advance(this.scheduler, 1000);
  }

  /** All that is heard of a call. */
  readonly hears = (call$: Observable<unknown>): Heard => {
    const heard: Heard = { values: [] };
    call$.subscribe({
      next: (value) => heard.values.push(value),
      error: (error: unknown) => (heard.error = error),
      complete: () => (heard.completed = true),
    });
    advance(this.scheduler, 60_000);
    return heard;
  };
}

const DONE: Heard = { values: [], completed: true };

describe('the writes', () => {
  it('are done, and noted under the name of that moment', () => {
    const { engine, client, hears } = new ClientBench();
    const { id } = engine.get('app');
    const stop$ = client.stop(id);
    expect(hears(client.rename(id, 'old'))).toEqual(DONE);
    expect(hears(stop$)).toEqual(DONE);
    const made = hears(client.create('app', { Image: 'stand-in' }));
    expect(made).toEqual({ values: [engine.get('app').id], completed: true });
    expect(hears(client.start('app'))).toEqual(DONE);
    expect(hears(client.remove(id))).toEqual(DONE);

    expect(client.written).toEqual([
      'rename app to old',
      'stop old',
      'create app',
      'start app',
      'remove old',
    ]);
    expect(engine.containers.map(({ name, status }) => [name, status])).toEqual([['app', 'running']]);
  });

  it('are no failures where there is nothing to do', () => {
    const { client, hears } = new ClientBench();
    expect(hears(client.start('app'))).toEqual(DONE);
    expect(hears(client.stop('app'))).toEqual(DONE);
    expect(hears(client.stop('app'))).toEqual(DONE);
  });

  it.each<[string, (client: EngineClient) => Observable<unknown>, object]>([
    ['a name that is taken', (client) => client.create('app', { Image: 'stand-in' }), { status: 409 }],
    ['an image that is not there', (client) => client.create('new', { Image: 'nope' }), { status: 404 }],
    ['removing what runs', (client) => client.remove('app'), { status: 409 }],
    ['stopping what is not there', (client) => client.stop('nope'), { status: 404 }],
    ['renaming what is not there', (client) => client.rename('nope', 'new'), { status: 404 }],
  ])("fail in the engine's words, and as the monitor knows errors: %s", (_, call, error) => {
    const { client, hears } = new ClientBench();
    const heard = hears(call(client));
    expect(heard.error).toBeInstanceOf(EngineError);
    expect(heard.error).toMatchObject(error);
    expect(heard.values).toEqual([]);
  });
});

describe('the readings', () => {
  it('show images, changes and files', () => {
    const { engine, client, hears } = new ClientBench();
    const { id } = engine.images.add('app:1');
    expect(hears(client.inspectImage('app:1')).values).toMatchObject([{ Id: id }]);
    expect(hears(client.changes('app')).values).toEqual([null]);
    engine.get('app').files.set('/app.conf', { mode: 0o444 });
    expect(hears(client.changes('app')).values).toEqual([[{ Path: '/app.conf', Kind: 1 }]]);
    expect(hears(client.fileStat('app', '/app.conf')).values).toMatchObject([{ mode: 0o444 }]);
  });

  it.each<[string, (client: EngineClient) => Observable<unknown>]>([
    ['an image', (client) => client.inspectImage('nope')],
    ['a container', (client) => client.changes('nope')],
    ['a file', (client) => client.fileStat('app', '/nope')],
  ])('fail with 404 for %s that is not there', (_, call) => {
    const { client, hears } = new ClientBench();
    const { error } = hears(call(client));
    expect(error).toBeInstanceOf(EngineError);
    expect(error).toMatchObject({ status: 404 });
  });
});

describe('a call that is to fail', () => {
  it('does so once, without the engine having heard of it', () => {
    const { engine, client, hears } = new ClientBench();
    client.failNext(/^stop app$/, 'out of luck', 503);
    expect(hears(client.stop('app')).error).toMatchObject({ message: 'out of luck', status: 503 });
    expect(client.written).toEqual([]);
    expect(engine.get('app').status).toBe('running');
    expect(hears(client.stop('app'))).toEqual(DONE);
  });

  it('afterwards, has been done', () => {
    const { engine, client, hears } = new ClientBench();
    client.failNext(/^create new$/, 'out of luck', 500, { afterwards: true });
    const heard = hears(client.create('new', { Image: 'stand-in' }));
    expect(heard).toMatchObject({ values: [], error: { message: 'out of luck', status: 500 } });
    expect(client.written).toEqual(['create new']);
    expect(engine.find('new')).toBeDefined();
  });

  it('because its answer is lost, has been done and has no status', () => {
    const { engine, client, hears } = new ClientBench();
    client.loseAnswer(/^stop /);
    const { error } = hears(client.stop('app'));
    expect(error).toEqual(new EngineError('socket hang up'));
    expect(engine.get('app').status).toBe('exited');
  });
});

describe('around a write', () => {
  it('a spec may look, before and after', () => {
    const { engine, client, hears } = new ClientBench();
    const seen: string[] = [];
    client.beforeWrite = (call) => seen.push(`before ${call}: ${engine.get('app').status}`);
    client.afterWrite = (call) => seen.push(`after ${call}: ${engine.get('app').status}`);
    hears(client.stop('app'));
    expect(seen).toEqual(['before stop app: running', 'after stop app: exited']);
  });

  it('a monitor that is killed before it has not written', () => {
    const { engine, client, hears } = new ClientBench();
    const killed$ = new Subject<void>();
    client.beforeWrite = () => killed$.next();
    hears(client.stop('app').pipe(takeUntil(killed$)));
    expect(client.written).toEqual([]);
    expect(engine.get('app').status).toBe('running');
  });

  it('a monitor that is killed after it has written, and never hears of it', () => {
    const { engine, client, hears } = new ClientBench();
    const killed$ = new Subject<void>();
    client.afterWrite = () => killed$.next();
    const heard = hears(client.create('new', { Image: 'stand-in' }).pipe(takeUntil(killed$)));
    expect(heard.values).toEqual([]);
    expect(client.written).toEqual(['create new']);
    expect(engine.find('new')).toBeDefined();
  });

  it('nothing is told after what was refused', () => {
    const { client, hears } = new ClientBench();
    const told: string[] = [];
    client.afterWrite = (call) => told.push(call);
    hears(client.remove('app'));
    expect(told).toEqual([]);
  });
});
