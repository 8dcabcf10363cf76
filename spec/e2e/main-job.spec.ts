import { describeOnEngine } from './engine.ts';
import { SITES, createSetting, cutOff, messages } from './setting.ts';
import { useEvents, useScenario } from './scenario.ts';

/** The lines of one wave, in any order. */
const fourTimes = (pattern: RegExp): unknown[] =>
  Array.from({ length: 4 }, () => expect.stringMatching(pattern) as unknown);

const DISCOVERING = '[INFO] Discovering and restarting dependent containers...';

/** Without health checks, a check may pass before the gateway's log has named the new endpoint. */
function withEndpointFirst(story: readonly string[]): readonly string[] {
  const isNew = (message: string): boolean => message.startsWith('[ENDPOINT] Status: NEW');
  const others = story.filter((message) => !isNew(message));
  return others.toSpliced(others.indexOf(DISCOVERING), 0, ...story.filter(isNew));
}

/** The only story on an engine that `npm test` plays. */
describeOnEngine('the main job', (engine) => {
  const { startMonitor } = useScenario(engine);
  const events = useEvents(engine);

  it('recovers a broken tunnel and puts every dependent back, with the log lines that users search for', async () => {
    const setting = await createSetting(engine);
    // If it broke during a check, some sites would be down before others. So it breaks right after one, when no event
    // of Docker can lead to another check early.
    const hasHealthchecks = engine.hasHealthchecks !== false;
    if (hasHealthchecks) await events.waitFor('health_status: healthy', setting.gateway);
    const monitor = await startMonitor({ env: { SITES, LOG_LEVEL: 'debug' } });
    const [one, two, three] = SITES.split(',') as [string, string, string];
    // Without health checks, it is the first check that makes the gateway ready, and another follows at once.
    const ready = hasHealthchecks ? undefined : await monitor.waitForLine(/gluetun is healthy/);
    for (const site of [one, two, three])
      await monitor.waitForLine(new RegExp(`Site ${site}: pass`), undefined, ready);
    await monitor.waitForLine(/Status: STARTUP/);
    await setting.gateway.breakTunnel();
    await monitor.waitForLine(/Recovery complete/, 40_000);

    await expect(cutOff(setting)).resolves.toEqual([]);
    const reached = (site: string): string =>
      `[WARN] Site ${site} failed 2 consecutive times - THRESHOLD REACHED - Network failure (DNS or connection): connection refused`;
    const said = messages(monitor).filter((message) => !/^\[DEBUG\]|The engine is Podman/.test(message));
    expect(said.slice(0, 5)).toEqual([
      '[INFO] Gluetun Monitor starting...',
      '[INFO] Config: CHECK_INTERVAL=5s, TIMEOUT=2s, FAIL_THRESHOLD=2',
      `[INFO] Sites: ${one}, ${two}, ${three}`,
      '[INFO] Monitoring container: gluetun',
      '[INFO] Dependent containers (auto-discovery): app1,app2,app3,app4,app5',
    ]);
    const story = said.slice(said.indexOf(reached(one)));
    expect(hasHealthchecks ? story : withEndpointFirst(story)).toEqual([
      reached(one),
      reached(two),
      reached(three),
      expect.stringMatching(
        /^\[ENDPOINT\] Status: FAILING \| IP: 203\.0\.113\.7 \| Country: Netherlands \| City: Amsterdam \| VPN Server: 172\.31\.77\.10:51820 \| Reason: Site connectivity test failed$/,
      ),
      `[WARN] Failed sites (exceeded threshold): ${one}, ${two}, ${three}`,
      expect.stringMatching(/^\[WARN\] Why: 3 of 3 critical sites down, and SITE_QUORUM=any asks for 1; /),
      '[WARN] Health check failed, initiating recovery...',
      '[INFO] Restarting gluetun to force new endpoint...',
      expect.stringMatching(/^\[INFO\] gluetun is healthy after [\d.]+s/),
      expect.stringMatching(
        /^\[ENDPOINT\] Status: NEW \| IP: 198\.51\.100\.24 \| Country: Switzerland \| City: Zürich \| .* \| Reason: After restart$/,
      ),
      DISCOVERING,
      expect.stringMatching(/^\[INFO\] The tunnel of gluetun works again after [\d.]+s: /),
      '[INFO] Discovered dependent containers: app1,app2,app3,app4,app5',
      ...fourTimes(/^\[INFO\] Restarting app[1245]\.\.\.$/),
      ...fourTimes(/^\[INFO\] app[1245] restarted successfully$/),
      '[INFO] Restarting app3...',
      '[INFO] app3 restarted successfully',
      '[INFO] Dependent container restart complete',
      expect.stringMatching(/^\[INFO\] Recovery complete \(took [\d.]+s\)$/),
    ]);
  });
});
