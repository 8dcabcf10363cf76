import type { HistoryEntry, Recent } from '../../../src/edges/http/wire.ts';
import type {
  ConditionStatus,
  DependentStatus,
  GatewayStatus,
  SiteStatus,
  Status,
} from '../../../src/status/schema.ts';
import { DAY, HOUR, MINUTE, SECOND, ago, entriesBefore, recentOf } from './made-up-past.ts';

/** Made-up states for the page to show, without an engine. */
export const SCENES = ['calm', 'bare', 'recovery', 'trouble', 'several', 'many', 'starting'] as const;
export type Scene = (typeof SCENES)[number];

export interface MadeUp {
  readonly status: Status;
  readonly recent: Recent;
  readonly entries: readonly HistoryEntry[];
}

export function madeUp(scene: Scene, now: number): MadeUp {
  const gateways = GATEWAYS[scene](now);
  return {
    status: statusOf(gateways, now, SENTENCES[scene]),
    recent: recentOf(gateways, now),
    entries: entriesBefore(now, scene === 'recovery'),
  };
}

const site = (name: string, more: Partial<SiteStatus> = {}): SiteStatus => ({
  name,
  role: 'critical',
  state: 'up',
  failures: 0,
  threshold: 2,
  reason: null,
  http_status: 200,
  latency_seconds: 0.02 + (name.length % 7) * 0.013,
  ...more,
});

const downSite = (name: string, more: Partial<SiteStatus> = {}): SiteStatus =>
  site(name, {
    state: 'down',
    failures: 2,
    reason: 'Timed out',
    latency_seconds: null,
    http_status: null,
    ...more,
  });

const dependent = (now: number, name: string, more: Partial<DependentStatus> = {}): DependentStatus => ({
  name,
  attachment: 'fresh',
  since: ago(now, 15 * HOUR + name.length * HOUR),
  waits: false,
  why: '',
  ...more,
});

const condition = (now: number, more: Partial<ConditionStatus>): ConditionStatus => ({
  key: `${more.kind ?? ''} ${more.subject ?? ''}`,
  kind: 'siteDown',
  gateway: 'gluetun',
  subject: '',
  since: ago(now, 20 * MINUTE),
  until: null,
  severity: 'warning',
  sentence: '',
  remedy: '',
  ...more,
});

function gateway(now: number, more: Partial<GatewayStatus> = {}): GatewayStatus {
  const sites = more.sites ?? [
    site('https://www.google.com'),
    site('https://cloudflare.com'),
    site('https://tracker.example/announce', { role: 'advisory', latency_seconds: 0.31 }),
  ];
  const dependents =
    more.dependents ??
    ['jackett', 'prowlarr', 'qbittorrent', 'radarr', 'sonarr'].map((name) => dependent(now, name));
  return {
    name: 'gluetun',
    sentence: 'All is well.',
    state: 'ready',
    health: 'healthy',
    tunnel: 'up',
    since: ago(now, 3 * DAY),
    ip: '203.0.113.7',
    country: 'Netherlands',
    region: 'North Holland',
    city: 'Amsterdam',
    server: null,
    check: { began: ago(now, 12 * SECOND), age_seconds: 12, seconds: 0.38, passing: true },
    recovery: null,
    recoveries_in_a_row: 0,
    no_recovery_before: null,
    paused_until: null,
    conditions: [],
    ...more,
    sites,
    sites_up: sites.filter(({ state }) => state === 'up').length,
    sites_total: sites.length,
    dependents,
    dependents_fresh: dependents.filter(({ attachment }) => attachment === 'fresh').length,
    dependents_total: dependents.length,
  };
}

const recovering = (now: number, more: Partial<GatewayStatus> = {}): GatewayStatus =>
  gateway(now, {
    sentence: 'The tunnel of gluetun is broken. The container is being restarted.',
    tunnel: 'down',
    since: ago(now, 71 * SECOND),
    sites: [
      downSite('https://www.google.com'),
      downSite('https://cloudflare.com'),
      site('https://tracker.example/announce', {
        role: 'advisory',
        state: 'failing',
        failures: 1,
        reason: 'Network failure (DNS or connection)',
        latency_seconds: null,
        http_status: null,
      }),
    ],
    dependents: [
      dependent(now, 'jackett', {
        attachment: 'stopped',
        why: 'stopped by hand: left alone',
        since: ago(now, 5 * DAY),
      }),
      ...['prowlarr', 'qbittorrent', 'radarr', 'sonarr'].map((name) =>
        dependent(now, name, {
          attachment: 'stale',
          waits: true,
          why: 'waits for the gateway',
          since: ago(now, 9 * SECOND),
        }),
      ),
    ],
    recovery: {
      began: ago(now, 42 * SECOND),
      ended: null,
      seconds: 42,
      outcome: null,
      steps: [
        { step: 'restartingVpn', began: ago(now, 42 * SECOND), seconds: 0.4 },
        { step: 'verifyingVpn', began: ago(now, 41.6 * SECOND), seconds: 30.2 },
        { step: 'restarting', began: ago(now, 11.4 * SECOND), seconds: null },
      ],
    },
    recoveries_in_a_row: 2,
    conditions: [
      condition(now, {
        kind: 'siteDown',
        subject: 'https://cloudflare.com',
        sentence: 'https://cloudflare.com is down.',
        remedy:
          'If only this site stays down, it may block the exit: give it role=advisory, or take it off the list.',
      }),
    ],
    ...more,
  });

const cutOff = (now: number): ConditionStatus =>
  condition(now, {
    kind: 'dependentCutOff',
    subject: 'radarr',
    sentence: 'radarr cannot be put back: its image is no longer on this host.',
    remedy: 'Pull the image of the container: it is then created anew by itself.',
  });

const troubled = (now: number): GatewayStatus =>
  gateway(now, {
    sentence: 'gluetun does not run.',
    state: 'down',
    health: 'unhealthy',
    tunnel: 'stopped',
    since: ago(now, 6 * MINUTE),
    sites: [
      downSite('https://www.google.com'),
      site('https://cloudflare.com', { state: 'unknown', latency_seconds: null }),
    ],
    dependents: [
      dependent(now, 'radarr', {
        attachment: 'orphaned',
        why: 'cut off: its image is no longer on this host',
        since: ago(now, 40 * MINUTE),
      }),
      dependent(now, 'prowlarr'),
      dependent(now, 'sonarr', { attachment: 'unknown', why: 'not looked at yet' }),
    ],
    conditions: [
      cutOff(now),
      condition(now, {
        kind: 'gatewayLooping',
        subject: 'gluetun',
        severity: 'critical',
        sentence: 'gluetun has ended 4 times in a row before it was ready.',
        remedy: 'Look at the log of the gateway: it ends before it is ready.',
        since: ago(now, 6 * MINUTE),
      }),
      ...['a', 'b', 'c', 'd', 'e'].map((name) =>
        condition(now, {
          kind: 'siteNeverPassed',
          subject: name,
          sentence: `https://${name}.example has never answered, while another site does.`,
          remedy: 'Check the URL of the site.',
        }),
      ),
    ],
  });

const CITIES = ['Amsterdam', 'Zurich', 'Stockholm', 'Oslo', 'Madrid', 'Vienna', 'Prague', 'Lisbon'];

const several = (now: number): readonly GatewayStatus[] =>
  Array.from({ length: 16 }, (_, index) => {
    const name = `gluetun-${String(index + 1)}`;
    const common = {
      name,
      city: CITIES[index % 8] ?? null,
      country: null,
      ip: `203.0.113.${String(index + 1)}`,
    };
    if (index === 4)
      return recovering(now, {
        ...common,
        sentence: `The tunnel of ${name} is broken. The container is being restarted.`,
      });
    if (index === 9)
      return gateway(now, {
        ...common,
        tunnel: 'stopped',
        state: 'down',
        sentence: `${name} does not run.`,
        ip: null,
        city: null,
      });
    return gateway(now, common);
  });

const many = (now: number): GatewayStatus =>
  gateway(now, {
    sites: Array.from({ length: 200 }, (_, index) =>
      index === 120
        ? downSite(`https://site-${String(index)}.example`, { role: 'advisory' })
        : site(`https://site-${String(index)}.example`, { latency_seconds: 0.02 + (index % 40) / 200 }),
    ),
    dependents: Array.from({ length: 50 }, (_, index) => dependent(now, `application-${String(index + 1)}`)),
  });

const GATEWAYS: Readonly<Record<Scene, (now: number) => readonly GatewayStatus[]>> = {
  calm: (now) => [gateway(now)],
  bare: (now) => [gateway(now, { dependents: [], city: null, country: null, ip: null })],
  recovery: (now) => [recovering(now)],
  trouble: (now) => [troubled(now)],
  several,
  many: (now) => [many(now)],
  starting: (now) => [
    gateway(now, {
      state: 'starting',
      health: 'starting',
      tunnel: 'unknown',
      since: ago(now, 4 * SECOND),
      ip: null,
      city: null,
      country: null,
      check: null,
      sites: ['https://www.google.com', 'https://cloudflare.com'].map((name) =>
        site(name, { state: 'unknown', latency_seconds: null, http_status: null }),
      ),
    }),
  ],
};

const SENTENCES: Readonly<Record<Scene, Pick<Status, 'mood' | 'sentence'>>> = {
  calm: { mood: 'well', sentence: 'All is well.' },
  bare: { mood: 'well', sentence: 'All is well.' },
  recovery: { mood: 'busy', sentence: 'The tunnel of gluetun is broken. The container is being restarted.' },
  trouble: { mood: 'trouble', sentence: 'gluetun has ended 4 times in a row before it was ready.' },
  several: { mood: 'trouble', sentence: 'gluetun-10 does not run.' },
  many: { mood: 'well', sentence: 'All is well.' },
  starting: { mood: 'unknown', sentence: 'Nothing shows yet whether the tunnel of gluetun works.' },
};

function statusOf(
  gateways: readonly GatewayStatus[],
  now: number,
  headline: Pick<Status, 'mood' | 'sentence'>,
): Status {
  const [first] = gateways;
  if (first === undefined) throw new Error('a monitor watches at least one gateway');
  const { tunnel, since, ip, country, region, city, server } = first;
  const { sites_up, sites_total, dependents_fresh, dependents_total } = first;
  const conditions = gateways.flatMap((one) => one.conditions);
  return {
    version: '1.0.0',
    time: ago(now, 0),
    started: ago(now, 12 * DAY),
    uptime_seconds: (12 * DAY) / SECOND,
    dry_run: false,
    ...headline,
    engine: 'connected',
    ...{ tunnel, since, ip, country, region, city, server },
    ...{ sites_up, sites_total, dependents_fresh, dependents_total },
    last_recovery: null,
    conditions_total: conditions.length,
    conditions: [...conditions].sort((one, other) => one.severity.localeCompare(other.severity)),
    gateways: [...gateways],
  };
}
