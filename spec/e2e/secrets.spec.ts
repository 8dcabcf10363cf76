import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SECRETS } from '../marked-secrets.ts';
import { describeOnEngine } from './engine.ts';
import { messages } from './setting.ts';
import { type Gateway, createGateway, sites } from './stand-in/gateway.ts';
import { useScenario } from './scenario.ts';

const [SITE] = sites.ok;
const URL_WITH_PASSWORD = `https://user:${SECRETS.password}@site.example/`;

/**
 * `spec/no-secret-shown.ts` fails every test in which the output of a monitor contains a secret. Here they are where
 * users put them by mistake.
 */
describeOnEngine('a secret', (engine) => {
  const { startMonitor, startWatching } = useScenario(engine, { sharesContainers: true });
  let gateway: Gateway;

  beforeAll(async () => {
    gateway = await createGateway(engine, { name: 'gluetun', controlServer: { apiKey: SECRETS.apiKey } });
  });

  it('in the URLs of sites and in variables of other programs is masked in the log', async () => {
    const file = join(engine.folder, 'sites-with-password.conf');
    await writeFile(file, `${URL_WITH_PASSWORD}\n${SITE}\n`);
    const monitor = await startWatching({
      CONFIG_FILE: file,
      SITES: `${URL_WITH_PASSWORD},${SITE}`,
      APPRISE_URLS: `mailto://user:${SECRETS.password}@mail.example`,
      LOG_LEVEL: 'debug',
    });
    await writeFile(file, `${SITE}\n# a change\n${URL_WITH_PASSWORD}|timeout=4\n`);
    await monitor.waitForLine(/line 3: "https:\/\/\*{8}@site\.example\/\|timeout=4" is left out/);
    expect(messages(monitor)).toEqual(
      expect.arrayContaining([
        '[WARN] Sites, line 1: "https://********@site.example/" is left out: carries a user or password',
        '[WARN] Sites, entry 1: "https://********@site.example/" is left out: carries a user or password',
        expect.stringMatching(/^\[WARN\] APPRISE_URLS means nothing here/),
      ]),
    );
  });

  it('that Gluetun logs is masked where its words are repeated', async () => {
    const monitor = await startWatching({ LOG_LEVEL: 'debug' });
    await gateway.breakTunnel();
    const line = `ERROR [vpn] cannot parse ${URL_WITH_PASSWORD}, password: ${SECRETS.environment}; key ${SECRETS.apiKey}`;
    await gateway.exec('sh', '-c', 'printf "2026-11-22T18:00:00Z %s\\n" "$1" >/proc/1/fd/1', 'sh', line);
    const { text } = await monitor.waitForLine(/Gluetun says: /);
    expect(text).toMatch(/cannot parse https:\/\/\*{8}@site\.example\/, password: \*{8} key \*{8}$/);
    await monitor.waitForLine(/Recovery complete/, 60_000);
  });

  it.each(['check', 'config'])('is masked in what %s prints', async (command) => {
    const monitor = await startMonitor({ args: [command], env: { SITES: `${URL_WITH_PASSWORD},${SITE}` } });
    await expect(monitor.exit).resolves.toMatchObject({ code: 0 });
    expect(messages(monitor).join('\n')).toContain('https://********@site.example/');
  });

  it('is masked in what is said of variables that cannot be used', async () => {
    const monitor = await startMonitor({
      env: {
        GLUETUN_API_KEY: `"${SECRETS.apiKey}`,
        GLUETUN_API_URL: URL_WITH_PASSWORD,
        WITNESS: URL_WITH_PASSWORD,
        DOCKER_HOST: `tcp://user:${SECRETS.password}@docker.example:2376`,
        LOG_LEVEL: URL_WITH_PASSWORD,
      },
    });
    await expect(monitor.exit).resolves.toMatchObject({ code: 78 });
    expect(messages(monitor).filter((message) => message.includes('given "'))).toHaveLength(5);
  });

  it('in the file of a secret is not shown, nor one that is given in place of the path of the file', async () => {
    const monitor = await startMonitor({
      env: { GLUETUN_API_KEY: '', GLUETUN_API_KEY_FILE: SECRETS.apiKey },
    });
    await expect(monitor.exit).resolves.toMatchObject({ code: 78 });
    await monitor.waitForLine(/GLUETUN_API_KEY_FILE: given "\*{8}"; accepted: /);
    const file = join(engine.folder, 'key');
    await writeFile(file, `${SECRETS.apiKey}\n`);
    const watching = await startWatching({
      GLUETUN_API_KEY: '',
      GLUETUN_API_KEY_FILE: file,
      LOG_LEVEL: 'debug',
    });
    await watching.waitForLine(/Status: STARTUP \| IP: \d/);
    expect(messages(watching)).not.toContainEqual(expect.stringContaining('does not accept GLUETUN_API_KEY'));
  });
});
