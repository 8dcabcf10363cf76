import type { DemoOptions } from './command-line.ts';
import { DemoMonitor } from './demo-monitor.ts';
import { DockerWorld } from './docker-world.ts';
import { StoryFailure } from './failure.ts';
import { type Finding, findings } from './findings.ts';
import type { Narrator } from './narrator.ts';
import { READING_PAUSE_MS, play } from './play.ts';
import { SimulatedWorld } from './simulated-world.ts';
import { tellStory } from './story.ts';

/**
 * The demo from beginning to end. It leaves nothing behind, whatever its outcome.
 *
 * @throws StoryFailure if a part of the story did not happen, CannotPlay if it cannot begin, and the signal's reason
 * if that is aborted
 */
export async function demo(options: DemoOptions, narrator: Narrator, signal: AbortSignal): Promise<void> {
  const note = (text: string): void => narrator.note(text);
  const world = options.onDocker ? new DockerWorld(note) : new SimulatedWorld();
  const monitor = new DemoMonitor(world, options.program, narrator.show);
  const begun = performance.now();
  try {
    await world.open(signal);
    signal.throwIfAborted();
    narrator.note(
      `The real monitor, on ${world.about}. Lines with ▶ are the demo's, all others the monitor's.`,
    );
    const readingPauseMs = options.isFast ? 0 : READING_PAUSE_MS;
    const story = tellStory(world.cast);
    const played = await play(story, { world, monitor, narrator, readingPauseMs, signal });
    summarise(findings({ world, played, ended: monitor.ended }), begun, narrator);
  } finally {
    await monitor.cleanUp().finally(() => world.close());
  }
}

function summarise(found: readonly Finding[], begun: number, narrator: Narrator): void {
  narrator.heading('What was seen, in the log and on the engine itself:');
  for (const { label, seen, expected } of found) narrator.finding(label, seen, expected === undefined);
  narrator.note(`All of it took ${((performance.now() - begun) / 1000).toFixed(0)} s.`);
  const wrong = found.find(({ expected }) => expected !== undefined);
  if (wrong !== undefined) throw new StoryFailure(`${wrong.label}: ${wrong.expected ?? ''}`, wrong.seen);
}
