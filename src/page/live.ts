import { useEffect, useState } from 'preact/hooks';
import type { Beat, HistoryAnswer, HistoryEntry, Recent } from '../edges/http/wire.ts';
import type { Status } from '../status/schema.ts';
import { isEntry } from './view.ts';

/** What the monitor has sent so far. */
export interface Live {
  /** Undefined until the first status is there. */
  readonly status: Status | undefined;
  readonly recent: Recent | undefined;
  /** The oldest first. */
  readonly entries: readonly HistoryEntry[];
  readonly isConnected: boolean;
  /** How far the monitor's clock is ahead of the browser's. */
  readonly aheadMs: number;
}

let live: Live = { status: undefined, recent: undefined, entries: [], isConnected: false, aheadMs: 0 };
const listeners = new Set<() => void>();

function update(change: Partial<Live>): void {
  live = { ...live, ...change };
  listeners.forEach((listen) => listen());
}

/** What was sent, and every change of it. */
export function useLive(): Live {
  const [known, setKnown] = useState(live);
  useEffect(() => {
    const listen = (): void => setKnown(live);
    listeners.add(listen);
    listen();
    return () => void listeners.delete(listen);
  }, []);
  return known;
}

const tickers = new Set<() => void>();
setInterval(() => tickers.forEach((tick) => tick()), 1_000);

/** The monitor's time. Once a second it is drawn again, and nothing else is. While nothing is heard it goes on. */
export function useNow(): number {
  const [, setTick] = useState(0);
  useEffect(() => {
    const tick = (): void => setTick((count) => count + 1);
    tickers.add(tick);
    return () => void tickers.delete(tick);
  }, []);
  return Date.now() + live.aheadMs;
}

/** The monitor says something every 15 s. */
const SILENT_MS = 40_000;
const MOST_ENTRIES = 1_000;
const MOST_CHECKS = 120;
const [FIRST_RETRY_MS, LONGEST_RETRY_MS] = [1_000, 15_000];

let stream: EventSource | undefined;
let heardAt = 0;
let retryMs = FIRST_RETRY_MS;
let retry: ReturnType<typeof setTimeout> | undefined;

export function connect(): void {
  clearTimeout(retry);
  stream?.close();
  heardAt = Date.now();
  stream = new EventSource('events');
  const on = (name: string, take: (data: unknown) => void): void =>
    stream?.addEventListener(name, ({ data }: MessageEvent<string>) => {
      heardAt = Date.now();
      take(JSON.parse(data));
    });
  on('status', (data) => takeStatus(data as Status | null));
  on('notice', (data) => update({ entries: [...live.entries, data as HistoryEntry].slice(-MOST_ENTRIES) }));
  on('beat', (data) => update({ aheadMs: Date.parse((data as Beat).time) - Date.now() }));
  stream.addEventListener('error', lose);
}

// A page that is kept for the way back would keep its connection, of which a browser has six for each host.
addEventListener('pagehide', () => stream?.close());
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) connect();
});
addEventListener('offline', lose);
addEventListener('online', connect);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible' && !live.isConnected) connect();
});
setInterval(() => {
  if (live.isConnected && Date.now() - heardAt > SILENT_MS) lose();
}, 1_000);

/** Says so at once, and tries again: at first soon, and then more seldom. */
function lose(): void {
  stream?.close();
  if (live.isConnected) update({ isConnected: false });
  clearTimeout(retry);
  retry = setTimeout(() => void tryAgain(), retryMs);
  retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
}

/** A monitor that has restarted knows no session: then the page asks for the token. */
async function tryAgain(): Promise<void> {
  try {
    const { status } = await fetch('readyz');
    if (status === 401) location.reload();
    else connect();
  } catch {
    lose();
  }
}

function takeStatus(status: Status | null): void {
  if (status === null) return;
  const isNew = !live.isConnected;
  retryMs = FIRST_RETRY_MS;
  update({
    status,
    isConnected: true,
    aheadMs: Date.parse(status.time) - Date.now(),
    recent: live.recent && extended(live.recent, status),
  });
  if (isNew) void load();
}

/** What was before, and what was missed. */
async function load(): Promise<void> {
  try {
    const [recent, history] = await Promise.all([
      fetch('recent').then(async (answer) => (await answer.json()) as Recent),
      fetch('history?since=7d').then(async (answer) => (await answer.json()) as HistoryAnswer),
    ]);
    const entries = history.entries.filter(isEntry);
    const newest = entries.at(-1)?.time ?? '';
    const since = live.entries.filter(({ time }) => time > newest);
    update({ recent: live.status ? extended(recent, live.status) : recent, entries: [...entries, ...since] });
  } catch {
    // The stream shows whether the monitor can be reached.
  }
}

/** The two clocks of the monitor are rounded apart. */
const SAME_CHECK_MS = 250;

/** With the check and the tunnel of a newer status. */
function extended(recent: Recent, { gateways }: Status): Recent {
  return {
    ...recent,
    gateways: recent.gateways.map((known, index) => {
      const status = gateways[index];
      if (status === undefined) return known;
      const [last] = known.tunnel.slice(-1);
      const tunnel: typeof known.tunnel =
        last?.[1] === status.tunnel
          ? known.tunnel
          : [...known.tunnel, [Math.max(Date.parse(status.since), last?.[0] ?? 0), status.tunnel]];
      const began = status.check === null ? 0 : Date.parse(status.check.began);
      if (began <= (known.checks.at(-1) ?? 0) + SAME_CHECK_MS) return { ...known, tunnel };
      const latencies = Object.fromEntries(
        status.sites.map(({ name, latency_seconds: latency }) => {
          const before = known.latencies[name] ?? Array<null>(known.checks.length).fill(null);
          return [name, [...before, latency].slice(-MOST_CHECKS)];
        }),
      );
      return { ...known, tunnel, checks: [...known.checks, began].slice(-MOST_CHECKS), latencies };
    }),
  };
}
