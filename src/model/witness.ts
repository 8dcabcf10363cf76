/** A host reached outside the tunnel. If it answers, a failing check means a dead tunnel rather than a dead line. */
export type Witness =
  | { readonly value: 'none' }
  | ({ readonly value: 'untried' } & Probing)
  | ({ readonly value: 'answering'; readonly answeredAt: number } & Probing)
  /** It has answered before, but does not now. */
  | ({
      readonly value: 'silent';
      readonly since: number;
      /** Probes in a row without an answer. A single one may be a lost packet. */
      readonly misses: number;
      readonly reason: string;
      /**
       * When a check passed although the witness was silent. If a probe sent later gets no answer either, the witness's
       * silence proves nothing about the line.
       */
      readonly doubtedFrom: number | undefined;
    } & Probing)
  /** It has never answered, or does not although the tunnel works. Its silence proves nothing. */
  | ({ readonly value: 'ignored' } & Probing);

/** After two missing answers in a row the line itself is taken to be down. */
export const isLineDown = (witness: Witness): boolean => witness.value === 'silent' && witness.misses > 1;

interface Probing {
  readonly nextProbeAt: number;
  /** The id of the probe under way. */
  readonly awaited: number | undefined;
}
