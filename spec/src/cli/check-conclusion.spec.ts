import { type Findings, conclude } from '../../../src/cli/check-conclusion.ts';
import type { Verdict } from '../../../streams/events.ts';
import { site } from '../builders.ts';

const sites = ['a', 'b', 'c'].map((name) => site(name));
const NOW = 1_000_000;

const concluding = (
  verdicts: readonly Verdict[],
  more: Partial<Findings> = {},
  config: Partial<Findings['config']> = {},
) =>
  conclude({
    config: {
      siteQuorum: 'any',
      failThreshold: 2,
      dryRun: false,
      recoveryStrategy: 'restart',
      selfHealGraceMs: 0,
      ...config,
    },
    excluded: undefined,
    sites,
    results: verdicts.map((verdict, index) => ({
      site: sites[index] ?? site('x'),
      verdict,
      reason: verdict === 'unknown' ? 'there is no wget' : 'reason',
      latencyMs: 12.4,
      httpStatus: verdict === 'pass' ? 200 : undefined,
    })),
    cutShort: undefined,
    witness: undefined,
    backoff: undefined,
    held: [],
    passed: [],
    now: NOW,
    ...more,
  });

describe('the conclusion of the check command', () => {
  it('is that the tunnel works', () => {
    expect(concluding(['pass', 'pass', 'pass'])).toEqual({
      passes: true,
      lines: [
        '  + https://a: reason, HTTP 200, 12 ms',
        '  + https://b: reason, HTTP 200, 12 ms',
        '  + https://c: reason, HTTP 200, 12 ms',
        'The tunnel works.',
      ],
    });
  });

  it.each<{ given: string; verdicts: Verdict[]; more?: Partial<Findings>; config?: Partial<Findings['config']>; says: RegExp; passes: boolean }>([
    { given: 'one of three sites failed and the quorum is "any"', verdicts: ['pass', 'fail', 'pass'], says: /^The tunnel does not pass: 1 of 3 critical sites failed, and SITE_QUORUM=any asks for 1\.$/, passes: false },
    { given: 'one of three sites failed and the quorum is "majority"', verdicts: ['pass', 'fail', 'pass'], config: { siteQuorum: 'majority' }, says: /^The tunnel counts as working: 1 of 3 .*asks for 2\.$/, passes: true },
    { given: 'nothing could be probed', verdicts: ['unknown', 'unknown', 'unknown'], says: /^Nothing could be found out: there is no wget$/, passes: false },
    { given: 'there are no results', verdicts: [], more: { cutShort: 'the engine is away' }, says: /^Nothing could be found out: the engine is away$/, passes: false },
    { given: 'a recovery would begin', verdicts: ['fail', 'fail', 'fail'], says: /^After 2 such checks in a row a running monitor begins a recovery: restart of the container\.$/, passes: false },
    { given: 'a recovery would begin with the VPN', verdicts: ['fail', 'fail', 'fail'], config: { recoveryStrategy: 'vpn-first' }, says: /restart of the VPN, then of the container/, passes: false },
    { given: 'the line itself is down', verdicts: ['fail', 'fail', 'fail'], more: { witness: { answers: false, reason: 'timed out' } }, says: /^The witness does not answer either \(timed out\): the line itself is down, no recovery would start\.$/, passes: false },
    { given: 'the gateway is excluded', verdicts: ['fail', 'fail', 'fail'], more: { excluded: 'listed' }, says: /^The gateway is in EXCLUDE_CONTAINERS: no recovery would start\.$/, passes: false },
    { given: 'the backoff is not over', verdicts: ['fail', 'fail', 'fail'], more: { backoff: { attempts: 2, notBefore: NOW + 30_000 } }, says: /^Not before 30s from now: it is recovery 3 in a row\.$/, passes: false },
    { given: 'the failed site is held as advisory', verdicts: ['pass', 'fail', 'pass'], more: { held: ['https://b/'] }, says: /^  - https:\/\/b \(held as advisory\): /, passes: true },
    { given: 'the failed site has never passed', verdicts: ['pass', 'fail', 'pass'], more: { passed: ['https://a/'] }, says: /^  - https:\/\/b \(has never passed: check its URL\): /, passes: true },
    { given: 'all sites failed, even those that have never passed', verdicts: ['fail', 'fail', 'fail'], more: { passed: ['https://a/'] }, says: /^The tunnel does not pass: 3 of 3 /, passes: false },
    { given: 'there is a grace for Gluetun to heal itself', verdicts: ['fail', 'fail', 'fail'], config: { selfHealGraceMs: 45_000 }, says: /^Gluetun gets 45s before/, passes: false },
    { given: 'it is a dry run', verdicts: ['fail', 'fail', 'fail'], config: { dryRun: true }, says: /^DRY_RUN is set/, passes: false },
  ])('says what follows if $given', ({ verdicts, more, config, says, passes }) => {
    const conclusion = concluding(verdicts, more, config);
    expect(conclusion.passes).toBe(passes);
    expect(conclusion.lines).toContainEqual(expect.stringMatching(says));
  }); // prettier-ignore

  it('names a site without a result', () => {
    expect(concluding(['pass']).lines).toContain('  ? https://c: no result');
  });

  it('says that only DNS fails', () => {
    const named = [
      { name: 'https://a.example', url: 'https://a.example/', cause: 'dns' },
      { name: 'https://1.1.1.1', url: 'https://1.1.1.1/', cause: undefined },
    ] as const;
    const results = named.map(({ name, url, cause }) => ({
      site: { ...site('x'), name, url },
      verdict: cause === undefined ? ('pass' as const) : ('fail' as const),
      reason: 'reason',
      cause,
      latencyMs: 12,
      httpStatus: undefined,
    }));
    const { lines } = concluding([], { sites: results.map((result) => result.site), results });
    expect(lines).toContain('Only DNS fails: sites by address pass, and those by name cannot be resolved.');
    expect(concluding(['fail', 'pass', 'pass']).lines.join(' ')).not.toMatch(/Only DNS/);
  });
});
