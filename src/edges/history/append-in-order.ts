import { open, stat } from 'node:fs/promises';
import { type RotationLimits, appendRotating } from '../log-rotation.ts';
import { type Order, type SetAside, putInOrder } from './put-in-order.ts';

export interface UpkeepDeps<Entry> {
  readonly order: Order<Entry>;
  /** By a clock that never jumps. */
  readonly now: () => number;
  readonly onSetAside: (file: string, aside: SetAside) => void;
  /** Replaced in tests. */
  readonly tidy?: typeof putInOrder;
}

const DAY_MS = 86_400_000;

/**
 * Appends to a file that is put in order first: before the first line, once a day, and when it has become too large.
 * Meant for `createLogFile`, whose lines wait meanwhile.
 */
export function createOrderlyAppend<Entry>(deps: UpkeepDeps<Entry>): typeof appendRotating {
  const { order, now, onSetAside, tidy = putInOrder } = deps;
  let dueAt = -Infinity;

  return async (path, lines, { maxBytes }) => {
    const added = Buffer.byteLength(lines.join(''));
    const isFull = async (): Promise<boolean> => (await sizeOf(path)) + added > maxBytes;
    const isTooLarge = await isFull();
    if (now() < dueAt && !isTooLarge) return appendRotating(path, lines, WITHOUT_ROTATION);
    dueAt = now() + DAY_MS;
    try {
      const aside = await tidy(path, order, isTooLarge ? maxBytes * KEPT_OF_FULL : undefined);
      if (aside !== undefined) onSetAside(path, aside);
      return await appendRotating(path, lines, WITHOUT_ROTATION);
    } catch (error) {
      // In a folder where nothing can be created, the file itself may still grow up to its limit.
      if (isTooLarge) throw error;
      const [first = '', ...others] = lines;
      const end = await endOfTorn(path);
      return appendRotating(path, [end + first, ...others], WITHOUT_ROTATION);
    }
  };
}

/** More goes than must, so that the next line does not have the file rewritten again. */
const KEPT_OF_FULL = 0.75;

const WITHOUT_ROTATION: RotationLimits = { maxBytes: Infinity, backupCount: 0 };

const sizeOf = async (path: string): Promise<number> =>
  stat(path).then(
    (stats) => (stats.isFile() ? stats.size : 0),
    () => 0, // to append fails with the reason
  );

/** What ends the line that a power cut has left half written. */
async function endOfTorn(path: string): Promise<string> {
  const size = await sizeOf(path);
  if (size === 0) return '';
  const file = await open(path, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer.toString() === '\n' ? '' : '\n';
  } finally {
    await file.close();
  }
}
