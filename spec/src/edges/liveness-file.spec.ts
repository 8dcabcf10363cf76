import { existsSync } from 'node:fs';
import type { Event } from '../../../streams/events.ts';
import { livenessFile } from '../../../src/edges/liveness-file.ts';
import type { Step } from '../../../src/loop/program.ts';
import { TemporaryFolder } from '../../config/temporary-folder.ts';
import { eventually } from '../../e2e/eventually.ts';
import { settled } from '../history.ts';

describe('the liveness file', () => {
  const folder = new TemporaryFolder();

  const stepAt = (at: number): Step => {
    const { everything: state } = settled();
    const event: Event = { type: 'timeReached', at };
    return { event, before: state, state, notices: [] };
  };

  it('exists after the first step of the loop', async () => {
    const file = folder.at('alive');
    void livenessFile(file).take(stepAt(1_000));
    expect(await eventually('it is touched', () => existsSync(file))).toBe(true);
  });

  describe('on a slow or read-only disk', () => {
    let touched: string[];
    let disk: { readonly answer: () => void; readonly refuse: () => void }[];
    let take: (at: number) => Promise<void>;

    beforeEach(() => {
      [touched, disk] = [[], []];
      const edge = livenessFile('/tmp/alive', async (file) => {
        touched.push(file);
        return new Promise((resolve, reject) => {
          disk.push({ answer: resolve, refuse: () => reject(new Error('EROFS: read-only file system')) });
        });
      });
      take = async (at) => edge.take(stepAt(at));
    });

    const whatComesOf = async (outcome: 'answer' | 'refuse'): Promise<void> => {
      disk.shift()?.[outcome]();
      await new Promise(setImmediate);
    };

    it('is touched at most once in five seconds', async () => {
      await take(1_000);
      await whatComesOf('answer');
      await take(5_999);
      expect(touched).toEqual(['/tmp/alive']);
      await take(6_000);
      expect(touched).toEqual(['/tmp/alive', '/tmp/alive']);
    });

    it('is not touched again while a write is pending', async () => {
      await take(1_000);
      await take(60_000);
      expect(touched).toHaveLength(1);
      await whatComesOf('answer');
      await take(60_001);
      expect(touched).toHaveLength(2);
    });

    it('is tried again at the next due step if it could not be written, without a failure of the edge', async () => {
      await expect(take(1_000)).resolves.toBeUndefined();
      await whatComesOf('refuse');
      await take(5_999);
      expect(touched).toHaveLength(1);
      await take(6_000);
      expect(touched).toHaveLength(2);
    });
  });
});
