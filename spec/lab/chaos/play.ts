import { setTimeout as pause } from 'node:timers/promises';
import { DEPENDENTS, GATEWAY } from './cast.ts';
import { endLatest } from './history.ts';
import type { Fault, FaultKind } from './plan.ts';
import type { Scene } from './scene.ts';

/** How each fault is played. Returns what was done, or undefined if it is impossible at this moment. */
type Player = (scene: Scene, fault: Fault) => Promise<string | undefined>;

const SLOW_MS = 400;
const HOUR_MS = 3_600_000;

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** The name of a container that no other fault is affecting. */
function pickDependent(scene: Scene, { pick }: Fault): string | undefined {
  const free = DEPENDENTS.map(({ name }) => name).filter((name) => !scene.isBusy(name));
  return free[Math.floor(pick * free.length)];
}

const onGateway =
  (play: Player): Player =>
  async (scene, fault) =>
    scene.isBusy(GATEWAY) ? undefined : play(scene, fault);

const onDependent =
  (play: (scene: Scene, fault: Fault, name: string) => Promise<string | undefined>): Player =>
  async (scene, fault) => {
    const name = pickDependent(scene, fault);
    return name === undefined ? undefined : play(scene, fault, name);
  };

/** Its main process ends without a request to the engine. */
async function crash(scene: Scene, name: string): Promise<string | undefined> {
  const { State } = await (await scene.stack.find(name)).inspect();
  if (!State.Running || State.Paused || State.Pid === 0) return undefined;
  process.kill(State.Pid, 'SIGKILL');
  return name;
}

async function pauseContainer(scene: Scene, { holdMs }: Fault, name: string): Promise<string | undefined> {
  const container = await scene.stack.find(name);
  const { State } = await container.inspect();
  if (!State.Running || State.Paused) return undefined;
  await container.pause();
  scene.later(holdMs, name, `${name} is resumed`, async () => {
    // A restart meanwhile has unpaused it, too.
    await (await scene.stack.find(name)).unpause().catch(() => undefined);
  });
  return `for ${seconds(holdMs)}`;
}

async function stopForAWhile(scene: Scene, { holdMs }: Fault, name: string): Promise<string | undefined> {
  const { State } = await (await scene.stack.find(name)).inspect();
  if (!State.Running || State.Restarting) return undefined;
  await scene.stack.stop(name);
  scene.later(holdMs, name, `${name} is started by its operator`, async () => scene.stack.start(name));
  return `${name} for ${seconds(holdMs)}`;
}

/** The daemon is away for a moment, and paused containers are no longer paused. */
async function restartEngine(scene: Scene, end: () => Promise<void>, holdMs: number): Promise<string> {
  await end();
  await pause(Math.min(holdMs, 3_000));
  await scene.engine.start();
  scene.stack.noteBoot();
  return `away for ${seconds(Math.min(holdMs, 3_000))} and its start`;
}

const onWay =
  (play: Player): Player =>
  async (scene, fault) =>
    scene.isBusy('the way') ? undefined : play(scene, fault);

export const PLAYERS: Readonly<Record<FaultKind, Player>> = {
  'the tunnel breaks': onGateway(async ({ stack }) => {
    await stack.gateway.breakTunnel();
    return '';
  }),
  // Other faults of the gateway go on meanwhile.
  'the tunnel breaks, and no restart heals it': onGateway(async (scene, { holdMs }) => {
    if (scene.isBusy('the tunnel')) return undefined;
    const { stack } = scene;
    await stack.gateway.setStaysBroken(true);
    await stack.gateway.breakTunnel();
    scene.later(holdMs, 'the tunnel', 'the tunnel heals', async () => {
      await stack.gateway.setStaysBroken(false);
      await stack.gateway.heal();
    });
    return `for ${seconds(holdMs)}`;
  }),
  'the gateway crashes': onGateway(async (scene) => crash(scene, GATEWAY)),
  'the gateway is stopped, and started later': onGateway(async (scene, fault) =>
    stopForAWhile(scene, fault, GATEWAY),
  ),
  'the gateway is restarted by hand': onGateway(async ({ stack }) => {
    await stack.gateway.restart();
    return '';
  }),
  'the gateway is paused, and resumed': onGateway(async (scene, fault) =>
    pauseContainer(scene, fault, GATEWAY),
  ),
  'the gateway is removed and created again': onGateway(async ({ stack }, { holdMs }) => {
    await stack.createGatewayAgain(Math.min(holdMs, 2_000));
    return `away for ${seconds(Math.min(holdMs, 2_000))}`;
  }),
  'the gateway is replaced as compose does it': onGateway(async ({ stack }) => {
    await stack.act(GATEWAY, 'create', async () => (stack.gateway = await stack.gateway.replace()));
    return '';
  }),
  'a dependent crashes': onDependent(async (scene, _fault, name) => crash(scene, name)),
  'a dependent is stopped, and started later': onDependent(stopForAWhile),
  'a dependent is paused, and resumed': onDependent(pauseContainer),
  'a dependent is removed, and created again later': onDependent(async (scene, { holdMs }, name) => {
    // Containers whose data is compared in the end stay, and so do those that others joined by id.
    if (name === 'keeper' || name === 'near') return undefined;
    await scene.stack.remove(name);
    scene.later(holdMs, name, `${name} is created again`, async () => scene.stack.createAgain(name));
    return `${name} for ${seconds(holdMs)}`;
  }),
  'the engine is killed, and started': async (scene, { holdMs }) =>
    restartEngine(scene, async () => scene.engine.kill(), holdMs),
  'the engine is stopped, and started': async (scene, { holdMs }) =>
    restartEngine(scene, async () => scene.engine.stop(), holdMs),
  'the monitor is killed, and another one started': async ({ watch }, { holdMs }) => {
    await watch.kill();
    await pause(Math.min(holdMs, 2_000));
    await watch.start();
    return `after ${seconds(Math.min(holdMs, 2_000))}`;
  },
  'all connections to the engine are cut': async ({ relay }) => {
    const { connections } = relay;
    relay.cut();
    return Promise.resolve(`${connections} of them`);
  },
  'the event stream is cut': async ({ relay }) => {
    relay.cutEvents();
    return Promise.resolve('');
  },
  'the engine cannot be reached for a while': onWay(async (scene, { holdMs }) => {
    const { relay } = scene;
    relay.isDown = true;
    relay.cut();
    scene.later(holdMs, 'the way', 'the engine can be reached again', async () => {
      relay.isDown = false;
      return Promise.resolve();
    });
    return Promise.resolve(`for ${seconds(holdMs)}`);
  }),
  'the engine answers slowly': onWay(async (scene, { holdMs }) => {
    const { relay, history } = scene;
    relay.delayMs = SLOW_MS;
    history.slow.push({ from: Date.now(), to: Infinity });
    scene.later(2 * holdMs, 'the way', 'the engine answers at once again', async () => {
      relay.delayMs = 0;
      endLatest(history.slow, Date.now());
      return Promise.resolve();
    });
    return Promise.resolve(`${SLOW_MS} ms later, twice a call, for ${seconds(2 * holdMs)}`);
  }),
  'an answer to a command is lost': async ({ relay }) => {
    relay.answersToLose += 1;
    return Promise.resolve('the next one');
  },
  'the disk under the log and the state is full': async (scene, { holdMs }) => {
    if (scene.isBusy('the disk')) return undefined;
    const { disk, history } = scene;
    await disk.fill();
    history.diskFull.push({ from: Date.now(), to: Infinity });
    scene.later(holdMs, 'the disk', 'there is room on the disk again', async () => {
      await disk.free();
      endLatest(history.diskFull, Date.now());
    });
    return `for ${seconds(holdMs)}`;
  },
  "the monitor's wall clock jumps": async ({ clock }, { pick }) => {
    const offMs = Math.round((pick - 0.5) * 4 * HOUR_MS);
    await clock.set(offMs);
    return `by ${(offMs / HOUR_MS).toFixed(2)} h`;
  },
};
