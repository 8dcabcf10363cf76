import { eventually, messageOf } from '../../e2e/eventually.ts';
import type { PrivateEngine } from '../../e2e/private-engine.ts';
import { containerNames } from '../../e2e/recreation/world.ts';
import { DEPENDENTS, GATEWAY, RESTING } from './cast.ts';
import { isKnowable, standingStop, violations } from './invariants.ts';
import { type Fault, faults } from './plan.ts';
import { PLAYERS } from './play.ts';
import { Scene } from './scene.ts';
import { Story } from './story.ts';
import { BACKOFF_MAX_SECONDS, BACKOFF_SECONDS, CONCURRENCY } from './watch.ts';

export interface ChaosOptions {
  /** A running engine without containers, for this run only. */
  readonly engine: PrivateEngine;
  readonly minutes: number;
  readonly seed: number;
  readonly print: (line: string) => void;
}

export interface ChaosResult {
  readonly violations: readonly string[];
  readonly faultsPlayed: number;
  readonly commands: number;
  /** From the end of the last fault until everything is as it should be. */
  readonly settledMs: number;
}

/** The longest backoff, the wait for a gateway that may return, and two rounds of repairs. */
const SETTLES_WITHIN_MS = 150_000;

/** Plays faults on the engine for that long, lets everything settle, and returns what was wrong. */
export async function chaos({ engine, minutes, seed, print }: ChaosOptions): Promise<ChaosResult> {
  const story = new Story(print);
  const scene = await Scene.open(engine, story);
  try {
    story.tell(`seed ${seed}: faults for ${minutes} minutes`);
    const early = await playAll(scene, faults(seed), Date.now() + minutes * 60_000);
    const isOver = early.length === 0;
    const settledMs = isOver ? await settle(scene) : 0;
    const unsettled = isOver ? [...(await left(scene)), ...(await checkedByHand(scene))] : [];
    story.table().forEach(print);
    const found = [...new Set([...early, ...violations(scene.history, rulesOf(scene)), ...unsettled])];
    return { violations: found, faultsPlayed: story.total, commands: scene.history.calls.length, settledMs };
  } finally {
    await scene.close();
  }
}

const rulesOf = ({ observer }: Scene): Parameters<typeof violations>[1] => ({
  backoffMs: BACKOFF_SECONDS * 1000,
  backoffMaxMs: BACKOFF_MAX_SECONDS * 1000,
  concurrency: CONCURRENCY,
  nameOf: (target) => observer.nameOf(target),
});

/** Until the time is over or an invariant is violated. */
async function playAll(scene: Scene, plan: Iterator<Fault>, until: number): Promise<readonly string[]> {
  while (Date.now() < until) {
    const { value: fault } = plan.next() as { value: Fault };
    await scene.pass(fault.waitMs);
    await play(scene, fault);
    const found = violations(scene.history, rulesOf(scene));
    if (found.length > 0) return found;
  }
  return [];
}

async function play(scene: Scene, fault: Fault): Promise<void> {
  const { story } = scene;
  try {
    story.tell(`▶ ${fault.kind}`);
    const done = await PLAYERS[fault.kind](scene, fault);
    story.count(fault.kind, done !== undefined);
    if (done !== '') story.tell(`  ${done ?? '(passed over)'}`);
  } catch (error) {
    // The fault collided with an act of the monitor: a container of that name may just be parked.
    story.count(fault.kind, false);
    story.tell(`  (passed over: ${messageOf(error)})`);
  }
}

/** Undoes all faults and mends the tunnel. */
async function settle(scene: Scene): Promise<number> {
  const { story, stack, relay } = scene;
  story.tell('no more faults; what was done is undone');
  await scene.undoAll();
  relay.answersToLose = 0;
  await stack.gateway.setStaysBroken(false);
  await stack.gateway.heal();
  const begun = Date.now();
  const settled = eventually(
    'all is as it should be',
    async () => {
      await mend(scene);
      return (await left(scene)).length === 0;
    },
    SETTLES_WITHIN_MS,
    250,
  );
  await settled.catch(() => story.tell('it has not come to rest'));
  const settledMs = Date.now() - begun;
  story.tell(`all came to rest ${(settledMs / 1000).toFixed(1)} s after that`);
  return settledMs;
}

async function checkedByHand({ watch }: Scene): Promise<readonly string[]> {
  const code = await watch.checkByHand();
  return code === 0 ? [] : [`a check by hand ends with ${String(code)}`];
}

/**
 * What no monitor can or may repair: see `isBrokenByEngine`. A monitor that finds a gateway down, without a record of
 * how it ended, also leaves that to its operator.
 */
async function mend({ stack, story, watch }: Scene): Promise<void> {
  if (await stack.isBrokenByEngine(GATEWAY)) {
    story.tell(`the engine can no longer start ${GATEWAY}; its operator creates it anew`);
    await stack.createGatewayAgain();
  }
  if (watch.standsBy && !(await stack.gateway.inspect()).State.Running) {
    story.tell(`the monitor found ${GATEWAY} down; its operator starts it`);
    await stack.start(GATEWAY);
  }
  for (const { name } of DEPENDENTS) {
    if (!(await stack.isBrokenByEngine(name))) continue;
    story.tell(`the engine can no longer start ${name}; its operator creates it anew`);
    await stack.remove(name);
    await stack.createAgain(name);
  }
}

/** What is not as it should be once no more faults happen. */
async function left(scene: Scene): Promise<readonly string[]> {
  const { engine, stack, watch } = scene;
  const names = await containerNames(engine);
  const parked = names.filter((name) => name.includes('.orphan-of-'));
  const dependents = await Promise.all(DEPENDENTS.map(async ({ name }) => stateOf(scene, name)));
  const { State } = await stack.gateway.inspect();
  return [
    ...parked.map((name) => `${name} is still there`),
    ...dependents.filter((fault) => fault !== undefined),
    ...(State.Running ? [] : [`${GATEWAY} does not run`]),
    ...((await stack.find(RESTING).then(async (one) => one.networkNamespace())) === undefined
      ? []
      : [`${RESTING} runs, which its operator had stopped before all else`]),
    ...(watch.monitor.hasExited ? ['the monitor does not run'] : []),
    ...(await contentFault(scene)),
  ];
}

/** Retries a container that cannot be read until the time is up; then that counts as a fault. */
async function contentFault({ stack }: Scene): Promise<readonly string[]> {
  try {
    return (await stack.hasKeptContent()) ? [] : ['the content of a volume has changed'];
  } catch (error) {
    return [`the content of a volume cannot be read: ${messageOf(error)}`];
  }
}

async function stateOf({ stack, history }: Scene, name: string): Promise<string | undefined> {
  const stop = standingStop(history, name, Date.now());
  try {
    if (await stack.isFresh(name)) return undefined;
    const { State } = await (await stack.find(name)).inspect();
    if (stop !== undefined && (!State.Running || !isKnowable(history, stop))) return undefined;
    return `${name} is cut off: ${State.Status}, "${State.Error}"`;
  } catch (error) {
    return `${name}: ${messageOf(error)}`;
  }
}
