import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createHistoryReader } from '../../src/edges/history/reader.ts';
import { describeAbsence, describeOnPrivateEngine } from './engine.ts';
import { eventually } from './eventually.ts';
import { FreezableDisk } from './freezable-disk.ts';
import type { MonitorProcess } from './monitor.ts';
import type { PrivateEngine } from './private-engine.ts';
import { createSetting, cutOff } from './setting.ts';
import { useScenario } from './scenario.ts';

const NAME = 'a hung disk with the log, the state and the history on it';

const suite = (engine: PrivateEngine): void => {
  let disk: FreezableDisk;
  // Must run first, as a monitor that waits for a frozen disk cannot be killed.
  afterEach(() => disk.thawIfFrozen());
  const { startWatching } = useScenario(engine);

  beforeAll(async () => {
    disk = await FreezableDisk.mount(engine.folder);
  });
  afterAll(async () => disk.dispose());

  const logFile = (): string => join(disk.folder, 'monitor.log');
  const stateFile = (): string => join(disk.folder, 'state.json');
  const historyFile = (): string => join(disk.folder, 'history.jsonl');
  const shownBy = (monitor: MonitorProcess): string => monitor.lines.map(({ text }) => `${text}\n`).join('');

  it('delays neither checks nor a recovery, and gets the missing data once it answers again', async () => {
    const setting = await createSetting(engine);
    const env = {
      LOG_LEVEL: 'debug',
      LOG_FILE: logFile(),
      STATE_FILE: stateFile(),
      HISTORY_FILE: historyFile(),
    };
    const monitor = await startWatching(env);
    disk.freeze();
    await setting.gateway.breakTunnel();
    const recovered = await monitor.waitForLine(/Recovery complete/, 40_000);
    await expect(cutOff(setting)).resolves.toEqual([]);
    await monitor.waitForLine(/Site .*: pass/, 15_000, recovered);
    await monitor.waitForLine(/Log file .*monitor\.log cannot be written \(it has not answered for 5 s\)/);
    await monitor.waitForLine(/State cannot be kept in .*state\.json: it has not answered for 2 s/);
    await monitor.waitForLine(/History cannot be kept in .*history\.jsonl: it has not answered for 5 s/);
    expect(await readFile(logFile(), 'utf8')).not.toContain('Recovery complete');

    disk.thaw();
    await monitor.waitForLine(/Log file .*monitor\.log is written again; no line is missing there/);
    await monitor.waitForLine(/State is kept in .*state\.json again/);
    await monitor.waitForLine(/History is kept in .*history\.jsonl again; nothing is missing there/);
    expect(JSON.parse(await readFile(stateFile(), 'utf8'))).toMatchObject({
      backoff: { gluetun: { attempts: 1 } },
      exits: {},
    });
    await monitor.stop();
    const { entries } = createHistoryReader(historyFile());
    const kinds = (await entries(0, 1_000)).map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining(['outageEnded', 'recoveryCompleted', 'historyNotWritten', 'historyWritten']),
    );
    await eventually('the log is as the console', async () => {
      return (await readFile(logFile(), 'utf8')) === shownBy(monitor);
    });
  });
};

const whyNot = FreezableDisk.whyNot();
if (whyNot === undefined) describeOnPrivateEngine(NAME, suite);
else describeAbsence(NAME, { reason: whyNot });
