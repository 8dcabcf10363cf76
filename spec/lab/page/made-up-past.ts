import type { HistoryEntry, Recent } from '../../../src/edges/http/wire.ts';
import type { GatewayStatus } from '../../../src/status/schema.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** So many milliseconds before `now`, as the status has times. */
export const ago = (now: number, ms: number): string => new Date(now - ms).toISOString();

/** The same each time: a line that looks like latencies. */
function latencies(seed: number, count: number): (number | null)[] {
  let drawn = seed;
  return Array.from({ length: count }, (_, index) => {
    drawn = (drawn * 9301 + 49_297) % 233_280;
    return index === 70 && seed % 2 === 0
      ? null
      : 0.02 + (drawn / 233_280) * 0.03 + (index % 37 === 0 ? 0.08 : 0);
  });
}

const CHECKS = 120;

export function recentOf(gateways: readonly GatewayStatus[], now: number): Recent {
  return {
    since: now - 12 * DAY,
    gateways: gateways.map(({ name, sites, tunnel, since }) => ({
      name,
      tunnel: [
        [now - 12 * DAY, 'up'],
        [now - 15 * HOUR, 'down'],
        [now - 15 * HOUR + 52 * SECOND, 'up'],
        ...(tunnel === 'up' ? [] : [[Date.parse(since), tunnel] as const]),
      ],
      checks: Array.from({ length: CHECKS }, (_, index) => now - (CHECKS - index) * 30 * SECOND),
      latencies: Object.fromEntries(
        sites.map(({ name: site, state }, index) => [
          site,
          latencies(index * 77 + 5, CHECKS).map((one, at) => (state === 'down' && at > 116 ? null : one)),
        ]),
      ),
    })),
  };
}

export function entriesBefore(now: number, isRecovering: boolean): readonly HistoryEntry[] {
  const entry = (
    ms: number,
    level: string,
    kind: string,
    message: string,
    more: object = {},
  ): HistoryEntry => ({
    time: ago(now, ms),
    kind,
    level,
    message,
    ...more,
  });
  return [
    entry(2 * DAY, 'info', 'dependentRepaired', 'prowlarr restarted successfully'),
    entry(DAY + 4 * HOUR, 'info', 'siteUp', 'https://www.google.com is up again'),
    entry(
      15 * HOUR,
      'warn',
      'siteDown',
      'Site https://cloudflare.com failed 2 consecutive times - THRESHOLD REACHED - Timed out',
    ),
    entry(
      15 * HOUR - 2_000,
      'error',
      'sitesFailed',
      'Failed sites (exceeded threshold): https://cloudflare.com',
    ),
    entry(
      15 * HOUR - 52_000,
      'info',
      'recoveryCompleted',
      'Recovery complete after 52s: the VPN was reconnected',
    ),
    entry(15 * HOUR - 53_000, 'endpoint', 'endpoint', 'Status: NEW | IP: 203.0.113.7', {
      ip: '203.0.113.7',
      city: 'Amsterdam',
      country: 'Netherlands',
    }),
    ...(isRecovering
      ? [
          entry(
            43_000,
            'error',
            'sitesFailed',
            'Failed sites (exceeded threshold): https://cloudflare.com, https://www.google.com',
          ),
          entry(
            42_000,
            'warn',
            'recoveryDecided',
            '2 of 2 critical sites are down, and 1 is enough: recovery 2 in a row',
          ),
        ]
      : []),
  ];
}
