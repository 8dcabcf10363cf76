import type { Step } from '../../loop/program.ts';
import type { Metrics, Shown } from '../metrics/metrics.ts';
import type { Route } from './routes.ts';

/** The metrics, and what counts for them. */
export interface MetricsRoute {
  readonly route: Route;
  readonly take: (step: Step) => void;
}

/** Loaded and counted from the first scrape on: nobody else pays for it. */
export function metricsRoute(shown: () => Shown | undefined): MetricsRoute {
  let loading: Promise<Metrics> | undefined;
  let metrics: Metrics | undefined;
  const load = async (): Promise<Metrics> => {
    const { createMetrics } = await import('../metrics/metrics.ts');
    metrics = createMetrics(shown);
    return metrics;
  };
  return {
    route: {
      method: 'GET',
      path: '/metrics',
      answer: async (context) => {
        const { text, contentType } = await (loading ??= load());
        return context.body(await text(), 200, { 'Content-Type': contentType });
      },
    },
    take: (step) => metrics?.count(step),
  };
}
