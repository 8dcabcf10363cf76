import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { SECRETS } from '../marked-secrets.ts';
import { accessibilityFaults, findChromium, startBrowser } from '../lab/page/browser.ts';
import { SCENES } from '../lab/page/made-up.ts';
import { bindToThisProcess } from './bound-process.ts';
import { describeAbsence, describeOnEngine } from './engine.ts';
import type { MonitorProcess } from './monitor.ts';
import { useScenario } from './scenario.ts';
import { createSetting } from './setting.ts';
import type { TestEngine } from './test-engine.ts';

/** What a page has asked for and complained of since it was opened. */
class Watched {
  readonly faults: string[] = [];
  readonly asked: string[] = [];
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warn') this.faults.push(message.text());
    });
    page.on('pageerror', (error) => this.faults.push(String(error)));
    page.on('request', (request) => this.asked.push(request.url()));
  }

  /** Waits until the page shows it. */
  async sees(selector: string, text: string, mostMs = 40_000): Promise<void> {
    const isShown = `[...document.querySelectorAll(${JSON.stringify(selector)})].some((one) => one.textContent.includes(${JSON.stringify(text)}))`;
    await this.page.waitForFunction(isShown, { timeout: mostMs });
  }
}

/** `PAGE_SHOTS=folder`: pictures to look at, at both widths and in both themes. */
async function takePictures({ page }: Watched, name: string): Promise<void> {
  const folder = process.env['PAGE_SHOTS'];
  if (folder === undefined) return;
  for (const width of [390, 1280])
    for (const theme of ['light', 'dark']) {
      await page.setViewport({ width, height: 844 });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
      await page.screenshot({ fullPage: true, path: `${folder}/${name}-${String(width)}-${theme}.png` });
    }
}

function useBrowser(): () => Promise<Watched> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  }, 30_000);
  afterAll(async () => browser.close());
  return async () => new Watched(await browser.newPage());
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const describeWithChromium = (name: string, body: (engine: TestEngine) => void): void =>
  findChromium() === undefined
    ? describeAbsence(name, { reason: 'needs chromium' })
    : describeOnEngine(name, body);

describeWithChromium('the page', (engine) => {
  const { startWatching } = useScenario(engine);
  const openTab = useBrowser();

  async function served(
    env: Readonly<Record<string, string>> = {},
  ): Promise<{ monitor: MonitorProcess; url: string }> {
    const address = `127.0.0.1:${String(await freePort())}`;
    const monitor = await startWatching({ HTTP_ADDRESS: address, ...env });
    await monitor.waitForLine(/The page is served at/);
    return { monitor, url: `http://${address}/` };
  }

  it('shows a whole recovery as it happens, to whoever has logged in', async () => {
    const { gateway } = await createSetting(
      engine,
      // Its restart takes ten seconds, so that there is something to see.
      { ignoresTerm: true },
      { app1: 'gluetun', app2: 'gluetun' },
    );
    const { monitor, url } = await served({ HTTP_TOKEN: SECRETS.httpToken, LOG_LEVEL: 'debug' });
    const entrance = await openTab();
    await entrance.page.goto(url);
    await expect(accessibilityFaults(entrance.page)).resolves.toEqual([]);
    await takePictures(entrance, 'log-in');
    await entrance.page.type('#token', SECRETS.httpToken);
    await Promise.all([entrance.page.waitForNavigation(), entrance.page.keyboard.press('Enter')]);

    const tab = await openTab();
    await tab.page.goto(url);
    await tab.sees('h1', 'All is well.');
    await tab.sees('.dependent', 'app1');
    await tab.page.evaluate('window.isTheSame = true');
    await takePictures(tab, 'well');
    await expect(accessibilityFaults(tab.page)).resolves.toEqual([]);

    await gateway.breakTunnel();
    await tab.sees('h1', 'The tunnel of gluetun is broken.');
    await tab.sees('.recovery .steps', 'Restarting the gateway');
    await takePictures(tab, 'recovery');
    await expect(accessibilityFaults(tab.page)).resolves.toEqual([]);
    await monitor.waitForLine(/Recovery complete/, 60_000);
    await tab.sees('h1', 'All is well.');
    await tab.sees('.timeline li', 'Recovery complete');
    expect(await tab.page.$('.recovery')).toBeNull();
    await tab.page.click('.site summary');
    await takePictures(tab, 'after');
    await expect(tab.page.title()).resolves.toBe('✓ All is well.');

    await expect(tab.page.evaluate('window.isTheSame')).resolves.toBe(true);
    expect(tab.faults).toEqual([]);
    expect(tab.asked.filter((one) => !one.startsWith(url) && !one.startsWith('data:'))).toEqual([]);
    expect(monitor.linesMatching(/GET \/events from 127\.0\.0\.1: 200/).length).toBeGreaterThan(0);
  }, 150_000);

  it('says at once that the monitor is gone, and goes on when it is back', async () => {
    await createSetting(engine, {}, { app1: 'gluetun' });
    const { monitor, url } = await served();
    const tab = await openTab();
    await tab.page.goto(url);
    await tab.sees('h1', 'All is well.');
    await monitor.stop('SIGKILL');
    await tab.sees('.connection', 'connection lost', 2_000);
    await tab.sees('.connection', 'lost, 2 s', 5_000);
    await takePictures(tab, 'lost');
    await startWatching({ HTTP_ADDRESS: new URL(url).host });
    await tab.sees('.connection', 'live');
    await tab.sees('h1', 'All is well.');
    expect(await tab.page.$('body.lost')).toBeNull();
  }, 90_000);
});

describeWithChromium('the page of a made-up state', () => {
  const openTab = useBrowser();
  let program: ChildProcess;
  let url = '';

  beforeAll(async () => {
    const [command, args] = bindToThisProcess(process.execPath, [
      join(__dirname, '../../dist/page.js'),
      '--port',
      '0',
    ]);
    program = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(program.stdout ?? program, 'data')) as [Buffer];
    url = line.toString().split('/calm/')[0] ?? '';
  });
  afterAll(() => program.kill());

  const looks = SCENES.flatMap((scene) => [
    { scene, width: 390, theme: 'dark' },
    { scene, width: 1280, theme: 'light' },
  ]);

  it.each(looks)('is there for everybody: $scene at $width px, $theme', async ({ scene, width, theme }) => {
    const { page, faults } = await openTab();
    await page.setViewport({ width, height: 844 });
    await page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: theme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
    ]);
    await page.goto(`${url}/${scene}/`);
    await page.waitForSelector('.timeline');
    // Everything that opens.
    for (let depth = 0; depth < 2; depth++)
      await page.evaluate(
        'document.querySelectorAll("summary").forEach((one, at) => at < 6 && one.parentElement.open || one.click())',
      );
    await expect(accessibilityFaults(page)).resolves.toEqual([]);
    await expect(page.evaluate('document.documentElement.scrollWidth')).resolves.toBeLessThanOrEqual(width);
    expect(faults).toEqual([]);
    await page.close();
  });

  it.each(SCENES)('does not move while it is live: %s', async (scene) => {
    const { page } = await openTab();
    await page.goto(`${url}/${scene}/`);
    await page.waitForSelector('.timeline');
    await page.evaluate(
      'window.moved = 0; new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.moved += value))).observe({ type: "layout-shift" })',
    );
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    await expect(page.evaluate('window.moved')).resolves.toBe(0);
    await page.close();
  });
});
