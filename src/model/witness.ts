/** Somebody outside the tunnel, who tells a dead tunnel from a dead line. */
export type Witness =
  | { readonly value: 'none' }
  | ({ readonly value: 'untried' } & Probing)
  | ({ readonly value: 'answering'; readonly answeredAt: number } & Probing)
  /** It did answer before. */
  | ({
      readonly value: 'silent';
      readonly since: number;
      /** Answers that did not come, one after another. One may be a lost packet. */
      readonly misses: number;
      readonly reason: string;
      /** A check has passed: if it does not answer what is asked from here on, its silence says nothing. */
      readonly doubtedFrom: number | undefined;
    } & Probing)
  /** It has never answered, or not though the tunnel works: its silence says nothing. */
  | ({ readonly value: 'ignored' } & Probing);

/** It has not answered twice in a row: the line itself is down, for all that is known. */
export const isLineDown = (witness: Witness): boolean => witness.value === 'silent' && witness.misses > 1;

interface Probing {
  readonly nextProbeAt: number;
  /** The id of the question that is under way. */
  readonly awaited: number | undefined;
}
