import { ALLOWED, allowedBy } from '../../shipping/engine-calls.ts';

/**
 * How often each request was made, a line each, by what proxies have logged: `STATUS METHOD PATH`, a line each. What no
 * rule allows is named as it was asked for.
 */
export function countsOf(log: string): string {
  const counts = new Map(ALLOWED.map(({ request }): [string, number] => [request, 0]));
  for (const line of log.split('\n').filter((text) => text !== '')) {
    const [, method = '', path = ''] = line.split(' ');
    const request = allowedBy(method, path)?.request ?? `not allowed: ${method} ${path}`;
    counts.set(request, (counts.get(request) ?? 0) + 1);
  }
  return [...counts].map(([request, count]) => `${String(count).padStart(8)} ${request}\n`).join('');
}
