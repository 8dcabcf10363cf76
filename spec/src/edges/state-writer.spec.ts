import { lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { rmSync, statSync } from 'node:fs';
import fs, { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { VirtualTimeScheduler, asyncScheduler, lastValueFrom } from 'rxjs';
import { type Persisted, NOTHING_PERSISTED } from '../../../src/model/persisted.ts';
import { REMEMBERED } from '../../../src/model/past.ts';
import { encode, openStateFile } from '../../../src/edges/state-file.ts';
import { STATE_PATIENCE_MS, STATE_RETRY_MS, createStateWriter } from '../../../src/edges/state-writer.ts';
import { TemporaryFolder } from '../../config/temporary-folder.ts';
import { advance } from '../../simulated-engine/virtual-time.ts';

const MEMORY: Persisted = {
  ...NOTHING_PERSISTED,
  gateways: { gluetun: ['b2', 'a1'] },
  exits: { d4: { run: undefined, by: 'operator' } },
  backoff: { gluetun: { attempts: 2, notBefore: 1_700_000_000_000 } },
};
const OTHER: Persisted = { ...MEMORY, exits: {} };
const TEXT = encode(MEMORY);

interface Writer {
  readonly save: (memory: Persisted) => Promise<void>;
  /** What was reported: `failed: REASON`, `recovered`. */
  readonly troubles: string[];
}

function writerOf(path: string): Writer {
  const troubles: string[] = [];
  const trouble = {
    failed: (reason: string) => troubles.push(`failed: ${reason}`),
    recovered: () => troubles.push('recovered'),
  };
  const { save, commit } = createStateWriter(openStateFile(path), { scheduler: asyncScheduler, trouble });
  return {
    save: async (memory) => {
      save(memory);
      await lastValueFrom(commit(), { defaultValue: undefined });
    },
    troubles,
  };
}

async function prototypeOfHandles(): Promise<FileHandle> {
  const handle = await open('/dev/null');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

describe('the state file', () => {
  const folder = new TemporaryFolder();
  const inFolder = (): string[] => readdirSync(folder.at('.')).sort();

  describe('when it is saved', () => {
    it('is created with its folder, readable only for its owner', async () => {
      const path = folder.at('a/b/state.json');
      const { save, troubles } = writerOf(path);
      await save(MEMORY);
      expect(troubles).toEqual([]);
      expect(readFileSync(path, 'utf8')).toBe(TEXT);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(readdirSync(folder.at('a/b'))).toEqual(['state.json']);
    });

    it('is replaced by a rename, so that no reader sees half of it', async () => {
      const path = folder.file('state.json', TEXT);
      const before = statSync(path).ino;
      await writerOf(path).save(OTHER);
      expect(statSync(path).ino).not.toBe(before);
      expect(openStateFile(path).memory).toEqual(OTHER);
    });

    it.each([
      { what: 'what was read at the start', saved: [] },
      { what: 'what was saved last', saved: [OTHER, MEMORY] },
    ])('is not written again if it equals $what', async ({ saved }) => {
      const path = folder.file('state.json', TEXT);
      const { save } = writerOf(path);
      for (const each of saved) await save(each);
      const before = statSync(path).ino;
      await save({ ...MEMORY });
      expect(statSync(path).ino).toBe(before);
    });

    it('is written to the target of a link, which stays a link', async () => {
      const target = folder.file('target.json', TEXT);
      const link = folder.linkTo(target);
      await writerOf(link).save(OTHER);
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(openStateFile(target).memory).toEqual(OTHER);
    });

    it('is written even if a killed monitor has left a temporary file', async () => {
      folder.file('state.json.tmp', 'half of');
      const { save, troubles } = writerOf(folder.at('state.json'));
      await save(MEMORY);
      expect(troubles).toEqual([]);
      expect(inFolder()).toEqual(['state.json']);
    });

    it.each(['', '/dev/null'])('is not written if the path is "%s"', async (path) => {
      const { save, troubles } = writerOf(path);
      await save(MEMORY);
      expect(troubles).toEqual([]);
      expect(openStateFile(path).memory).toEqual(NOTHING_PERSISTED);
    });

    it('keeps the latest entries up to the limits', async () => {
      const path = folder.at('state.json');
      const ids = numbered(1000);
      const dependents = Object.fromEntries(ids.map((id) => [id, `name of ${id}`]));
      await writerOf(path).save({
        ...NOTHING_PERSISTED,
        gateways: { gluetun: ids },
        dependents,
        exits: Object.fromEntries(ids.map((id) => [id, { run: undefined, by: 'operator' }])),
      });
      const { memory } = openStateFile(path);
      expect(memory.gateways['gluetun']).toEqual(ids.slice(0, REMEMBERED.idsOfAGateway));
      expect(Object.keys(memory.dependents)).toEqual(ids.slice(-REMEMBERED.dependents));
      expect(Object.keys(memory.exits)).toEqual(ids.slice(-REMEMBERED.exits));
    });
  });

  describe('when it cannot be saved', () => {
    const unwritable: { what: string; make: () => string; reason: string }[] = [
      { what: 'it is a folder', make: () => folder.at('.'), reason: 'it is a folder' },
      { what: 'it is a pipe', make: () => folder.pipe(), reason: 'it is not a regular file' },
      {
        what: 'its folder is a file',
        make: () => `${folder.file('file', '')}/state.json`,
        reason: 'EEXIST|ENOTDIR',
      },
      { what: 'the kernel refuses its folder', make: () => '/proc/nowhere/state.json', reason: 'ENOENT' },
      { what: 'the kernel refuses the file', make: () => '/proc/state.json', reason: 'ENOENT|EACCES' },
    ];
    it.each(unwritable)('is reported once if $what', async ({ make, reason }) => {
      const path = make();
      const { save, troubles } = writerOf(path);
      for (const memory of [MEMORY, MEMORY, OTHER]) await save(memory);
      expect(troubles).toEqual([expect.stringMatching(new RegExp(`^failed: .*(${reason})`))]);
    });

    it('stays a pipe if it is one', async () => {
      const path = folder.pipe();
      await writerOf(path).save(MEMORY);
      expect(statSync(path).isFIFO()).toBe(true);
      expect(inFolder()).toEqual([basename(path)]);
    });

    it('is reported when it can be saved again, and a second failure is reported like the first', async () => {
      const path = folder.at('state.json');
      const { save, troubles } = writerOf(path);
      for (let time = 0; time < 2; time++) {
        mkdirSync(`${path}.tmp`);
        await save({ ...OTHER });
        await save({ ...MEMORY });
        rmSync(`${path}.tmp`, { recursive: true });
        await save({ ...MEMORY });
        expect(openStateFile(path).memory).toEqual(MEMORY);
      }
      const once: unknown[] = [expect.stringMatching(/^failed: /), 'recovered'];
      expect(troubles).toEqual([...once, ...once]);
    });

    it('is written again even if the state equals what was saved before the failure', async () => {
      const path = folder.file('state.json', TEXT);
      const { save, troubles } = writerOf(path);
      mkdirSync(`${path}.tmp`);
      await save(OTHER);
      await save({ ...MEMORY });
      rmSync(`${path}.tmp`, { recursive: true });
      await save({ ...MEMORY });
      expect(troubles.at(-1)).toBe('recovered');
    });

    it('is synced before its rename, and its folder after that', async () => {
      const path = folder.file('state.json', TEXT);
      const calls: string[] = [];
      const sync = jest.spyOn(await prototypeOfHandles(), 'sync').mockImplementation(async function (
        this: FileHandle,
      ) {
        calls.push(`sync ${basename(readlinkSync(`/proc/self/fd/${String(this.fd)}`))}`);
        return Promise.resolve();
      });
      const rename = jest.spyOn(fs, 'rename').mockImplementation(async () => {
        calls.push('rename');
        return Promise.resolve();
      });
      await writerOf(path).save(OTHER);
      sync.mockRestore();
      rename.mockRestore();
      expect(calls).toEqual(['sync state.json.tmp', 'rename', `sync ${basename(folder.at('.'))}`]);
    });

    it('is written without a notice if the folder cannot be synced', async () => {
      const path = folder.file('state.json', TEXT);
      const sync = jest.spyOn(await prototypeOfHandles(), 'sync').mockResolvedValueOnce(undefined);
      sync.mockRejectedValueOnce(new Error('EINVAL: invalid argument, fsync'));
      const { save, troubles } = writerOf(path);
      await save(OTHER);
      expect(sync).toHaveBeenCalledTimes(2);
      sync.mockRestore();
      expect(troubles).toEqual([]);
      expect(openStateFile(path).memory).toEqual(OTHER);
    });

    it.each(['writeFile', 'sync', 'rename'] as const)(
      'stays as it was if the disk is full (%s)',
      async (call) => {
        const path = folder.file('state.json', TEXT);
        const { save, troubles } = writerOf(path);
        const noSpace = new Error('ENOSPC: no space left on device');
        const full =
          call === 'rename'
            ? jest.spyOn(fs, 'rename').mockRejectedValue(noSpace)
            : jest.spyOn(await prototypeOfHandles(), call).mockRejectedValue(noSpace);
        await save(OTHER);
        full.mockRestore();
        expect(readFileSync(path, 'utf8')).toBe(TEXT);
        await save({ ...OTHER });
        expect(troubles).toEqual(['failed: ENOSPC: no space left on device', 'recovered']);
        expect(inFolder()).toEqual(['state.json']);
      },
    );
  });
});

/** A disk that answers only when `answer` is called. */
class SlowDisk {
  readonly scheduler = new VirtualTimeScheduler();
  readonly troubles: string[] = [];
  readonly begun: string[] = [];
  readonly #answers: ((error?: Error) => void)[] = [];
  readonly writer = createStateWriter(
    { file: '/logs/state.json', memory: NOTHING_PERSISTED, text: undefined, notices: [] },
    {
      scheduler: this.scheduler,
      trouble: {
        failed: (reason) => this.troubles.push(reason),
        recovered: () => this.troubles.push('recovered'),
      },
      replace: async (_file, text) => {
        this.begun.push(text);
        return new Promise((resolve, reject) => {
          this.#answers.push((error) => (error === undefined ? resolve() : reject(error)));
        });
      },
    },
  );

  async answer(error?: Error): Promise<void> {
    this.#answers.shift()?.(error);
    await new Promise(setImmediate);
  }

  commit(): { isOver: boolean } {
    const committed = { isOver: false };
    this.writer.commit().subscribe({ complete: () => (committed.isOver = true) });
    return committed;
  }
}

describe('the state file on a slow disk', () => {
  const THIRD: Persisted = { ...MEMORY, dependents: { e5: 'app' } };

  it('is committed at once if there is nothing to write', () => {
    expect(new SlowDisk().commit()).toEqual({ isOver: true });
  });

  it('is committed once the disk has written it, and not before', async () => {
    const disk = new SlowDisk();
    disk.writer.save(MEMORY);
    const committed = disk.commit();
    advance(disk.scheduler, STATE_PATIENCE_MS - 1);
    expect(committed.isOver).toBe(false);
    await disk.answer();
    expect(committed.isOver).toBe(true);
    expect(disk.troubles).toEqual([]);
  });

  it('is written once at a time, with only the latest of what arrived meanwhile', async () => {
    const disk = new SlowDisk();
    [MEMORY, OTHER, THIRD].forEach(disk.writer.save);
    const committed = disk.commit();
    await disk.answer();
    expect(committed.isOver).toBe(false);
    await disk.answer();
    expect(disk.begun).toEqual([MEMORY, THIRD].map(encode));
    expect(committed.isOver).toBe(true);
  });

  it('is waited for for no more than two seconds and then reported as not saved', async () => {
    const disk = new SlowDisk();
    disk.writer.save(MEMORY);
    const committed = disk.commit();
    advance(disk.scheduler, STATE_PATIENCE_MS);
    expect(committed.isOver).toBe(true);
    expect(disk.troubles).toEqual(['it has not answered for 2 s']);
    await disk.answer();
    expect(disk.troubles).toEqual(['it has not answered for 2 s', 'recovered']);
  });

  it('is not waited for again while a write is pending', () => {
    const disk = new SlowDisk();
    disk.writer.save(MEMORY);
    advance(disk.scheduler, STATE_PATIENCE_MS);
    disk.writer.save(OTHER);
    expect(disk.commit()).toEqual({ isOver: true });
  });

  it('is waited for for two seconds in total, even if one of two writes ends meanwhile', async () => {
    const disk = new SlowDisk();
    [MEMORY, OTHER].forEach(disk.writer.save);
    const committed = disk.commit();
    advance(disk.scheduler, STATE_PATIENCE_MS - 1);
    await disk.answer();
    advance(disk.scheduler, 1);
    expect(committed.isOver).toBe(true);
    expect(disk.troubles).toEqual([]);
  });

  it('is committed after a failed write, which is repeated after a minute even without a change', async () => {
    const disk = new SlowDisk();
    disk.writer.save(MEMORY);
    const committed = disk.commit();
    await disk.answer(new Error('ENOSPC'));
    expect(committed.isOver).toBe(true);
    advance(disk.scheduler, STATE_RETRY_MS - 1);
    disk.writer.save(MEMORY);
    expect(disk.begun).toHaveLength(1);
    advance(disk.scheduler, 1);
    disk.writer.save(MEMORY);
    await disk.answer();
    expect(disk.troubles).toEqual(['ENOSPC', 'recovered']);
  });
});

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, number) => `id-${String(number)}`);
