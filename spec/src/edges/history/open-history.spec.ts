import { readFileSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { EdgeEvent } from '../../../../streams/events.ts';
import { type History, openHistory } from '../../../../src/edges/history/open-history.ts';
import type { HistoryEntry } from '../../../../src/edges/history/entry.ts';
import { TemporaryFolder } from '../../../config/temporary-folder.ts';
import { World } from '../../../world/world.ts';

/** The wall clock is ahead of the simulated one, which begins in 1970. */
const AHEAD_MS = Date.parse('2026-06-30T10:00:00.000Z');
const HOUR_MS = 3_600_000;
jest.setTimeout(30_000);

describe('the history of a monitor', () => {
  const folder = new TemporaryFolder();
  let world: World;
  let events: EdgeEvent[];
  let troubles: string[];
  beforeEach(() => {
    events = [];
    troubles = [];
  });
  afterEach(() => world.end());

  const opened = (file = folder.at('history.jsonl')): History =>
    openHistory(
      { file, days: 90 },
      {
        scheduler: world.scheduler,
        wall: () => AHEAD_MS + world.now,
        secrets: [],
        troubleOf: (store) => ({
          failed: (reason) => troubles.push(`${store}: ${reason}`),
          recovered: () => troubles.push(`${store} works`),
        }),
        report: (event) => events.push(event),
      },
    );
  const begin = (file?: string): History => {
    const history = opened(file);
    world.edges.push(...history.edges);
    world.populate().startMonitor();
    return history;
  };
  const allOf = async (history: History): Promise<readonly HistoryEntry[]> => {
    await history.close();
    return history.reader.entries(0, 10_000);
  };
  const told = (entries: readonly HistoryEntry[]): readonly HistoryEntry[] =>
    entries.filter(({ level }) => level !== 'debug');

  it('tells of an outage, with its cause and how long it lasted, and of what was done', async () => {
    world = new World();
    const history = begin();
    world.pass(60_000).standIn.breakTunnel();
    world.untilSaid(/^Recovery complete/, 300_000);
    const entries = await allOf(history);
    const kinds = entries.map(({ kind }) => kind);
    expect(kinds).toEqual(
      expect.arrayContaining([
        'siteDown',
        'recoveryDecided',
        'gatewayRestartBegun',
        'gatewayReady',
        'outageEnded',
        'dependentRepaired',
        'endpoint',
        'recoveryCompleted',
      ]),
    );
    expect(kinds.filter((kind) => /^(configRead|sitesRead|siteProbed|dependentsFound)$/.test(kind))).toEqual(
      [],
    );
    const outage = entries.find(({ kind }) => kind === 'outageEnded');
    expect(outage).toMatchObject({
      gateway: 'gluetun',
      cause: 'sites',
      sites: ['https://one.example/', 'https://two.example/', 'https://three.example/'],
      level: 'info',
    });
    expect(outage?.['lastedMs']).toBeGreaterThan(500);
    expect(outage?.time).toMatch(/^2026-06-30T10:/);
    expect(entries.filter(({ kind }) => kind === 'conditionEnded')).toContainEqual(
      expect.objectContaining({ condition: 'siteDown', lastedMs: expect.any(Number) as number }),
    );
  });

  it('is a few lines if nothing happens for hours', async () => {
    world = new World();
    const history = begin();
    world.pass(6 * HOUR_MS);
    expect(told(await allOf(history)).map(({ kind }) => kind)).toEqual(['endpoint']);
  });

  it('is left out, with one word about it, if the disk is full; nothing waits for it', async () => {
    world = new World();
    const history = begin('/dev/full');
    world.pass(60_000).standIn.breakTunnel();
    world.untilSaid(/^Recovery complete/, 300_000);
    await history.close();
    // Virtual time runs ahead of the real disk, so the reason may be that it has not answered.
    expect(troubles).toEqual([expect.stringMatching(/^history: /)]);
  });

  it('has lines set aside that cannot be read, and says so', async () => {
    world = new World();
    const file = folder.file('history.jsonl', 'rubbish\n');
    const history = begin(file);
    await history.close();
    expect(events).toEqual([
      { type: 'linesSetAside', at: world.now, path: file, lines: 1, setAsideAs: `${file}.corrupt` },
    ]);
  });

  describe('counts', () => {
    const lines = (): readonly Record<string, unknown>[] =>
      readFileSync(folder.at('statistics.jsonl'), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    /** Until the file has been read. */
    const statisticsOf = async (history: History) => {
      while (Object.keys(history.statistics()).length === 0) await pause(5);
      return history.statistics()['gluetun'];
    };

    it('each hour in a line, with what has been counted of the last one at the end', async () => {
      world = new World();
      const history = begin();
      world.pass(90 * 60_000);
      await history.close();
      expect(lines().map(({ time, span, gateway }) => [time, span, gateway])).toEqual([
        ['2026-06-30T10:00:00.000Z', 'hour', 'gluetun'],
        ['2026-06-30T11:00:00.000Z', 'hour', 'gluetun'],
      ]);
      const seconds = lines().map((line) => line['seconds'] as Record<string, number>);
      const up = seconds.reduce((sum, one) => sum + (one['up'] ?? 0), 0);
      expect(up).toBeGreaterThan(89 * 60);
      expect(up).toBeLessThanOrEqual(90 * 60 + 2);
      expect(statSync(folder.at('statistics.jsonl')).size).toBeLessThan(2_000);
    });

    it('go on after a restart of the monitor', async () => {
      world = new World();
      const first = begin();
      world.pass(20 * 60_000).standIn.breakTunnel();
      world.untilSaid(/^Recovery complete/, 300_000);
      world.pass(60_000).shutDownMonitor();
      await first.close();
      const second = opened();
      world.edges.splice(0, world.edges.length, ...second.edges);
      world.startMonitor().pass(60_000);
      const statistics = await statisticsOf(second);
      expect(statistics).toMatchObject({ recoveries_24h: 1, recoveries_30d: 1, advice: [] });
      expect(statistics?.availability_24h).toBeGreaterThan(0.9);
      expect(statistics?.availability_24h).toBeLessThan(1);
      expect(statistics?.sites.map(({ name }) => name)).toEqual([
        'https://one.example/',
        'https://two.example/',
        'https://three.example/',
      ]);
      await second.close();
    });
  });
});
