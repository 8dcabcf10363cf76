import { describeOnEngine } from '../engine.ts';
import { EngineEvents } from '../engine-events.ts';
import { eventually } from '../eventually.ts';
import { removeContainers } from '../test-engine.ts';
import { createGateway, sites, type Gateway } from './gateway.ts';
import { buildImages } from './images.ts';

const [firstSite, secondSite] = sites.ok;
const [namedSite] = sites.named;

/** One probe as the monitor runs it; exits with wget's own code, or 137 on a timeout. */
const probe = async (gateway: Gateway, url: string): Promise<number> =>
  (await gateway.exec('timeout', '-s', 'KILL', '1', 'wget', '--spider', '-q', '-t1', url)).exitCode;

const WGET_NETWORK_FAILURE = 4;
const WGET_SERVER_ERROR = 8;
const KILLED_BY_TIMEOUT = 137;

describeOnEngine('the stand-in for Gluetun', (engine) => {
  let gateway: Gateway;
  let events: EngineEvents;

  beforeAll(async () => {
    await buildImages(engine);
    events = await EngineEvents.open(engine);
  });

  afterAll(() => events.close());

  describe('among its sites', () => {
    beforeAll(async () => {
      gateway = await createGateway(engine, { name: 'sites' });
    });

    afterAll(async () => removeContainers(engine));

    it.each([
      { meets: 'an answer', url: firstSite, exitCode: 0 },
      { meets: 'an answer, by host name', url: namedSite, exitCode: 0 },
      { meets: 'a 403', url: sites.forbidden, exitCode: WGET_SERVER_ERROR },
      { meets: 'a 503', url: sites.unavailable, exitCode: WGET_SERVER_ERROR },
      { meets: 'no answer', url: sites.hangs, exitCode: KILLED_BY_TIMEOUT },
      {
        meets: 'a redirection to a site that never answers',
        url: sites.redirectsIntoHang,
        exitCode: KILLED_BY_TIMEOUT,
      },
      { meets: 'endless headers', url: sites.endlessHeaders, exitCode: KILLED_BY_TIMEOUT },
      { meets: 'a black hole', url: sites.blackHole, exitCode: KILLED_BY_TIMEOUT },
      { meets: 'no TLS', url: sites.notTls, exitCode: WGET_NETWORK_FAILURE },
    ])('has one where a probe of $url meets $meets', async ({ url, exitCode }) => {
      await expect(probe(gateway, url)).resolves.toBe(exitCode);
    });

    it('has one with an endless body', async () => {
      const { exitCode } = await gateway.exec(
        'timeout',
        '-s',
        'KILL',
        '1',
        'wget',
        '-qO-',
        sites.endlessBody,
      );

      expect(exitCode).toBe(KILLED_BY_TIMEOUT);
    });
  });

  describe('as to its faults', () => {
    beforeEach(async () => {
      gateway = await createGateway(engine, { name: 'faults' });
    });

    afterEach(async () => removeContainers(engine));

    it('refuses every site while the tunnel is broken, until a restart', async () => {
      await gateway.breakTunnel();
      await expect(probe(gateway, firstSite)).resolves.toBe(WGET_NETWORK_FAILURE);

      await gateway.restart();
      await gateway.untilServing();
      await expect(probe(gateway, firstSite)).resolves.toBe(0);
    });

    it('can hang, and heal without a restart', async () => {
      await gateway.hangTunnel();
      await expect(probe(gateway, firstSite)).resolves.toBe(KILLED_BY_TIMEOUT);

      await gateway.heal();
      await expect(probe(gateway, firstSite)).resolves.toBe(0);
    });

    it('can stay broken across a restart', async () => {
      await gateway.setStaysBroken(true);
      await gateway.breakTunnel();
      await gateway.restart();
      await gateway.untilServing();

      await expect(probe(gateway, firstSite)).resolves.toBe(WGET_NETWORK_FAILURE);
    });

    it('can lose a single site, across restarts', async () => {
      await gateway.setSite(secondSite, 'refused');
      await gateway.restart();
      await gateway.untilServing();

      await expect(probe(gateway, firstSite)).resolves.toBe(0);
      await expect(probe(gateway, secondSite)).resolves.toBe(WGET_NETWORK_FAILURE);
    });

    it('can fail to resolve names, but still reach addresses', async () => {
      await gateway.loseDns();

      await expect(probe(gateway, namedSite)).resolves.toBe(WGET_NETWORK_FAILURE);
      await expect(probe(gateway, firstSite)).resolves.toBe(0);
    });

    it('can have a name server that never answers', async () => {
      await gateway.hangDns();

      await expect(probe(gateway, namedSite)).resolves.toBe(KILLED_BY_TIMEOUT);
    });

    it('can lose its wget', async () => {
      await gateway.removeWget();
      const { exitCode, output } = await gateway.exec('wget', '--version');

      // 127 since Docker 28.
      expect([126, 127]).toContain(exitCode);
      expect(output).toContain('executable file not found');
    });

    it('can crash, and its restart policy starts it again', async () => {
      await gateway.crash(3);
      const died = await events.waitFor('die', gateway);
      await events.waitFor('start', gateway, 5000, died);

      expect(died.attributes['exitCode']).toBe('3');
      expect(events.of(gateway.id).map(({ action }) => action)).not.toContain('kill');
    });

    it('can become unhealthy and healthy, with an event each', async () => {
      await events.waitFor('health_status: healthy', gateway);
      await gateway.setHealth('failing');
      const unhealthy = await events.waitFor('health_status: unhealthy', gateway);
      await gateway.setHealth('healthy');

      await expect(events.waitFor('health_status: healthy', gateway, 5000, unhealthy)).resolves.toBeDefined();
    });

    it('leaves no process of a probe behind', async () => {
      await probe(gateway, sites.hangs);
      await eventually('nothing but PID 1 and its listeners', async () => {
        const processes = await gateway.processes();
        return !processes.some(({ commandLine }) => commandLine.includes('wget') || commandLine === 'cat');
      });

      expect((await gateway.processes()).map(({ commandLine }) => commandLine)).toEqual(
        expect.arrayContaining([
          expect.stringContaining('/gluetun-entrypoint'),
          expect.stringContaining('nc -ll -p 8081'),
        ]),
      );
    });
  });

  describe('with its options', () => {
    afterEach(async () => removeContainers(engine));

    it('stops within half a second, with exit code 0', async () => {
      gateway = await createGateway(engine, { name: 'options' });
      const begun = performance.now();
      await gateway.stop();

      expect(performance.now() - begun).toBeLessThan(1000);
      expect((await gateway.inspect()).State.ExitCode).toBe(0);
    });

    it('can ignore SIGTERM', async () => {
      gateway = await createGateway(engine, { name: 'options', ignoresTerm: true });
      await gateway.stop(1);

      expect((await gateway.inspect()).State.ExitCode).toBe(137);
    });

    it('can have no health check', async () => {
      gateway = await createGateway(engine, { name: 'options', health: 'none' });

      expect((await gateway.inspect()).State.Health).toBeUndefined();
    });

    it('can take some seconds to become healthy', async () => {
      gateway = await createGateway(engine, { name: 'options', health: { afterSeconds: 3 } });
      const started = await events.waitFor('start', gateway);
      const healthy = await events.waitFor('health_status: healthy', gateway);

      expect(healthy.engineTimeMs - started.engineTimeMs).toBeGreaterThan(2000);
    });

    it('can use the wget of BusyBox', async () => {
      gateway = await createGateway(engine, { name: 'options', wget: 'busybox' });
      const { exitCode, output } = await gateway.exec('wget', '--spider', sites.forbidden);

      expect({ exitCode, output }).toEqual({
        exitCode: 1,
        output: expect.stringContaining('HTTP/1.1 403') as string,
      });
    });

    it('can take some time to connect', async () => {
      gateway = await createGateway(engine, { name: 'options', tunnelDelaySeconds: 1 });
      expect(await gateway.log()).not.toContain('Public IP');

      await eventually('the tunnel is up', async () => (await gateway.log()).includes('Public IP'));
      await expect(probe(gateway, firstSite)).resolves.toBe(0);
    });

    it('can write colours to a terminal', async () => {
      gateway = await createGateway(engine, { name: 'options', tty: true });

      expect(await gateway.log()).toContain(
        '\u001b[36mINFO\u001b[0m [vpn]'.replace('[vpn]', '[firewall] enabling...\r\n'),
      );
    });
  });
});
