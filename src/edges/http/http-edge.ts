import { getRequestListener } from '@hono/node-server';
import type { Config } from '../../../config/config.ts';
import type { EdgeEvent } from '../../../streams/events.ts';
import type { Notice } from '../../notices/notice.ts';
import type { Edge } from '../edge.ts';
import { createMask } from '../log-format.ts';
import { Access } from './access.ts';
import { type Clocks, Latest, type Statistics } from './answers.ts';
import { createApp } from './app.ts';
import { type PageParts, builtPage, pageDocument } from './documents.ts';
import { listen } from './listeners.ts';
import { metricsRoute } from './metrics-route.ts';
import { logInRoute, mayPass, refusal } from './log-in.ts';
import { RecentNotices, entriesOf } from './recent-notices.ts';
import { RecentResults } from './recent-results.ts';
import { show } from './routes.ts';
import { statusRoutes } from './status-routes.ts';
import { Streams } from './streams.ts';
import type { Beat, HistoryReader } from './wire.ts';

const NAME = 'page';

export interface HttpOptions extends Clocks {
  readonly http: Config['http'];
  /** Several gateways are watched, so each sentence names its own. */
  readonly ofSeveral: boolean;
  readonly secrets: readonly string[];
  /** To the log alone. */
  readonly say: (notice: Notice) => void;
  readonly report: (event: EdgeEvent) => void;
  /** Absent: what is remembered since the start. */
  readonly history?: HistoryReader;
  /** By gateway, as `statusOf` takes them; absent: none are kept. */
  readonly statistics?: Statistics;
  readonly page?: PageParts;
  readonly retryMs?: number;
  /** Called with the port of each address, once it listens there. */
  readonly listening?: (port: number) => void;
}

export interface HttpEdge extends Edge {
  readonly close: () => void;
}

/** The page and the API. It only shows what the loop publishes. */
export function openHttp(options: HttpOptions): HttpEdge {
  const { http, say, report, now, wallNow, ofSeveral, page = builtPage() } = options;
  const latest = new Latest(options, createMask(options.secrets), options.statistics);
  const results = new RecentResults(options.startedAt);
  const remembered = new RecentNotices();
  const history = options.history ?? remembered;
  const streams = new Streams({
    status: () => latest.json(latest.status() ?? null),
    fingerprint: () => latest.fingerprint(),
    beat: () => JSON.stringify({ time: latest.timeNow() } satisfies Beat),
  });
  const access = http.token === undefined ? undefined : new Access(http.token, now);
  const document = pageDocument(page);
  let gateways: readonly string[] = [];
  const metrics = metricsRoute(() => {
    const status = latest.status();
    return status && { status, gateways };
  });
  const app = createApp({
    routes: [
      { method: 'GET', path: '/', answer: (context) => show(context, document) },
      ...statusRoutes({ latest, results, history, streams, wallNow }),
      ...(access === undefined ? [] : [logInRoute(access, page)]),
      metrics.route,
    ],
    hosts: http.hosts,
    isAllowed: (context) => access === undefined || mayPass(access, context),
    refuse: refusal(page),
    note: (request) => say({ kind: 'requestAnswered', ...request }),
  });
  const failing = new Set<string>();
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const listenNow = (): (() => void) =>
    listen({
      addresses: http.addresses,
      answer: (incoming, outgoing) => void answer(incoming, outgoing),
      listening: (address, port) => {
        say({ kind: 'pageServed', address, asksForToken: access !== undefined });
        if (failing.delete(address))
          report({ type: 'edgeRecovered', at: now(), edge: nameOf(address), lostSteps: 0 });
        options.listening?.(port);
      },
      failed: (address, reason) => {
        failing.add(address);
        report({ type: 'edgeFailed', at: now(), edge: nameOf(address), address, reason });
      },
      ...(options.retryMs !== undefined && { retryMs: options.retryMs }),
    });

  let stop: (() => void) | undefined;
  return {
    name: NAME,
    take: (step) => {
      // Not before: what an address lacks is an event for the loop.
      stop ??= listenNow();
      latest.take(step.state);
      gateways = step.state.gateways;
      metrics.take(step);
      results.take(step.state, step.event.at);
      const entries = entriesOf(step, latest.timeNow(), ofSeveral);
      if (options.history === undefined) remembered.add(entries);
      for (const entry of entries) streams.tell('notice', latest.json(entry));
      streams.change();
    },
    close: () => {
      stop?.();
      streams.close();
    },
  };
}

/** Each address is in order or not by itself. */
const nameOf = (address: string): string => `${NAME} at ${address}`;
