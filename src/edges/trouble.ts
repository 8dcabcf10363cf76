/** Receives what goes wrong with a file: one call when trouble begins, one when it ends. */
export interface Trouble {
  readonly failed: (reason: string) => void;
  readonly recovered: (lostLines: number) => void;
}
