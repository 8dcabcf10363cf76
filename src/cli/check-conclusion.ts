import type { Config, Site } from '../../config/config.ts';
import type { ProbeResult } from '../../streams/events.ts';
import type { WitnessVerdict } from '../../streams/witness.ts';
import { duration } from '../notices/duration.ts';
import type { Exclusion } from '../model/excluded.ts';
import type { RememberedBackoff } from '../model/past.ts';
import { onlyDnsFails } from '../checks/only-dns.ts';
import { criticalSites, excusedIn, isPassing, quorumOf } from '../checks/quorum.ts';
import { EXCLUDED } from '../notices/wording.ts';

export interface Findings {
  readonly config: Pick<
    Config,
    'siteQuorum' | 'failThreshold' | 'dryRun' | 'recoveryStrategy' | 'selfHealGraceMs'
  >;
  /** Why the gateway may not be touched; undefined if it may be. */
  readonly excluded: Exclusion | undefined;
  readonly sites: readonly Site[];
  readonly results: readonly ProbeResult[];
  readonly cutShort: string | undefined;
  /** Undefined if none is configured. */
  readonly witness: WitnessVerdict | undefined;
  /** The running monitor's backoff, from its state file. */
  readonly backoff: RememberedBackoff | undefined;
  /** URLs of sites that the running monitor holds as advisory. */
  readonly held: readonly string[];
  /** URLs of sites that the running monitor has seen pass; empty if that is not known. */
  readonly passed: readonly string[];
  readonly now: number;
}

export interface Conclusion {
  readonly passes: boolean;
  readonly lines: readonly string[];
}

/** Explains the results, and what the monitor would do about them, to a person who wants to know what to do. */
export function conclude(findings: Findings): Conclusion {
  const { sites, results, config, held } = findings;
  const passed = findings.passed.length === 0 ? sites.map(({ url }) => url) : findings.passed;
  const missing = sites.filter(({ url }) => !results.some(({ site }) => site.url === url));
  const critical = criticalSites({ sites: { list: sites }, demotion: { held } });
  const quorum = quorumOf(config.siteQuorum, critical.length);
  const passes = isPassing(results, { critical, quorum, passed });
  const excused = excusedIn(results, critical, passed);
  return {
    passes,
    lines: [
      ...results.map((result) => describe(result, { held, excused })),
      ...missing.map(({ name }) => `  ? ${name}: no result`),
      ...(onlyDnsFails(results)
        ? ['Only DNS fails: sites by address pass, and those by name cannot be resolved.']
        : []),
      ...verdict(findings, critical, { quorum, passes, excused }),
    ],
  };
}

interface Judgement {
  readonly quorum: number;
  readonly passes: boolean;
  /** URLs of sites that fail and have never passed, although another one passes. */
  readonly excused: readonly string[];
}

function verdict(
  findings: Findings,
  critical: readonly Site[],
  { quorum, passes, excused }: Judgement,
): readonly string[] {
  const { results, cutShort, config } = findings;
  const ofCritical = results.filter(({ site }) => critical.some(({ url }) => url === site.url));
  const failing = ofCritical.filter(
    ({ verdict: one, site }) => one === 'fail' && !excused.includes(site.url),
  ).length;
  const figures = `${String(failing)} of ${String(critical.length)} critical sites failed, and SITE_QUORUM=${String(config.siteQuorum)} asks for ${String(quorum)}`;
  if (passes) return [failing === 0 ? 'The tunnel works.' : `The tunnel counts as working: ${figures}.`];
  if (failing < quorum)
    return [`Nothing could be found out: ${cutShort ?? unknownReason(ofCritical) ?? 'no result'}`];
  return [`The tunnel does not pass: ${figures}.`, ...whatFollows(findings)];
}

const unknownReason = (results: readonly ProbeResult[]): string | undefined =>
  results.find(({ verdict: one }) => one === 'unknown')?.reason;

/** What would prevent a recovery, or what a recovery would do. */
function whatFollows({ config, excluded, witness, backoff, now }: Findings): readonly string[] {
  if (excluded !== undefined) return [`The gateway ${EXCLUDED[excluded]}: no recovery would start.`];
  if (witness?.answers === false)
    return [
      `The witness does not answer either (${witness.reason}): the line itself is down, no recovery would start.`,
    ];
  const waitMs = Math.max(0, (backoff?.notBefore ?? 0) - now);
  const how =
    config.recoveryStrategy === 'vpn-first'
      ? 'restart of the VPN, then of the container'
      : 'restart of the container';
  return [
    `After ${String(config.failThreshold)} such checks in a row a running monitor begins a recovery: ${how}.`,
    ...(waitMs > 0
      ? [
          `Not before ${duration(waitMs)} from now: it is recovery ${String((backoff?.attempts ?? 0) + 1)} in a row.`,
        ]
      : []),
    ...(config.selfHealGraceMs > 0
      ? [`Gluetun gets ${duration(config.selfHealGraceMs)} before, to heal itself (SELF_HEAL_GRACE).`]
      : []),
    ...(config.dryRun ? ['DRY_RUN is set: it would only be logged.'] : []),
  ];
}

const MARKS = { pass: '+', fail: '-', unknown: '?' } as const;

function describe(
  { site, verdict: one, reason, httpStatus, latencyMs }: ProbeResult,
  { held, excused }: { readonly held: readonly string[]; readonly excused: readonly string[] },
): string {
  const status = httpStatus === undefined ? '' : `, HTTP ${String(httpStatus)}`;
  const isHeld = held.includes(site.url);
  const isExcused = excused.includes(site.url);
  const role = isExcused
    ? ' (has never passed: check its URL)'
    : isHeld
      ? ' (held as advisory)'
      : site.role === 'advisory'
        ? ' (advisory)'
        : '';
  return `  ${MARKS[one]} ${site.name}${role}: ${reason}${status}, ${String(Math.round(latencyMs ?? 0))} ms`;
}
