import { setTimeout as pause } from 'node:timers/promises';
import type { DemoMonitor, ExpectedLine, SaidLine } from './demo-monitor.ts';
import { StoryFailure } from './failure.ts';
import type { Narrator } from './narrator.ts';
import type { Step, StepName } from './story.ts';
import type { World } from './world.ts';

/** A pause between steps so that a person can read the output. The story does not depend on it. */
export const READING_PAUSE_MS = 3_000;

export interface Stage {
  readonly world: World;
  readonly monitor: DemoMonitor;
  readonly narrator: Narrator;
  readonly readingPauseMs: number;
  /** If aborted, the play ends with its reason. */
  readonly signal: AbortSignal;
}

/** The outcome of a step. */
export interface Played {
  readonly name: StepName;
  /** When it was done, milliseconds since the epoch. */
  readonly at: number;
  /** The lines that were waited for. */
  readonly lines: readonly SaidLine[];
  readonly exitIp: string | undefined;
  /** The containers on the live network, according to the engine. */
  readonly live: readonly string[];
}

/**
 * Plays the steps one after the other, each as soon as the previous one has succeeded.
 *
 * @throws StoryFailure if one fails
 */
export async function play(story: readonly Step[], stage: Stage): Promise<readonly Played[]> {
  const played: Played[] = [];
  for (const step of story) {
    if (played.length > 0) await pause(stage.readingPauseMs, undefined, { signal: stage.signal });
    stage.signal.throwIfAborted();
    played.push(await playStep(step, stage));
  }
  return played;
}

async function playStep(step: Step, stage: Stage): Promise<Played> {
  const { world, monitor, narrator, signal } = stage;
  narrator.tell(step.tells);
  const before = monitor.lines.at(-1);
  const at = Date.now();
  await step.act({ world, monitor });
  const lines = await unlessAborted(signal, hear(step.lines, monitor, before));
  const live = await whoIsLive(world);
  if (!isSameSet(live, step.live))
    throw new StoryFailure(`on the live network: ${names(step.live)}`, `says the engine: ${names(live)}`);
  return { name: step.name, at, lines, live, exitIp: await world.exitIp() };
}

async function hear(
  expected: readonly ExpectedLine[],
  monitor: DemoMonitor,
  before: SaidLine | undefined,
): Promise<readonly SaidLine[]> {
  const heard: SaidLine[] = [];
  for (const line of expected) heard.push(await monitor.waitForLine(line, heard.at(-1) ?? before));
  return heard;
}

async function whoIsLive(world: World): Promise<readonly string[]> {
  const { leaver, host, guest, newcomer } = world.cast;
  const live: string[] = [];
  for (const name of [leaver, host, guest, newcomer]) if (await world.isOnLiveNetwork(name)) live.push(name);
  return live;
}

const isSameSet = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name) => other.includes(name));

export const names = (list: readonly string[]): string => (list.length === 0 ? 'nobody' : list.join(', '));

function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
