import type { Event, ProbeResult } from '../../../streams/events.ts';
import type { RunningCheck } from '../../../src/model/state.ts';
import { type Happening, gatewayFacts, site } from '../builders.ts';
import type { History } from '../history.ts';
import { settled } from '../history.ts';

/*
 * Sites by address behind a line that swallows packets: what TCP makes of it, and what the monitor makes of that. On a
 * real engine: `dist/noticing.js`.
 */

/** From the start of a connection, seconds: when Linux sends its first packet, and that again (RFC 6298). */
const TRIES = [0, 1, 3, 7];
/** What an exec takes to begin, and to tell of its end. */
const EXEC_MS = 100;
const TICK_MS = 100;

interface Cut {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A site that takes so long to answer: the packet that comes through and its answer must miss the cut. */
function probed(check: RunningCheck, index: number, latencyMs: number, cut: Cut): ProbeResult {
  const site = check.sites[index];
  if (site === undefined) throw new Error('there is no such site');
  const begun = check.startedAt + EXEC_MS;
  const answered = TRIES.map((at) => ({
    from: begun + at * 1000,
    until: begun + at * 1000 + latencyMs,
  })).find(({ from, until }) => until < cut.fromMs || from > cut.untilMs);
  const took = answered === undefined ? Infinity : answered.until - begun;
  const limitMs = site.timeoutSeconds * 1000;
  return took <= limitMs
    ? { site, verdict: 'pass', reason: 'OK', latencyMs: took, httpStatus: 200 }
    : { site, verdict: 'fail', reason: 'Timed out', latencyMs: limitMs, httpStatus: undefined };
}

const ending =
  (results: readonly ProbeResult[]): Happening =>
  ({ checking }, at) => {
    const checkId = checking.running?.checkId ?? -1;
    return [
      ...results.map((result): Event => ({ type: 'siteProbed', at, checkId, result })),
      { type: 'checkFinished', at, checkId, cutShort: undefined },
    ];
  };

/** Plays until something is done, or all is over. */
function play(history: History, latencies: readonly number[], cut: Cut, untilMs: number): History {
  while (history.now < untilMs && history.acts.length === 0) {
    const { running } = history.state.checking;
    if (running === undefined) history.feed({ waitMs: TICK_MS });
    else {
      const results = latencies.map((latencyMs, index) => probed(running, index, latencyMs, cut));
      const tookMs = Math.max(...results.map(({ latencyMs = 0 }) => latencyMs));
      history.feed({ waitMs: running.startedAt + EXEC_MS + tookMs - history.now }, ending(results));
    }
  }
  return history;
}

/** Sites that have answered in so many milliseconds for some minutes, and the start of the latest check. */
function watching(latencies: readonly number[]): History {
  const sites = latencies.map((_, index) => site(String(index)));
  const history = settled([], { sites, gateway: gatewayFacts({ health: 'none' }) });
  const never = { fromMs: Infinity, untilMs: Infinity };
  play(history, latencies, never, history.now + 40_000);
  while (history.state.checking.running === undefined) history.feed({ waitMs: TICK_MS });
  return history.forget();
}

const FAST = [[20], [20, 60, 200], [900, 20]];
const KINDS = [...FAST, [1_500], [3_000, 1_000]];

describe('a line that swallows packets', () => {
  // One that takes longer than a second may be met in the middle, and asks for more than the confirming check gives.
  it.each(FAST.map((latencies) => ({ latencies })))(
    'for 12 s leads to no restart, whenever it begins (sites that take $latencies ms)',
    ({ latencies }) => {
      const restarts: number[] = [];
      for (let offsetMs = -13_000; offsetMs <= 12_000; offsetMs += 250) {
        const history = watching(latencies);
        const fromMs = history.now + offsetMs;
        play(history, latencies, { fromMs, untilMs: fromMs + 12_000 }, history.now + 60_000);
        if (history.acts.length > 0) restarts.push(offsetMs);
      }
      expect(restarts).toEqual([]);
    },
  );

  it.each(KINDS.map((latencies) => ({ latencies, slowest: Math.max(...latencies) })))(
    'for good leads to a restart soon after the first check that meets it ($latencies ms)',
    ({ latencies, slowest }) => {
      const history = watching(latencies);
      const begunAt = history.state.checking.running?.startedAt ?? 0;
      play(history, latencies, { fromMs: begunAt, untilMs: Infinity }, history.now + 90_000);
      history.expectActs('restartGateway');
      // Its time, and five seconds or five times its slowest pass.
      expect(history.now - begunAt).toBeLessThanOrEqual(
        10_000 + Math.min(10_000, Math.max(5_000, Math.ceil((5 * slowest) / 1000) * 1000)) + 1_000,
      );
    },
  );
});
