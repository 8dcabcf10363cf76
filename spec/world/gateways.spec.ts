import { THREE, World, type WorldOptions, dependent } from './world.ts';

const HERS = [dependent('us1', 'gluetun-us'), dependent('us2', 'us1')];
const OWN_SITES = [
  { url: 'https://one.example/', gateway: 'gluetun' },
  { url: 'https://two.example/', gateway: 'gluetun-us', timeoutSeconds: 60 },
];

/** One command to a gateway or its dependents, from its beginning to its end. */
interface Window {
  readonly whose: string;
  readonly call: string;
  readonly from: number;
  to: number;
}

const whoseIs = (call: string): string => {
  const name = call.replace(/^\w+ /, '');
  if (name.startsWith('gluetun')) return name;
  return `dependents of ${name.startsWith('us') ? 'gluetun-us' : 'gluetun'}`;
};

describe('two gateways, under virtual time', () => {
  let world: World;
  let windows: Window[];

  const running = (options: WorldOptions = {}): World => {
    world = new World({ more: { 'gluetun-us': {} }, ...options }).populate([...THREE, ...HERS]);
    windows = [];
    world.client.beforeWrite = (call) => windows.push(begun(call));
    world.client.afterWrite = (call) => end(call);
    return world.startMonitor();
  };
  const begun = (call: string): Window => ({
    whose: whoseIs(call),
    call,
    from: world.now,
    to: Infinity,
  });
  const end = (call: string): void => {
    const window = windows.findLast((one) => one.call === call);
    if (window !== undefined) window.to = world.now;
  };

  afterEach(() => world.end());

  const her = (): NonNullable<World['standIns'][string]> => {
    const standIn = world.standIns['gluetun-us'];
    if (standIn === undefined) throw new Error('there is no second gateway');
    return standIn;
  };

  const expectOneAtATime = (): void =>
    expect(
      windows.filter((window) =>
        windows.some(
          (other) => other.whose !== window.whose && other.from < window.to && window.from < other.to,
        ),
      ),
    ).toEqual([]);

  it('are both recovered if they fail at the same time, with one command at a time', () => {
    running();
    world.standIn.breakTunnel();
    her().breakTunnel();
    world.untilSaid(/^gluetun: Recovery complete/).untilSaid(/^gluetun-us: Recovery complete/);
    expect(world.cutOff()).toEqual([]);
    expect([...world.client.written].sort()).toEqual([
      'restart app1',
      'restart app2',
      'restart app3',
      'restart gluetun',
      'restart gluetun-us',
      'restart us1',
      'restart us2',
    ]);
    expectOneAtATime();
  });

  it.each([
    ['hangs in its check', (): void => her().hangTunnel()],
    ['is paused', (): void => void world.engine.pause('gluetun-us')],
    ['is gone', (): void => void world.engine.remove('gluetun-us', { force: true })],
    ['cannot be probed', (): void => her().removeWget()],
  ])(
    'do not delay each other: if one %s, a failure of the other is detected as soon as if it were alone',
    (_, given) => {
      const detection = (happens: () => void): number => {
        running({ sites: OWN_SITES });
        happens();
        world.pass(35_000).standIn.breakTunnel();
        const at = world.now;
        world.untilSaid(/^gluetun: Health check failed/);
        expect(world.said(/^gluetun-us: .*(recovery|Restarting)/)).toEqual([]);
        return world.now - at;
      };
      const alone = detection(() => undefined);
      world.dispose();
      expect(detection(given)).toBe(alone);
    },
  );

  it('have separate backoffs if one of them stays broken', () => {
    running({ more: { 'gluetun-us': { healedByRestart: false } }, sites: OWN_SITES });
    her().breakTunnel();
    world.pass(6 * 3600_000).standIn.breakTunnel();
    world.untilSaid(/^gluetun: Why: .*; recovery 1 since all was well/, 120_000);
    world.untilSaid(/^gluetun: Recovery complete/);
    expect(world.said(/^gluetun-us: Why: .*; recovery [6-9] since all was well/)).not.toEqual([]);
    expect(world.said(/^gluetun: No recovery/)).toEqual([]);
    expect(world.memory.backoff['gluetun']).toMatchObject({ attempts: 1 });
    expectOneAtATime();
  });

  it('are independent: if an operator stops one, it stays down and the other is still recovered', () => {
    running();
    world.engine.stop('gluetun-us');
    world.untilSaid(/^gluetun-us: gluetun-us was stopped/);
    world.standIn.breakTunnel();
    world.untilSaid(/^gluetun: Recovery complete/).pass(3600_000);
    expect(world.client.written).toEqual(['restart gluetun', 'restart app1', 'restart app3', 'restart app2']);
  });

  it('are independent: if one is re-created, only its own dependents are re-created', () => {
    running();
    world.recreateGateway('gluetun-us');
    world.untilSaid(/^gluetun-us: All dependent containers are on the network of gluetun-us$/);
    expect(
      world.client.written.filter(
        (call) => /app|gluetun/.test(call) && !call.includes('orphan-of-gluetun-us'),
      ),
    ).toEqual([]);
    expect(world.cutOff()).toEqual([]);
  });

  it("can be chained: a gateway on the other's network keeps its own dependents, which wait until it is ready", () => {
    world = new World({ more: { 'gluetun-us': {} } });
    const inner = { ...dependent('gluetun-us', 'gluetun'), image: 'gluetun', workload: her() };
    for (const spec of [world.gateway, inner, dependent('us1', 'gluetun-us')]) {
      world.engine.create(spec);
      world.engine.start(spec.name);
      world.pass(10_000);
    }
    world.startMonitor().pass(60_000).engine.restart('gluetun');
    world.until(() => world.client.written.length === 2).pass(60_000);
    expect(world.client.written).toEqual(['restart gluetun-us', 'restart us1']);
    expect(world.said(/^gluetun: Dependent containers \(auto-discovery\): gluetun-us$/)).toHaveLength(1);
    const [ready, begun] = [/^gluetun-us: gluetun-us is healthy after 0/, /Restarting us1/].map((line) =>
      world.lines.findIndex(({ message }) => line.test(message)),
    );
    expect(begun).toBeGreaterThan(ready ?? Infinity);
    expect(world.cutOff()).toEqual([]);
  });
});

describe('a gateway on the network of an unwatched container', () => {
  it('still has its dependents put back', () => {
    const world = new World();
    const gateway = { ...world.gateway, networkMode: 'container:infra' };
    for (const spec of [{ name: 'infra' }, gateway, dependent('app', 'gluetun')]) {
      world.engine.create(spec);
      world.engine.start(spec.name);
      world.pass(10_000);
    }
    world.startMonitor().pass(60_000).engine.restart('gluetun');
    world.untilSaid(/^app restarted successfully$/);
    expect(() => world.end()).not.toThrow();
  });
});
