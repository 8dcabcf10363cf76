import { useState } from 'preact/hooks';
import type { RecentOfGateway } from '../edges/http/wire.ts';
import type { GatewayStatus, SiteStatus } from '../status/schema.ts';
import { Chart } from './chart.tsx';
import { Folded, Marked, Section } from './parts.tsx';
import { markOfSite, sparkOf, worstFirst } from './view.ts';
import { latency } from './words.ts';

interface SitesProps {
  readonly gateway: GatewayStatus;
  readonly recent: RecentOfGateway | undefined;
}

export function Sites({ gateway, recent }: SitesProps) {
  const row = (site: SiteStatus) => <Site key={site.name} site={site} recent={recent} />;
  return (
    <Section title={`Sites, probed through ${gateway.name}`}>
      <Folded all={worstFirst(gateway.sites, markOfSite)} markOf={markOfSite} row={row} />
    </Section>
  );
}

function Site({ site, recent }: { readonly site: SiteStatus; readonly recent: RecentOfGateway | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const latencies = recent?.latencies[site.name] ?? [];
  return (
    <details class="site" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <Marked mark={markOfSite(site)} />
        <span class="name">
          {shortName(site.name)}
          {noteOf(site) !== '' && <small>{noteOf(site)}</small>}
        </span>
        <Spark latencies={latencies} />
        <span class="figure">{latency(site.latency_seconds)}</span>
      </summary>
      {isOpen && recent !== undefined && (
        <Chart name={site.name} checks={recent.checks} latencies={latencies} />
      )}
    </details>
  );
}

const shortName = (name: string): string => name.replace(/^https?:\/\//, '').replace(/\/$/, '');

function noteOf({ role, state, reason, failures, threshold }: SiteStatus): string {
  const parts = [
    ...(role === 'advisory' ? ['advisory'] : []),
    ...(reason === null ? [] : [reason]),
    ...(failures > 0
      ? [failures < threshold ? `${String(failures)} of ${String(threshold)}` : `${String(failures)} times`]
      : []),
  ];
  return parts.length === 0 && state === 'unknown' ? 'not checked yet' : parts.join(', ');
}

const BOX = { width: 96, height: 24, most: 120 };

/** A gap has a mark of its own below the line. */
function Spark({ latencies }: { readonly latencies: readonly (number | null)[] }) {
  const { lines, gaps } = sparkOf(latencies, BOX);
  return (
    <svg class="spark" viewBox="0 0 96 24" preserveAspectRatio="none" aria-hidden="true">
      {lines.map((points) => (
        <polyline key={points.split(' ')[0]} points={points} />
      ))}
      {gaps.map((x) => (
        <rect key={x} x={x - 0.75} y={18} width={1.5} height={6} />
      ))}
    </svg>
  );
}
