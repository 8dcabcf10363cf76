import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Latest, checkAnswer } from './answers.ts';
import { HEADERS } from './app.ts';
import type { RecentResults } from './recent-results.ts';
import type { HttpContext, Route } from './routes.ts';
import { sinceOf } from './since.ts';
import type { Streams } from './streams.ts';
import type { HistoryAnswer, HistoryReader } from './wire.ts';

const MOST_ENTRIES = 500;

export interface Sources {
  readonly latest: Latest;
  readonly results: RecentResults;
  readonly history: HistoryReader;
  readonly streams: Streams;
  readonly wallNow: () => number;
}

/** What everybody may ask for who may see the status. */
export function statusRoutes({ latest, results, history, streams, wallNow }: Sources): readonly Route[] {
  const json = (context: HttpContext, value: unknown, status: 200 | 400 | 503 = 200): Response =>
    context.body(latest.json(value), status, { 'Content-Type': 'application/json' });
  const yesOrNo = (context: HttpContext, isSo: boolean): Response =>
    context.text(isSo ? 'yes\n' : 'not yet\n', isSo ? 200 : 503);

  return [
    {
      method: 'GET',
      path: '/livez',
      isFree: true,
      answer: (context) => context.text(latest.isAlive ? 'yes\n' : 'no\n', latest.isAlive ? 200 : 503),
    },
    { method: 'GET', path: '/readyz', answer: (context) => yesOrNo(context, latest.isReady) },
    {
      method: 'GET',
      path: '/check',
      answer: (context) => {
        const answer = checkAnswer(latest.status());
        return json(context, answer, answer.passing ? 200 : 503);
      },
    },
    {
      method: 'GET',
      path: '/status',
      answer: (context) => {
        const status = latest.status();
        return status === undefined ? yesOrNo(context, false) : json(context, status);
      },
    },
    {
      method: 'GET',
      path: '/history',
      answer: async (context) => {
        const since = sinceOf(context.req.query('since'), wallNow());
        if (since === undefined)
          return json(
            context,
            { error: 'since: a time such as 2026-01-31T12:00:00Z, or a duration such as 12h' },
            400,
          );
        const answer: HistoryAnswer = {
          since: new Date(since).toISOString(),
          entries: await history.entries(since, MOST_ENTRIES),
        };
        return json(context, answer);
      },
    },
    {
      method: 'GET',
      path: '/recent',
      answer: (context) =>
        json(
          context,
          results.shown((at) => latest.toWall(at)),
        ),
    },
    {
      method: 'GET',
      path: '/events',
      answer: (context) => {
        if (streams.isFull)
          return context.text('Too many are watching already.\n', 503, { 'Retry-After': '30' });
        if (context.req.method === 'HEAD')
          return context.body(null, 200, { 'Content-Type': 'text/event-stream' });
        streams.open(context.env.outgoing, HEADERS);
        return RESPONSE_ALREADY_SENT;
      },
    },
  ];
}
