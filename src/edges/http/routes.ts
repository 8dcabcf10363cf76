import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Document } from './documents.ts';

export type HttpContext = Context<{ Bindings: HttpBindings }>;

/** One way to ask the monitor something. `GET` answers `HEAD`, too. */
export interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: `/${string}`;
  /** For everybody: it tells nothing that has to be kept. Absent: only for those who may see the status. */
  readonly isFree?: true;
  readonly answer: (context: HttpContext) => Response | Promise<Response>;
}

/** A page. */
export function show(
  context: HttpContext,
  { html, gzipped, policy }: Document,
  status: 200 | 401 | 429 = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  const isPacked = /\bgzip\b/.test(context.req.header('Accept-Encoding') ?? '');
  return context.body(isPacked ? new Uint8Array(gzipped) : html, status, {
    ...headers,
    ...(isPacked && { 'Content-Encoding': 'gzip' }),
    'Content-Security-Policy': policy,
    'Content-Type': 'text/html; charset=utf-8',
    Vary: 'Accept-Encoding',
  });
}
