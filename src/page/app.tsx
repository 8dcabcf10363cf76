import { useEffect } from 'preact/hooks';
import type { Status } from '../status/schema.ts';
import { Boxes } from './boxes.tsx';
import { Gateways } from './gateways.tsx';
import { Hero } from './hero.tsx';
import { type Live, useLive, useNow } from './live.ts';
import { Recoveries } from './recoveries.tsx';
import { Timeline } from './timeline.tsx';
import { lasting } from './words.ts';

/** The order of the page is the order in which a person asks. */
export function App() {
  const live = useLive();
  const { status, isConnected } = live;
  useEffect(() => {
    document.body.classList.toggle('lost', status !== undefined && !isConnected);
  }, [status, isConnected]);
  return (
    <>
      <header>
        <b>Gluetun Monitor</b>
        {status?.dry_run && <span class="tag">dry run: nothing is changed</span>}
        <Connection live={live} />
      </header>
      <main aria-busy={status === undefined}>
        <Hero status={status} isConnected={isConnected} />
        {status && <Known live={live} status={status} />}
      </main>
      {status && <Footer status={status} />}
    </>
  );
}

const Known = ({ live, status }: { readonly live: Live; readonly status: Status }) => (
  <>
    <Boxes status={status} />
    <Recoveries gateways={status.gateways} />
    <Gateways status={status} recent={live.recent} />
    <Timeline entries={live.entries} />
  </>
);

function Connection({ live: { status, isConnected } }: { readonly live: Live }) {
  const isLost = status !== undefined && !isConnected;
  return (
    <span class={`connection ${isLost ? 'is-lost' : isConnected ? 'is-live' : ''}`}>
      <span class="dot" aria-hidden="true">
        {isConnected ? '●' : '○'}
      </span>{' '}
      <span role="status">{isLost ? 'connection lost' : isConnected ? 'live' : 'connecting'}</span>
      {isLost && <Old time={status.time} />}
    </span>
  );
}

const Old = ({ time }: { readonly time: string }) => (
  <span title="so old is what is shown">, {lasting((useNow() - Date.parse(time)) / 1000)}</span>
);

const Footer = ({ status }: { readonly status: Status }) => (
  <footer>
    Gluetun Monitor {status.version} · up {<Up since={status.started} />} ·{' '}
    <a href="status">status as JSON</a>
  </footer>
);

const Up = ({ since }: { readonly since: string }) => <>{lasting((useNow() - Date.parse(since)) / 1000)}</>;
