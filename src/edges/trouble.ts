/** Told of what goes wrong with a file: once when it begins, once when it ends. */
export interface Trouble {
  readonly failed: (reason: string) => void;
  readonly recovered: (lostLines: number) => void;
}
