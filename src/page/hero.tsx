import { useEffect } from 'preact/hooks';
import type { GatewayStatus, Status } from '../status/schema.ts';
import { Age } from './parts.tsx';
import { clockTime, counted } from './words.ts';

const GLYPHS: Readonly<Record<Status['mood'], string>> = { well: '✓', busy: '↻', trouble: '✕', unknown: '?' };

interface HeroProps {
  readonly status: Status | undefined;
  readonly isConnected: boolean;
}

/** Is all well? One sentence, in the title of the tab, too. */
export function Hero({ status, isConnected }: HeroProps) {
  const mood = status?.mood ?? 'unknown';
  const sentence = status?.sentence ?? 'Asking the monitor.';
  const isLost = status !== undefined && !isConnected;
  useEffect(() => {
    document.title = isLost ? `Connection lost: ${sentence}` : `${GLYPHS[mood]} ${sentence}`;
    showIcon(isLost ? 'unknown' : mood);
  }, [mood, sentence, isLost]);
  return (
    <div class={`hero ${mood}`}>
      <div class={`glyph ${mood === 'busy' ? 'moving' : ''}`} aria-hidden="true">
        {GLYPHS[mood]}
      </div>
      <div>
        <h1>
          <span role="status">{sentence}</span>
        </h1>
        <p>{status ? <Below status={status} /> : 'One moment.'}</p>
      </div>
    </div>
  );
}

const Below = ({ status }: { readonly status: Status }) =>
  status.gateways.length > 1 ? <OfSeveral gateways={status.gateways} /> : <OfOne status={status} />;

function OfSeveral({ gateways }: { readonly gateways: readonly GatewayStatus[] }) {
  const up = gateways.filter(({ tunnel }) => tunnel === 'up').length;
  const sum = (figure: (one: GatewayStatus) => number): number =>
    gateways.reduce((total, one) => total + figure(one), 0);
  const fresh = sum((one) => one.dependents_fresh);
  const total = sum((one) => one.dependents_total);
  return (
    <>
      {up} of {gateways.length} tunnels up.
      {total > 0 && ` ${String(fresh)} of ${counted(total, 'container')} on their networks.`}
    </>
  );
}

function OfOne({ status }: { readonly status: Status }) {
  const { gateways, tunnel, since, city, country, ip } = status;
  const [gateway] = gateways;
  const exit = [city ?? country, ip].find((part) => part !== null);
  const sites = `${String(status.sites_up)} of ${counted(status.sites_total, 'site')} ${status.sites_total === 1 ? 'answers' : 'answer'}.`;
  return (
    <>
      {tunnel === 'up' ? (
        <>
          {exit === undefined ? 'Up' : `Out through ${exit}`} for <Age since={since} />.{' '}
        </>
      ) : (
        <>
          For <Age since={since} />, since {clockTime(since)}. {sites}{' '}
        </>
      )}
      {status.dependents_total > 0 &&
        `${String(status.dependents_fresh)} of ${counted(status.dependents_total, 'container')} on its network. `}
      {gateway?.check && (
        <>
          Checked <Age since={gateway.check.began} ago />.
        </>
      )}
    </>
  );
}

const COLOURS: Readonly<Record<Status['mood'], string>> = {
  well: '%2312784a',
  busy: '%231d5fc4',
  trouble: '%23b3261e',
  unknown: '%238a5a00',
};

/** The tab shows the mood, too. */
function showIcon(mood: Status['mood']): void {
  const icon = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  const text = `<text x="16" y="23" text-anchor="middle" font-family="sans-serif" font-weight="700" font-size="20" fill="white">${GLYPHS[mood]}</text>`;
  const picture = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="16" fill="${COLOURS[mood]}"/>${text}</svg>`;
  if (icon !== null) icon.href = `data:image/svg+xml,${picture}`;
}
