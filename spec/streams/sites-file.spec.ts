import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Subscription, asyncScheduler } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { type SitesFileText, readSitesFile } from '../../config/resolve-sites.ts';
import type { SitesEvent } from '../../streams/events.ts';
import { type SitesFileSource, sitesFile$ } from '../../streams/sites-file.ts';
import { TemporaryFolder } from '../config/temporary-folder.ts';
import { eventually } from '../e2e/eventually.ts';
import { advance } from '../simulated-engine/virtual-time.ts';

const folder = new TemporaryFolder();
let subscription: Subscription | undefined;
afterEach(() => subscription?.unsubscribe());

const watched = (
  path: string,
  scheduler = asyncScheduler as never,
  { inlineSites = '', read }: Partial<Pick<SitesFileSource, 'inlineSites' | 'read'>> = {},
): SitesEvent[] => {
  const events: SitesEvent[] = [];
  const source = {
    path,
    initialText: readSitesFile(path),
    inlineSites,
    timeoutSeconds: 10,
    gateways: ['gluetun'],
    ...(read && { read }),
  };
  subscription = sitesFile$(source, scheduler).subscribe((event) => events.push(event));
  return events;
};
const said = (event: SitesEvent | undefined): string =>
  event?.type === 'sitesChanged' ? event.sites.map(({ name }) => name).join() : (event?.reason ?? 'nothing');

describe('sitesFile$, when its folder changes,', () => {
  const next = async (events: SitesEvent[], count = 1): Promise<string> => {
    await eventually(`${count} event(s)`, () => events.length >= count, 4_000);
    expect(events).toHaveLength(count);
    return said(events.at(-1));
  };

  it('emits the sites of a file that was changed in place', async () => {
    const events = watched(folder.file('sites.conf', 'https://a.example\n'));
    folder.file('sites.conf', 'https://b.example\n');
    expect(await next(events)).toBe('https://b.example');
  });

  it('emits the sites of a file that is repeatedly replaced by a rename, as editors do', async () => {
    const path = folder.file('sites.conf', 'https://a.example\n');
    const events = watched(path);
    for (const [index, name] of ['b', 'c', 'd'].entries()) {
      renameSync(folder.file('sites.conf~', `https://${name}.example\n`), path);
      expect(await next(events, index + 1)).toBe(`https://${name}.example`);
    }
  });

  it('reports a deleted file, and emits its sites when it is back', async () => {
    const path = folder.file('sites.conf', 'https://a.example\n');
    const events = watched(path);
    rmSync(path);
    expect(await next(events)).toBe(`${path} is gone`);
    writeFileSync(path, 'https://a.example\n');
    expect(await next(events, 2)).toBe('https://a.example');
  });

  it('emits one event for several steps of one change', async () => {
    const path = folder.file('sites.conf', 'https://a.example\n');
    const events = watched(path);
    rmSync(path);
    writeFileSync(path, '');
    writeFileSync(path, 'https://b.example\n');
    expect(await next(events)).toBe('https://b.example');
  });
});

describe('sitesFile$, at its regular check,', () => {
  const LOOK_MS = 10_000;
  const scheduler = () => new TestScheduler(() => undefined);
  /** What is read is there by the end of the turn. */
  const read = async (path: string): Promise<SitesFileText> => Promise.resolve(readSitesFile(path));
  const pass = async (time: TestScheduler, ms: number): Promise<void> => {
    advance(time, ms);
    await new Promise(setImmediate);
  };
  const passLooks = async (time: TestScheduler, times: number): Promise<void> => {
    for (let look = 0; look < times; look += 1) await pass(time, LOOK_MS);
  };

  it('finds a file in a folder that did not exist at the start', async () => {
    const time = scheduler();
    const path = folder.at('config/sites.conf');
    const events = watched(path, time as never, { read });
    await pass(time, LOOK_MS - 1);
    mkdirSync(dirname(path));
    writeFileSync(path, 'https://a.example\n');
    expect(events).toEqual([]);
    await pass(time, 1);
    expect(events.map(said)).toEqual(['https://a.example']);
    expect(events[0]?.at).toBe(LOOK_MS);
  });

  it('reports a file that appeared after the start and was deleted, without falling back to defaults', async () => {
    const time = scheduler();
    const path = folder.at('sites.conf');
    const events = watched(path, time as never, { read });
    writeFileSync(path, 'https://a.example\n');
    await pass(time, LOOK_MS);
    rmSync(path);
    await pass(time, LOOK_MS);
    expect(events.map(said)).toEqual(['https://a.example', `${path} is gone`]);
  });

  it.each([
    ['nothing', '', 'no usable site in CONFIG_FILE or SITES'],
    ['comments', '# nothing here\n', 'no usable site in CONFIG_FILE or SITES'],
    ['invalid lines', 'ftp://x\n-O/tmp/x\n', 'no usable site in CONFIG_FILE or SITES'],
    ['binary data', '\u0000\u0001', 'no usable site in CONFIG_FILE or SITES'],
  ])('reports a file with %s as unusable, once', async (_, content, reason) => {
    const time = scheduler();
    const path = folder.file('sites.conf', 'https://a.example\n');
    const events = watched(path, time as never, { read });
    writeFileSync(path, content);
    await passLooks(time, 10);
    expect(events.map(said)).toEqual([reason]);
  });

  it('reports a file that became a folder, or too large', async () => {
    const time = scheduler();
    const path = folder.file('sites.conf', 'https://a.example\n');
    const events = watched(path, time as never, { read });
    rmSync(path);
    mkdirSync(path);
    await pass(time, LOOK_MS);
    rmSync(path, { recursive: true });
    writeFileSync(path, '#'.repeat(70_000));
    await pass(time, LOOK_MS);
    expect(events.map(said)).toEqual([
      expect.stringContaining('is a folder'),
      expect.stringContaining('is larger than 64 KiB'),
    ]);
  });

  it('keeps the valid lines and reports the invalid ones by line number', async () => {
    const time = scheduler();
    const path = folder.file('sites.conf', 'https://a.example\n');
    const events = watched(path, time as never, { inlineSites: 'https://inline.example', read });
    writeFileSync(path, 'https://b.example\r\nnonsense\r\n');
    await pass(time, LOOK_MS);
    expect(events.map(said)).toEqual(['https://b.example,https://inline.example']);
    expect(events[0]?.faults).toEqual([expect.objectContaining({ where: 'line 2' })]);
  });

  it('emits nothing while nothing changes, and nothing after it is unsubscribed', async () => {
    const time = scheduler();
    const path = folder.file('sites.conf', 'https://a.example\n');
    const events = watched(path, time as never, { read });
    await passLooks(time, 10);
    subscription?.unsubscribe();
    writeFileSync(path, 'https://b.example\n');
    await passLooks(time, 10);
    expect(events).toEqual([]);
  });

  it('reads only once at a time on a hung disk, and sees later changes at the next check', async () => {
    const time = scheduler();
    const path = folder.file('sites.conf', 'https://a.example\n');
    const answers: ((text: SitesFileText) => void)[] = [];
    const events = watched(path, time as never, {
      read: async () => new Promise((resolve) => answers.push(resolve)),
    });
    await passLooks(time, 10);
    expect(answers).toHaveLength(1);
    answers[0]?.('https://a.example\n');
    await pass(time, 0);
    await passLooks(time, 1);
    answers[1]?.('https://b.example\n');
    await pass(time, 0);
    expect(events.map(said)).toEqual(['https://b.example']);
  });
});
