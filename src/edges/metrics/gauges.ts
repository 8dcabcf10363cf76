import { Gauge, type Registry } from 'prom-client';
import type { GatewayStatus, Status } from '../../status/schema.ts';

const ATTACHMENTS: readonly GatewayStatus['dependents'][number]['attachment'][] = [
  'fresh', 'stale', 'orphaned', 'failedToJoin', 'stopped', 'apart', 'unknown',
]; // prettier-ignore

/** A gateway's view, and how `GLUETUN_CONTAINER` names it: the name of the container may change. */
export interface Named {
  readonly gateway: string;
  readonly status: GatewayStatus;
}

/** Shows how things are. Returns the function that sets all gauges; what is not known has no sample. */
export function stateGauges(registry: Registry): (status: Status, gateways: readonly Named[]) => void {
  const gauge = (name: string, help: string, ...labelNames: string[]): Gauge =>
    new Gauge({ name: `gluetun_monitor_${name}`, help, labelNames, registers: [registry] });

  const build = gauge('build_info', 'Always 1, with the version of the monitor.', 'version');
  const engine = gauge('engine_connected', '1 while the Docker engine can be reached, else 0.');
  const conditions = gauge(
    'conditions',
    'How many conditions there are, things that are wrong for a while.',
    'gateway',
    'kind',
    'severity',
  );
  const tunnelUp = gauge(
    'tunnel_up',
    '1 if the tunnel works, 0 if it is down or the gateway does not run; no sample if that is not known.',
    'gateway',
  );
  const siteUp = gauge(
    'site_up',
    '1 if the site answered, 0 if it is down, or failed the latest check; no sample if that is not known.',
    'gateway',
    'site',
  );
  const dependents = gauge('dependents', 'How many dependents are attached so.', 'gateway', 'attachment');
  const fresh = gauge(
    'dependent_fresh',
    "1 if the dependent is on the gateway's live network, else 0.",
    'gateway',
    'dependent',
  );
  const endpoint = gauge(
    'endpoint_info',
    'Always 1, with the exit of the tunnel.',
    'gateway',
    'ip',
    'country',
    'region',
    'city',
  );
  const inARow = gauge(
    'recoveries_in_a_row',
    'Recoveries since the tunnel last worked for long enough: each doubles the wait for the next.',
    'gateway',
  );
  const backoff = gauge(
    'recovery_backoff_seconds',
    'How long no further recovery begins; 0 if one may begin at once.',
    'gateway',
  );
  const underWay = gauge('recovery_under_way', '1 while a recovery is under way, else 0.', 'gateway');
  const lastCheck = gauge(
    'last_check_timestamp_seconds',
    'When the latest check began, in seconds since the epoch.',
    'gateway',
  );
  const all = [
    build, engine, conditions, tunnelUp, siteUp, dependents, fresh, endpoint, inARow, backoff, underWay, lastCheck,
  ]; // prettier-ignore

  return (status, gateways) => {
    all.forEach((one) => one.reset());
    build.set({ version: status.version }, 1);
    engine.set(status.engine === 'connected' ? 1 : 0);
    for (const { gateway, kind, severity } of status.conditions)
      conditions.inc({ gateway: gateway ?? '', kind, severity });
    gateways.forEach((one) => setGateway(one, status.time));
  };

  function setGateway({ gateway, status }: Named, now: string): void {
    const { tunnel, ip, country, region, city, recovery, no_recovery_before: notBefore, check } = status;
    if (tunnel !== 'unknown') tunnelUp.set({ gateway }, tunnel === 'up' ? 1 : 0);
    for (const { name: site, state } of status.sites)
      if (state !== 'unknown') siteUp.set({ gateway, site }, state === 'up' ? 1 : 0);
    for (const attachment of ATTACHMENTS) dependents.set({ gateway, attachment }, 0);
    for (const { name: dependent, attachment } of status.dependents) {
      dependents.inc({ gateway, attachment });
      fresh.set({ gateway, dependent }, attachment === 'fresh' ? 1 : 0);
    }
    if (ip !== null)
      endpoint.set({ gateway, ip, country: country ?? '', region: region ?? '', city: city ?? '' }, 1);
    inARow.set({ gateway }, status.recoveries_in_a_row);
    backoff.set({ gateway }, notBefore === null ? 0 : secondsBetween(now, notBefore));
    underWay.set({ gateway }, recovery !== null && recovery.ended === null ? 1 : 0);
    if (check !== null) lastCheck.set({ gateway }, Date.parse(check.began) / 1000);
  }
}

const secondsBetween = (from: string, to: string): number =>
  Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;
