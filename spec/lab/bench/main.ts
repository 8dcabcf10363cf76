import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { Observable, of } from 'rxjs';
import { toLines, unframe } from '../../../streams/bytes.ts';
import { decodeEvent } from '../../../streams/decode-event.ts';
import { reduce } from '../../../src/loop/reduce.ts';
import { encodeFrame } from '../../simulated-engine/frames.ts';
import { World } from '../../world/world.ts';

/*
 * Speed, as ratios against a floor measured in the same run: a machine's own pace falls out of them. Nothing is
 * asserted here; who changes something that ought to be fast runs it before and after.
 */

const ROUNDS = 7;

/** The median of several rounds, milliseconds. */
function time(work: () => void): number {
  work();
  const times = Array.from({ length: ROUNDS }, () => {
    const begun = performance.now();
    work();
    return performance.now() - begun;
  });
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

function compare(what: string, floor: string, work: () => void, least: () => void): void {
  const [ms, floorMs] = [time(work), time(least)];
  process.stdout.write(
    `${what.padEnd(58)} ${ms.toFixed(1).padStart(8)} ms   ${(ms / floorMs).toFixed(1).padStart(6)} × ${floor} (${floorMs.toFixed(1)} ms)\n`,
  );
}

const drain = (bytes$: Observable<unknown>): void => void bytes$.subscribe();

const times = (count: number, work: () => void): void => {
  for (let index = 0; index < count; index += 1) work();
};

const MESSAGE = JSON.stringify({
  Type: 'container',
  Action: 'start',
  Actor: {
    ID: 'f'.repeat(64),
    Attributes: { image: 'app', name: 'app', 'com.docker.compose.project': 'stack' },
  },
  timeNano: 1_795_366_333_296_885_690,
});

function messages(): void {
  const world = new World().populate().startMonitor();
  const event = decodeEvent(MESSAGE, world.scheduler.now());
  if (event === undefined) throw new Error('the message is none');
  compare(
    '10 000 messages decoded',
    'JSON.parse',
    () => times(10_000, () => decodeEvent(MESSAGE, 0)),
    () => times(10_000, () => void JSON.parse(MESSAGE)),
  );
  compare(
    '10 000 messages through all reducers',
    'JSON.parse',
    () => times(10_000, () => reduce(world.state, event)),
    () => times(10_000, () => void JSON.parse(MESSAGE)),
  );
  world.dispose();
}

function hours(): void {
  const watched = new World().populate().startMonitor();
  const alone = new World().populate();
  compare(
    'an hour of a healthy gateway, watched',
    'the same hour unwatched',
    () => watched.pass(3600_000),
    () => alone.pass(3600_000),
  );
  watched.dispose();
  alone.dispose();
}

function logs(): void {
  const line =
    '2026-11-22T18:00:00.123456789Z 2026-11-22T18:00:00Z INFO [http server] 200 GET /v1/publicip/ip wrote 17B\n';
  const framed = Buffer.concat(Array.from({ length: 50_000 }, () => encodeFrame('stdout', line)));
  const chunk$ = new Observable<Uint8Array>((subscriber) => {
    for (let at = 0; at < framed.length; at += 65_536) subscriber.next(framed.subarray(at, at + 65_536));
    subscriber.complete();
  });
  compare(
    '50 000 lines of log, framed, in pieces',
    'toString().split()',
    () => drain(chunk$.pipe(unframe(), toLines())),
    () => drain(of(framed.toString().split('\n'))),
  );
}

function startUp(): void {
  const node = (...args: readonly string[]): void =>
    void spawnSync(process.execPath, args, { stdio: 'ignore' });
  compare(
    'start of the bundle (--version)',
    'start of Node',
    () => node(resolve('dist/gluetun-monitor.js'), '--version'),
    () => node('--eval', '0'),
  );
}

messages();
hours();
logs();
startUp();
