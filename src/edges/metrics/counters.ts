import { Counter, Histogram, type Registry } from 'prom-client';
import type { Outcome } from '../../../streams/events.ts';
import type { Step } from '../../loop/program.ts';
import type { CheckRecord, Watch } from '../../model/state.ts';
import type { RecoveryRecord } from '../../model/recovery-phase.ts';

/** Upper bounds in seconds. A tunnel answers within a tenth of a second, a slow site in some; `TIMEOUT` is 10. */
const LATENCY_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Upper bounds in seconds: a reconnect takes some ten, a restart with its dependents up to several minutes. */
const RECOVERY_BUCKETS = [5, 10, 20, 30, 60, 120, 300, 600, 1800];

/** Counts what each step of the loop has brought. Returns the function that takes the steps. */
export function stepCounters(registry: Registry): (step: Step) => void {
  const registers = [registry];
  const events = new Counter({
    name: 'gluetun_monitor_events_total',
    help: 'Events that the monitor has handled.',
    labelNames: ['type'],
    registers,
  });
  const checks = new Counter({
    name: 'gluetun_monitor_checks_total',
    help: 'Checks of all sites by what they showed: pass, fail or unknown.',
    labelNames: ['gateway', 'verdict'],
    registers,
  });
  const probes = new Counter({
    name: 'gluetun_monitor_probes_total',
    help: 'Probes of a site by what they showed: pass, fail or unknown.',
    labelNames: ['gateway', 'site', 'verdict'],
    registers,
  });
  const latency = new Histogram({
    name: 'gluetun_monitor_site_latency_seconds',
    help: 'How long a site took to answer through the tunnel.',
    labelNames: ['gateway', 'site'],
    buckets: LATENCY_BUCKETS,
    registers,
  });
  const recoveries = new Counter({
    name: 'gluetun_monitor_recoveries_total',
    help: 'Recoveries that have ended, by what was restarted (vpn or container) and how they ended.',
    labelNames: ['gateway', 'strategy', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'gluetun_monitor_recovery_duration_seconds',
    help: 'How long recoveries took, from the decision to the last repair.',
    labelNames: ['gateway', 'strategy'],
    buckets: RECOVERY_BUCKETS,
    registers,
  });
  const repairs = new Counter({
    name: 'gluetun_monitor_repairs_total',
    help: 'Repairs of dependents, by kind (restart, recreate, resume) and outcome.',
    labelNames: ['gateway', 'kind', 'outcome'],
    registers,
  });
  const reconnects = new Counter({
    name: 'gluetun_monitor_engine_reconnects_total',
    help: "How often the engine's event stream was opened again after it was lost.",
    registers,
  });

  return ({ event, before, state }) => {
    events.inc({ type: event.type });
    if (event.type === 'engineConnected' && before.connection.value === 'lost') reconnects.inc();
    if (event.type === 'dependentRepairEnded') {
      const gateway = before.inFlight?.gateway ?? '';
      repairs.inc({ gateway, kind: event.how, outcome: inAWord(event.outcome) });
    }
    state.watches.forEach((watch, index) => countWatch(watch, before.watches[index]));
  };

  function countWatch(watch: Watch, before: Watch | undefined): void {
    const { gateway } = watch.settings;
    const { latest } = watch.checking;
    if (latest !== undefined && latest !== before?.checking.latest) countCheck(gateway, latest);
    const { latestRecovery: recovery } = watch;
    const isNew = recovery?.endedAt !== undefined && recovery !== before?.latestRecovery;
    if (isNew) countRecovery(gateway, recovery, recovery.endedAt);
  }

  function countCheck(gateway: string, check: CheckRecord): void {
    checks.inc({ gateway, verdict: verdictOf(check) });
    for (const { site, verdict, latencyMs } of check.results) {
      probes.inc({ gateway, site: site.name, verdict });
      if (verdict === 'pass' && latencyMs !== undefined)
        latency.observe({ gateway, site: site.name }, latencyMs / 1000);
    }
  }

  function countRecovery(
    gateway: string,
    { steps, begunAt, outcome }: RecoveryRecord,
    endedAt: number,
  ): void {
    const strategy = steps.some(({ step }) => step === 'restarting') ? 'container' : 'vpn';
    recoveries.inc({ gateway, strategy, outcome: outcome ?? 'abandoned' });
    durations.observe({ gateway, strategy }, (endedAt - begunAt) / 1000);
  }
}

function verdictOf({ passing, results }: CheckRecord): string {
  if (passing) return 'pass';
  return results.some(({ verdict }) => verdict === 'fail') ? 'fail' : 'unknown';
}

function inAWord(outcome: Outcome): string {
  if (outcome.ok) return 'ok';
  if (outcome.gone === true) return 'gone';
  if (outcome.isSkipped === true) return 'skipped';
  return outcome.refused === true ? 'refused' : 'failed';
}
