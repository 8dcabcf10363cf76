import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { newHistory } from '../chaos/history.ts';
import { FaultRelay } from '../chaos/fault-relay.ts';
import { type MonitorProcess, startMonitor } from '../../e2e/monitor.ts';
import type { TestEngine } from '../../e2e/test-engine.ts';
import { SITES, type Setting, createSetting } from '../../e2e/setting.ts';
import { createDependent } from '../../e2e/stand-in/dependent.ts';
import { buildImages } from '../../e2e/stand-in/images.ts';
import { Noise } from './noise.ts';
import { type Sample, type Trend, tableOf, trends } from './trend.ts';
import { VitalSigns } from './vitals.ts';

const SAMPLE_SECONDS = 10;
/** The warm-up, in which caches fill and code is compiled: a fifth of the run, at most five minutes. */
const WARM_UP_SECONDS = 300;
/** How often each happens in a run of any length. */
const RECOVERIES = 6;
const RECONNECTIONS = 8;
const NEWCOMERS = 10;

export interface SoakOptions {
  readonly engine: TestEngine;
  readonly minutes: number;
  readonly print: (line: string) => void;
}

interface Scene {
  readonly engine: TestEngine;
  readonly setting: Setting;
  readonly relay: FaultRelay;
}

/** Measures the built monitor for that long, with constant noise and an occasional outage. */
export async function soak({ engine, minutes, print }: SoakOptions): Promise<readonly Trend[]> {
  await buildImages(engine);
  const setting = await createSetting(engine);
  const relay = await FaultRelay.open(engine, newHistory());
  const vitals = await VitalSigns.create(await mkdtemp(join(engine.folder, 'vitals-')));
  const monitor = await startMonitor(engine, {
    env: { ...vitals.environment, SITES, DOCKER_HOST: relay.dockerHost, RECOVERY_BACKOFF_MAX: '60' },
  });
  const noise = new Noise(engine);
  try {
    await monitor.waitForLine(/Status: STARTUP/, 30_000);
    await noise.start();
    const samples = await watch({ engine, setting, relay }, { monitor, vitals, minutes, print });
    const found = trends(samples, Math.min(WARM_UP_SECONDS, minutes * 12));
    tellAll(monitor, noise, samples, print);
    tableOf(found).forEach(print);
    return found;
  } finally {
    await noise.stop();
    await monitor.stop('SIGKILL');
    await relay.close();
  }
}

interface Watching {
  readonly monitor: MonitorProcess;
  readonly vitals: VitalSigns;
  readonly minutes: number;
  readonly print: (line: string) => void;
}

async function watch(
  scene: Scene,
  { monitor, vitals, minutes, print }: Watching,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const begun = performance.now();
  const seconds = minutes * 60;
  for (let count = 1; count * SAMPLE_SECONDS <= seconds; count += 1) {
    await disturb(scene, count, Math.floor(seconds / SAMPLE_SECONDS));
    await pause(Math.max(0, begun + count * SAMPLE_SECONDS * 1000 - performance.now()));
    if (monitor.hasExited) throw new Error(`the monitor has ended: ${monitor.lines.at(-1)?.text ?? ''}`);
    const taken = await vitals.take(monitor.pid);
    if (taken === undefined) continue;
    const sample = { at: count * SAMPLE_SECONDS, ...taken };
    samples.push(sample);
    print(told(sample));
  }
  return samples;
}

/** Spread over the run. */
async function disturb({ engine, setting, relay }: Scene, count: number, total: number): Promise<void> {
  const isTime = (times: number): boolean => count % Math.max(1, Math.floor(total / times)) === 0;
  if (isTime(RECOVERIES)) await setting.gateway.breakTunnel();
  if (isTime(RECONNECTIONS)) relay.cut();
  if (isTime(NEWCOMERS)) {
    const newcomer = await createDependent(engine, { name: `app-${count}`, network: setting.gateway.id });
    await newcomer.remove();
  }
}

const told = ({ at, rss, private: own, heap, code, ...counts }: Sample): string =>
  [
    `${String(at).padStart(6)} s`,
    `rss ${(rss / 1024).toFixed(1)} MB`,
    `private ${(own / 1024).toFixed(1)} MB`,
    `heap ${(heap / 1024).toFixed(2)} MB`,
    `code ${(code / 1024).toFixed(2)} MB`,
    ...Object.entries(counts).map(([name, count]) => `${name} ${count}`),
  ].join('  ');

function tellAll(
  monitor: MonitorProcess,
  { made }: Noise,
  samples: readonly Sample[],
  print: (line: string) => void,
): void {
  const count = (pattern: RegExp): number => monitor.linesMatching(pattern).length;
  print('');
  print(
    `${samples.length} samples; ${Object.entries(made)
      .map(([kind, times]) => `${times} ${kind}`)
      .join(', ')}`,
  );
  print(
    `the monitor: ${count(/Recovery complete/)} recoveries, ${count(/answers again/)} reconnections, ` +
      `${count(/Dependent container added/)} dependents added, ${monitor.lines.length} lines`,
  );
}
