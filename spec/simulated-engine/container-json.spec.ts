import { recordedAnswer } from '../transcripts.ts';
import { Bench } from './bench.ts';
import { statusText } from './container-json.ts';

interface Inspection {
  readonly State: object & { readonly Health?: object };
  readonly Config: object & { readonly Hostname: string; readonly Domainname: string };
  readonly HostConfig: object;
  readonly ResolvConfPath: string;
}

const inspectionOf = (bench: Bench, name: string): Inspection => bench.engine.inspect(name) as Inspection;

describe('an inspection has the keys of a real one', () => {
  it.each([
    ['gluetun', 'inspect-healthy'],
    ['app', 'inspect-dependent'],
  ])('%s', (name, recorded) => {
    const simulated = inspectionOf(new Bench(), name);
    const real = recordedAnswer(recorded) as Inspection;
    expect(Object.keys(simulated)).toEqual(Object.keys(real));
    expect(Object.keys(simulated.State)).toEqual(Object.keys(real.State));
    expect(Object.keys(simulated.HostConfig)).toEqual(Object.keys(real.HostConfig));
    expect(Object.keys(simulated.State.Health ?? {})).toEqual(Object.keys(real.State.Health ?? {}));
    expect(Object.keys(real.Config)).toEqual(expect.arrayContaining(Object.keys(simulated.Config)));
  });

  it('a dependent shows the host name and the files of its owner', () => {
    const bench = new Bench();
    const owner = bench.engine.get('gluetun').id;
    const { Config, ResolvConfPath } = inspectionOf(bench, 'app');
    expect(Config.Hostname).toBe(owner.slice(0, 12));
    expect(ResolvConfPath).toContain(owner);
  });

  it('a dependent shows a name of its own until it has joined its owner', () => {
    const bench = new Bench();
    const body = { Hostname: 'vpn', Domainname: 'example.org' };
    bench.engine.create({ name: 'other', body });
    bench.addDependent('late', 'other');
    const { id } = bench.engine.get('late');
    expect(inspectionOf(bench, 'late').Config).toMatchObject({ Hostname: id.slice(0, 12), Domainname: '' });

    bench.does(bench.engine.start('other'));
    bench.does(bench.engine.start('late'));
    expect(inspectionOf(bench, 'late').Config).toMatchObject(body);
  });
});

describe('a listing', () => {
  it('has the keys of a real one, newest first', () => {
    const simulated = new Bench().engine.list({ all: true });
    const real = recordedAnswer('list') as object[];
    expect(simulated.map((entry) => Object.keys(entry))).toEqual(real.map((entry) => Object.keys(entry)));
    expect(simulated).toMatchObject([{ Names: ['/app'] }, { Names: ['/gluetun'] }]);
  });

  it('shows what runs, or all, or what has a state', () => {
    const bench = new Bench();
    bench.does(bench.engine.stop('app'));
    const exited = new Map([['status', ['exited']]]);
    expect(bench.engine.list()).toMatchObject([{ Names: ['/gluetun'] }]);
    expect(bench.engine.list({ all: true })).toHaveLength(2);
    expect(bench.engine.list({ filters: exited })).toMatchObject([{ Names: ['/app'], State: 'exited' }]);
  });

  it.each([
    [{ name: ['glue'] }, ['/gluetun']],
    [{ name: ['^/app$'] }, ['/app']],
    [{ health: ['healthy'] }, ['/gluetun']],
    [{ label: ['none-such'] }, []],
  ])('filtered by %j', (filters, names) => {
    const listed = new Bench().engine.list({ filters: new Map(Object.entries(filters)) });
    expect(listed).toMatchObject(names.map((name) => ({ Names: [name] })));
    expect(listed).toHaveLength(names.length);
  });

  it('refuses a filter it does not know', () => {
    const { engine } = new Bench();
    expect(() => engine.list({ filters: new Map([['netmode', ['x']]]) })).toThrow("Invalid filter 'netmode'");
    expect(() => engine.list({ filters: new Map([['status', ['bogus']]]) })).toThrow(
      "Invalid filter 'status=bogus'",
    );
  });
});

describe('the state in words', () => {
  it.each([
    ['gluetun', 'Up 4 seconds (healthy)', () => undefined],
    ['gluetun', 'Up 4 seconds (Paused)', ({ engine, does }: Bench) => does(engine.pause('gluetun'))],
    ['gluetun', 'Restarting (137) Less than a second ago', ({ engine }: Bench) => engine.crash('gluetun')],
    ['app', 'Exited (0) Less than a second ago', ({ engine, does }: Bench) => does(engine.stop('app'))],
    [
      'gluetun',
      'Up Less than a second (health: starting)',
      ({ engine, does }: Bench) => does(engine.restart('gluetun')),
    ],
  ])('%s: %s', (name, words, act) => {
    const bench = new Bench();
    bench.advance(1000);
    act(bench);
    expect(statusText(bench.engine.get(name), bench.scheduler.frame)).toBe(words);
  });
});
