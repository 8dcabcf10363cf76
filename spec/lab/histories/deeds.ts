import { EngineError } from '../../simulated-engine/errors.ts';
import type { Wire } from './disturbances.ts';
import type { Deed, Deedful } from './history.ts';
import type { Intents } from './intents.ts';
import type { People } from './people.ts';
import { GATEWAY, UNTOUCHABLE } from './roles.ts';
import type { HistoryWorld } from './history-world.ts';

export interface Scene {
  readonly world: HistoryWorld;
  readonly people: People;
  readonly intents: Intents;
  readonly wire: Wire;
}

type Deeds = { readonly [W in Deed['what']]: (scene: Scene, deed: Deedful<W>) => void };

/** How to do each deed. An impossible one (no such container, no engine) is skipped. */
const DEEDS: Deeds = {
  stop: onOne(({ world: { engine }, intents }, id, who) => {
    intents.isStopped(who);
    engine.stop(id);
  }),
  kill: onOne(({ world: { engine }, intents }, id, who) => {
    intents.isStopped(who);
    engine.kill(id);
  }),
  start: onOne(({ world: { engine }, intents }, id, who) => {
    intents.wantsRun(who);
    engine.start(id);
  }),
  restart: onOne(({ world: { engine }, intents }, id, who) => {
    intents.wantsRun(who);
    engine.restart(id);
  }),
  remove: onOne(({ world: { engine }, people, intents }, id, who) => {
    people.nameBack(who);
    intents.isRemoved(who);
    engine.remove(id, { force: true });
  }),
  create: ({ people, intents }, { who }) => {
    if (!people.has(who) || people.find(who) !== undefined) return;
    intents.wantsRun(who);
    people.create(who);
  },
  recreate: ({ people, intents }, { who }) => {
    if (!people.has(who)) return;
    people.nameBack(who);
    intents.wantsRun(who);
    people.recreate(who);
  },
  pause: (scene, deed) => {
    const container = scene.people.find(deed.who);
    if (container?.state.running !== true || container.state.paused || container.state.restarting) return;
    scene.world.engine.pause(container.id);
    scene.world.later(deed.forMs, () => thaw(scene, container.id));
  },
  rename: ({ world, people }, { who, forMs }) => {
    if (people.rename(who)) world.later(forMs, () => onceUp(world, () => people.nameBack(who)));
  },
  composeUp: ({ people, intents }, { isGatewayOnly }) => {
    if (people.find(GATEWAY) === undefined) return;
    people.nameBack(GATEWAY);
    intents.wantsRun(GATEWAY);
    people.composeUp(isGatewayOnly, (who) => intents.wantsRun(who));
  },
  ask: ({ world }, { request }) => world.ask(request),
  crash: onOne(({ world: { engine }, intents }, id, who, { exitCode }: Deedful<'crash'>) => {
    intents.ends(who, exitCode);
    engine.crash(id, exitCode);
  }),
  outOfMemory: onOne(({ world: { engine }, intents }, id, who) => {
    if (engine.get(id).state.restarting || !engine.get(id).state.running) return;
    intents.ends(who, 137);
    engine.outOfMemory(id);
  }),
  tunnelBreaks: forAWhile(
    ({ standIn }) => standIn.breakTunnel(),
    ({ standIn }) => standIn.heal(),
  ),
  tunnelHangs: forAWhile(
    ({ standIn }) => standIn.hangTunnel(),
    ({ standIn }) => standIn.heal(),
  ),
  dnsFails: forAWhile(
    ({ standIn }) => standIn.loseDns(),
    ({ standIn }) => standIn.heal(),
  ),
  providerFails: forAWhile(
    ({ standIn }) => {
      standIn.isProviderUp = false;
      standIn.breakTunnel();
    },
    ({ standIn }) => {
      standIn.isProviderUp = true;
      standIn.heal();
    },
  ),
  lineFails: forAWhile(
    (world) => {
      world.isLineUp = false;
      world.standIn.isProviderUp = world.secondStandIn.isProviderUp = false;
      world.standIn.breakTunnel();
      world.secondStandIn.breakTunnel();
    },
    (world) => {
      world.isLineUp = true;
      world.standIn.isProviderUp = world.secondStandIn.isProviderUp = true;
      world.standIn.heal();
      world.secondStandIn.heal();
    },
  ),
  secondTunnelBreaks: forAWhile(
    ({ secondStandIn }) => secondStandIn.breakTunnel(),
    ({ secondStandIn }) => secondStandIn.heal(),
  ),
  siteBlocked: ({ world }, { site, forMs }) => {
    const url = world.sites[site % world.sites.length] ?? '';
    world.standIn.siteAnswers(url, { exitCode: 4, afterMs: 20 });
    world.later(forMs, () => world.standIn.siteRecovers(url));
  },
  healthLies: forAWhile(
    ({ standIn }) => standIn.healthChecks('unhealthy'),
    ({ standIn }) => standIn.healthChecks('asTunnel'),
  ),
  execRefused: forAWhile(
    ({ standIn }) => standIn.refuseExecs(new EngineError(403, 'Forbidden')),
    ({ standIn }) => standIn.allowExecs(),
  ),
  wgetGone: forAWhile(
    ({ standIn }) => standIn.removeWget(),
    ({ standIn }) => standIn.bringBackWget(),
  ),
  controlServerGone: forAWhile(
    ({ standIn }) => standIn.stopControlServer(),
    ({ standIn }) => standIn.startControlServer(),
  ),
  gluetunHealsItself: ({ world, people }) => {
    if (people.find(GATEWAY)?.state.running !== true) return;
    world.standIn.heal();
    world.standIn.healItself();
  },
  engineRestarts: ({ world, intents }, { ownersFirst, forMs }) => {
    intents.engineRestarted();
    world.restartEngine(15_000 + forMs, { ownersFirst });
  },
  engineKilled: ({ world, intents }, { ownersFirst, forMs }) => {
    world.killEngine(forMs, { ownersFirst });
    intents.engineKilled();
  },
  powerCut: ({ world, intents }, { ownersFirst, forMs }) => {
    intents.powerGoes();
    world.cutPower(forMs, { ownersFirst });
    intents.powerIsCut();
  },
  streamCut: ({ world, intents }) => {
    intents.streamIsCut();
    world.client.cutStreams();
  },
  messagesDisturbed: ({ wire }, deed) => wire.disturbMessages(deed),
  callsDisturbed: ({ wire }, deed) => wire.disturbCalls(deed),
  clockJumps: ({ world }, { byMs }) => world.engine.runtime.clock.jump(byMs),
  monitorKilled: (scene, deed) => {
    if (!scene.world.isMonitorAlive) return;
    scene.world.killMonitor();
    scene.intents.monitorIsGone();
    startLater(scene, deed);
  },
  monitorStopped: (scene, deed) => {
    if (!scene.world.isMonitorAlive) return;
    scene.world.shutDownMonitor();
    scene.intents.monitorIsGone();
    startLater(scene, { ...deed, forMs: deed.forMs + 10_000 });
  },
};

/** Deeds on the engine need one that answers; the others do not. */
const WITHOUT_ENGINE: readonly Deed['what'][] = [
  'tunnelBreaks', 'tunnelHangs', 'dnsFails', 'providerFails', 'lineFails', 'secondTunnelBreaks', 'siteBlocked',
  'healthLies', 'execRefused', 'wgetGone', 'controlServerGone', 'messagesDisturbed', 'callsDisturbed',
  'clockJumps', 'monitorKilled', 'monitorStopped', 'streamCut', 'ask',
]; // prettier-ignore

/** Whether it was possible. */
export function perform(scene: Scene, deed: Deed): boolean {
  if (!scene.world.isEngineThere && !WITHOUT_ENGINE.includes(deed.what)) return false;
  if ('who' in deed && !scene.people.has(deed.who)) return false;
  (DEEDS[deed.what] as (scene: Scene, deed: Deed) => void)(scene, deed);
  return true;
}

/** The existing containers, except the unrelated ones: only the monitor could change those. */
function onOne<D extends { readonly who: string }>(
  act: (scene: Scene, id: string, who: string, deed: D) => void,
) {
  return (scene: Scene, deed: D): void => {
    const container = scene.people.find(deed.who);
    if (container === undefined || UNTOUCHABLE.some(({ name }) => name === deed.who)) return;
    act(scene, container.id, deed.who, deed);
  };
}

function forAWhile(begin: (world: HistoryWorld) => void, end: (world: HistoryWorld) => void) {
  return ({ world }: Scene, { forMs }: { readonly forMs: number }): void => {
    begin(world);
    world.later(forMs, () => end(world));
  };
}

/** At once, or as soon as the engine is back. */
function onceUp(world: HistoryWorld, act: () => void): void {
  if (world.isEngineThere) act();
  else world.later(60_000, () => onceUp(world, act));
}

function thaw({ world }: Scene, id: string): void {
  if (world.isEngineThere && world.engine.find(id)?.state.paused === true) world.engine.unpause(id);
}

function startLater({ world }: Scene, { forMs, aheadMs }: Deedful<'monitorKilled' | 'monitorStopped'>): void {
  world.later(forMs, () => {
    if (!world.isMonitorAlive) world.startMonitor(aheadMs);
  });
}
