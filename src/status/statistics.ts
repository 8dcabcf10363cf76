import { type Advice, adviceSentence } from '../notices/advice.ts';
import { quantile } from './latency.ts';
import type { GatewayStatistics } from './schema.ts';
import { type SiteTally, type Tally, emptySiteTally } from './tally.ts';

/** The spans that statistics are shown for, in milliseconds up to now. */
export const WINDOWS = { day: 86_400_000, week: 7 * 86_400_000, month: 30 * 86_400_000 } as const;

export type Windows = Readonly<Record<keyof typeof WINDOWS, Tally>>;

/** Statistics of one gateway, for those who show them. */
export function statisticsOf({ day, week, month }: Windows): GatewayStatistics {
  return {
    availability_24h: upShare(day),
    availability_7d: upShare(week),
    availability_30d: upShare(month),
    recoveries_24h: day.recoveries,
    recoveries_7d: week.recoveries,
    recoveries_30d: month.recoveries,
    sites: [...month.sites].map(([name, of30d]) => {
      const [of24h, of7d] = [day, week].map(({ sites }) => sites.get(name) ?? emptySiteTally());
      const latencies = of7d?.latency ?? [];
      return {
        name,
        availability_24h: passShare(of24h),
        availability_7d: passShare(of7d),
        availability_30d: passShare(of30d),
        latency_p50_seconds: rounded(quantile(latencies, 0.5)),
        latency_p95_seconds: rounded(quantile(latencies, 0.95)),
        latency_p99_seconds: rounded(quantile(latencies, 0.99)),
        recoveries_caused_30d: of30d.alone,
      };
    }),
    advice: adviceFrom(month).map((advice) => ({ ...advice, sentence: adviceSentence(advice) })),
  };
}

/** Fewer recoveries may be chance. */
const TELLING_RECOVERIES = 3;

/** If one site alone causes most recoveries, the tunnel is not what fails. A site that is the only one proves nothing. */
function adviceFrom({ sites, recoveries }: Tally): readonly Advice[] {
  if (sites.size < 2) return [];
  const [worst] = [...sites].sort(([, one], [, other]) => other.alone - one.alone);
  if (worst === undefined) return [];
  const [site, { alone }] = worst;
  return alone >= TELLING_RECOVERIES && alone > recoveries / 2
    ? [{ kind: 'siteCausesRecoveries', site, recoveries: alone, of: recoveries, days: 30 }]
    : [];
}

const upShare = ({ seconds: { up, down } }: Tally): number | null => share(up, down);
const passShare = (tally?: SiteTally): number | null =>
  tally === undefined ? null : share(tally.pass, tally.fail);

/** To five digits: one bad check in a month must show. */
const share = (good: number, bad: number): number | null =>
  good + bad === 0 ? null : Math.floor((good / (good + bad)) * 100_000) / 100_000;

const rounded = (seconds: number | undefined): number | null =>
  seconds === undefined ? null : Math.round(seconds * 1000) / 1000;
