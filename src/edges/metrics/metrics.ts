import { Registry, collectDefaultMetrics } from 'prom-client';
import type { Everything } from '../../model/state.ts';
import type { Status } from '../../status/schema.ts';
import type { Edge } from '../edge.ts';
import { stepCounters } from './counters.ts';
import { stateGauges } from './gauges.ts';

/** The library calls these gauges totals, which `promtool check metrics` refuses. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

export interface Metrics {
  readonly edge: Edge;
  readonly contentType: string;
  /** All of them in Prometheus's text format, as they are now. */
  readonly text: () => Promise<string>;
  /** The names of the labels of one of them. */
  readonly labelsOf: (name: string) => readonly string[];
}

/**
 * The metrics of one monitor. Sets of labels are bounded by what is configured and exists: gateways, sites, dependents,
 * and words of a few choices each.
 *
 * @param view What `statusOf` shows of a state now.
 */
export function createMetrics(view: (state: Everything) => Status): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  MISNAMED.forEach((name) => registry.removeSingleMetric(name));
  const count = stepCounters(registry);
  const show = stateGauges(registry);
  let latest: Everything | undefined;
  return {
    edge: {
      name: 'metrics',
      take: (step) => {
        latest = step.state;
        count(step);
      },
    },
    contentType: registry.contentType,
    text: async () => {
      if (latest !== undefined) {
        const status = view(latest);
        const names = latest.watches.map(({ settings }) => settings.gateway);
        show(
          status,
          status.gateways.map((gateway, index) => ({
            gateway: names[index] ?? gateway.name,
            status: gateway,
          })),
        );
      }
      return registry.metrics();
    },
    labelsOf: (name) =>
      (registry.getSingleMetric(name) as { readonly labelNames?: readonly string[] } | undefined)
        ?.labelNames ?? [],
  };
}
