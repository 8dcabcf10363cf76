import { Registry, collectDefaultMetrics } from 'prom-client';
import type { Step } from '../../loop/program.ts';
import type { Status } from '../../status/schema.ts';
import { stepCounters } from './counters.ts';
import { stateGauges } from './gauges.ts';

/** The library calls these gauges totals, which `promtool check metrics` refuses. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/** How things are, and how `GLUETUN_CONTAINER` names each of the gateways in `status`. */
export interface Shown {
  readonly status: Status;
  readonly gateways: readonly string[];
}

export interface Metrics {
  readonly count: (step: Step) => void;
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
 * @param shown undefined: nothing is known yet
 */
export function createMetrics(shown: () => Shown | undefined): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  MISNAMED.forEach((name) => registry.removeSingleMetric(name));
  const count = stepCounters(registry);
  const show = stateGauges(registry);
  return {
    count,
    contentType: registry.contentType,
    text: async () => {
      const now = shown();
      if (now !== undefined) {
        const named = now.status.gateways.map((status, index) => ({
          gateway: now.gateways[index] ?? status.name,
          status,
        }));
        show(now.status, named);
      }
      return registry.metrics();
    },
    labelsOf: (name) =>
      (registry.getSingleMetric(name) as { readonly labelNames?: readonly string[] } | undefined)
        ?.labelNames ?? [],
  };
}
