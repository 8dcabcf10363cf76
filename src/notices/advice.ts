/** What the statistics suggest to whoever set the monitor up. */
export interface Advice {
  readonly kind: 'siteCausesRecoveries';
  readonly site: string;
  /** That began while it was the only site down. */
  readonly recoveries: number;
  /** All recoveries. */
  readonly of: number;
  readonly days: number;
}

export const adviceSentence = ({ site, recoveries, of, days }: Advice): string =>
  `${site} alone caused ${String(recoveries)} of the ${String(of)} recoveries in ${String(days)} days: give it role=advisory or a longer timeout=, or set SITE_QUORUM=majority.`;
