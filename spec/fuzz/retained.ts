import { type Observable, Subject } from 'rxjs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export const MEBIBYTE = 1024 * 1024;

/** The bytes in use in this process, without garbage. */
export function bytesInUse(): number {
  collectGarbage();
  collectGarbage(); // what the first round has set free, finalizers among it
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** How many more bytes are in use after it, while its result is still held, without garbage. */
function retainedBy(act: () => object): number {
  const before = bytesInUse();
  const held = act();
  const retained = bytesInUse() - before;
  expect(held).toBeDefined();
  return retained;
}

export interface Endless {
  /** Creates the piece of this number, which shares nothing with the others. */
  readonly piece: (number: number) => Uint8Array | string;
  readonly pieces: number;
}

/** How many bytes a reader holds after that input while it still reads. */
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
