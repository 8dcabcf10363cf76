import { type Observable, Subject } from 'rxjs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export const MEBIBYTE = 1024 * 1024;

/** Of this process; garbage does not count. */
export function bytesInUse(): number {
  collectGarbage();
  collectGarbage(); // what the first round has set free, finalizers among it
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** How many bytes more are in use after it, while what it gives back is still held; garbage does not count. */
function retainedBy(act: () => object): number {
  const before = bytesInUse();
  const held = act();
  const retained = bytesInUse() - before;
  expect(held).toBeDefined();
  return retained;
}

export interface Endless {
  /** The piece of this number, made anew: nothing of it is shared with another one. */
  readonly piece: (number: number) => Uint8Array | string;
  readonly pieces: number;
}

/** How much a reader holds that has heard so much, and still listens. */
export const retainedByReader = (
  { piece, pieces }: Endless,
  reader: (bytes$: Observable<Uint8Array>) => Observable<unknown>,
): number =>
  retainedBy(() => {
    const bytes$ = new Subject<Uint8Array>();
    const subscription = reader(bytes$).subscribe();
    for (let number = 0; number < pieces; number += 1) bytes$.next(Buffer.from(piece(number)));
    return { bytes$, subscription };
  });
