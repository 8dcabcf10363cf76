import { Hono } from 'hono';
import type { HttpBindings } from '@hono/node-server';
import { isOwnHost } from './hosts.ts';
import type { HttpContext, Route } from './routes.ts';

/** A request that was answered. */
interface Answered {
  readonly method: string;
  /** Without its query, which may hold anything. */
  readonly path: string;
  readonly address: string;
  readonly status: number;
}

export interface AppOptions {
  readonly routes: readonly Route[];
  /** `HTTP_HOSTS`. */
  readonly hosts: readonly string[];
  /** Whether this request may see the status. */
  readonly isAllowed: (context: HttpContext) => boolean;
  /** What whoever may not is answered. */
  readonly refuse: (context: HttpContext) => Response | Promise<Response>;
  readonly note: (request: Answered) => void;
}

/** With every answer. A page has a longer policy. */
export const HEADERS = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** The routes, each behind the same rules: the host, the method, the token. */
export function createApp({
  routes,
  hosts,
  isAllowed,
  refuse,
  note,
}: AppOptions): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.use(async (context, next) => {
    const { incoming } = context.env;
    await next();
    for (const [name, value] of Object.entries(HEADERS))
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    note({
      method: incoming.method ?? '',
      path: incoming.url?.split(/[?#]/)[0] ?? '',
      address: incoming.socket.remoteAddress ?? '',
      status: context.res.status,
    });
  });
  app.use(async (context, next) => {
    if (isOwnHost(context.env.incoming.headers.host, hosts)) return next();
    const advice = 'This monitor is not known by that name. If it should be, add the name to HTTP_HOSTS.\n';
    return context.text(advice, 421);
  });
  for (const path of new Set(routes.map((route) => route.path))) {
    const here = routes.filter((route) => route.path === path);
    app.all(path, (context) => {
      const { method } = context.req;
      const route = here.find((one) => one.method === (method === 'HEAD' ? 'GET' : method));
      if (route === undefined)
        return context.text('Not that way.\n', 405, { Allow: allowed(here).join(', ') });
      return route.isFree || isAllowed(context) ? route.answer(context) : refuse(context);
    });
  }
  app.notFound((context) =>
    isAllowed(context) ? context.text('There is nothing here.\n', 404) : refuse(context),
  );
  app.onError((_, context) => context.text('The monitor could not answer.\n', 500));
  return app;
}

const allowed = (routes: readonly Route[]): readonly string[] =>
  routes.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
