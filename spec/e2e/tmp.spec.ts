import { describeOnEngine } from './engine.ts';
import { useMonitors } from './monitor.ts';
import { buildImages } from './stand-in/images.ts';
import { createSetting, cutOff, messages } from './setting.ts';

describeOnEngine('tmp', (engine) => {
  const start = useMonitors(engine);
  beforeAll(async () => buildImages(engine));
  it('recreates', async () => {
    const setting = await createSetting(engine);
    const monitor = await start({ env: { LOG_LEVEL: 'debug', SITES: 'http://127.0.0.1:8081/' } });
    await monitor.waitForLine(/Dependent containers \(auto/);
    await setting.gateway.restart();
    await monitor.waitForLine(/All dependent containers are/, 30_000);
    console.log(await cutOff(setting));
    await setting.gateway.recreate();
    await new Promise((r) => setTimeout(r, 20_000));
    console.log(messages(monitor).filter((m) => !/Site http/.test(m)).join('\n'));
  }, 60_000);
});
