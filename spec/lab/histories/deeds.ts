import { EngineError } from '../../simulated-engine/errors.ts';
import type { Wire } from './disturbances.ts';
import type { Deed, Deedful } from './history.ts';
import type { Intents } from './intents.ts';
import type { People } from './people.ts';
import { GATEWAY, UNTOUCHABLE } from './roles.ts';
import type { Stage } from './stage.ts';

export interface Scene {
  readonly stage: Stage;
  readonly people: People;
  readonly intents: Intents;
  readonly wire: Wire;
}

type Deeds = { readonly [W in Deed['what']]: (scene: Scene, deed: Deedful<W>) => void };

/** How each is done. What cannot be done just now (one who is not there, an engine that is away) is left undone. */
const DEEDS: Deeds = {
  stop: onOne(({ stage: { engine }, intents }, id, who) => {
    intents.isStopped(who);
    engine.stop(id);
  }),
  kill: onOne(({ stage: { engine }, intents }, id, who) => {
    intents.isStopped(who);
    engine.kill(id);
  }),
  start: onOne(({ stage: { engine }, intents }, id, who) => {
    intents.wantsRun(who);
    engine.start(id);
  }),
  restart: onOne(({ stage: { engine }, intents }, id, who) => {
    intents.wantsRun(who);
    engine.restart(id);
  }),
  remove: onOne(({ stage: { engine }, people, intents }, id, who) => {
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
    scene.stage.engine.pause(container.id);
    scene.stage.later(deed.forMs, () => thaw(scene, container.id));
  },
  rename: ({ stage, people }, { who, forMs }) => {
    if (people.rename(who)) stage.later(forMs, () => onceUp(stage, () => people.nameBack(who)));
  },
  composeUp: ({ people, intents }, { isGatewayOnly }) => {
    if (people.find(GATEWAY) === undefined) return;
    people.nameBack(GATEWAY);
    intents.wantsRun(GATEWAY);
    people.composeUp(isGatewayOnly, (who) => intents.wantsRun(who));
  },
  crash: onOne(({ stage: { engine }, intents }, id, who, { exitCode }: Deedful<'crash'>) => {
    intents.ends(who, exitCode);
    engine.crash(id, exitCode);
  }),
  outOfMemory: onOne(({ stage: { engine }, intents }, id, who) => {
    if (engine.get(id).state.restarting || !engine.get(id).state.running) return;
    intents.ends(who, 137);
    engine.outOfMemory(id);
  }),
  tunnelBreaks: forAWhile(
    ({ tunnel }) => tunnel.breakTunnel(),
    ({ tunnel }) => tunnel.heal(),
  ),
  tunnelHangs: forAWhile(
    ({ tunnel }) => tunnel.hangTunnel(),
    ({ tunnel }) => tunnel.heal(),
  ),
  dnsFails: forAWhile(
    ({ tunnel }) => tunnel.loseDns(),
    ({ tunnel }) => tunnel.heal(),
  ),
  providerFails: forAWhile(
    ({ tunnel }) => {
      tunnel.isProviderUp = false;
      tunnel.breakTunnel();
    },
    ({ tunnel }) => {
      tunnel.isProviderUp = true;
      tunnel.heal();
    },
  ),
  lineFails: forAWhile(
    (stage) => {
      stage.isLineUp = false;
      stage.tunnel.isProviderUp = stage.secondTunnel.isProviderUp = false;
      stage.tunnel.breakTunnel();
      stage.secondTunnel.breakTunnel();
    },
    (stage) => {
      stage.isLineUp = true;
      stage.tunnel.isProviderUp = stage.secondTunnel.isProviderUp = true;
      stage.tunnel.heal();
      stage.secondTunnel.heal();
    },
  ),
  secondTunnelBreaks: forAWhile(
    ({ secondTunnel }) => secondTunnel.breakTunnel(),
    ({ secondTunnel }) => secondTunnel.heal(),
  ),
  siteBlocked: ({ stage }, { site, forMs }) => {
    const url = stage.sites[site % stage.sites.length] ?? '';
    stage.tunnel.siteAnswers(url, { exitCode: 4, afterMs: 20 });
    stage.later(forMs, () => stage.tunnel.siteRecovers(url));
  },
  healthLies: forAWhile(
    ({ tunnel }) => tunnel.healthChecks('unhealthy'),
    ({ tunnel }) => tunnel.healthChecks('asTunnel'),
  ),
  execRefused: forAWhile(
    ({ tunnel }) => tunnel.refuseExecs(new EngineError(403, 'Forbidden')),
    ({ tunnel }) => tunnel.allowExecs(),
  ),
  wgetGone: forAWhile(
    ({ tunnel }) => tunnel.removeWget(),
    ({ tunnel }) => tunnel.bringBackWget(),
  ),
  controlServerGone: forAWhile(
    ({ tunnel }) => tunnel.stopControlServer(),
    ({ tunnel }) => tunnel.startControlServer(),
  ),
  gluetunHealsItself: ({ stage, people }) => {
    if (people.find(GATEWAY)?.state.running !== true) return;
    stage.tunnel.heal();
    stage.tunnel.healItself();
  },
  engineRestarts: ({ stage, intents }, { ownersFirst, forMs }) => {
    intents.engineRestarted();
    stage.restartEngine(15_000 + forMs, { ownersFirst });
  },
  engineKilled: ({ stage, intents }, { ownersFirst, forMs }) => {
    stage.killEngine(forMs, { ownersFirst });
    intents.engineKilled();
  },
  powerCut: ({ stage, intents }, { ownersFirst, forMs }) => {
    intents.powerGoes();
    stage.cutPower(forMs, { ownersFirst });
    intents.powerIsCut();
  },
  streamCut: ({ stage, intents }) => {
    intents.streamIsCut();
    stage.client.cutStreams();
  },
  messagesDisturbed: ({ wire }, deed) => wire.disturbMessages(deed),
  callsDisturbed: ({ wire }, deed) => wire.disturbCalls(deed),
  clockJumps: ({ stage }, { byMs }) => stage.engine.runtime.clock.jump(byMs),
  monitorKilled: (scene, deed) => {
    const { monitor } = scene.stage;
    if (monitor?.isAlive !== true) return;
    monitor.kill();
    scene.intents.monitorIsGone();
    startLater(scene, deed);
  },
  monitorStopped: (scene, deed) => {
    const { monitor } = scene.stage;
    if (monitor?.isAlive !== true) return;
    monitor.shutDown();
    scene.intents.monitorIsGone();
    startLater(scene, { ...deed, forMs: deed.forMs + 10_000 });
  },
};

/** Deeds on the engine need one that answers; the rest happens all the same. */
const WITHOUT_ENGINE: readonly Deed['what'][] = [
  'tunnelBreaks', 'tunnelHangs', 'dnsFails', 'providerFails', 'lineFails', 'secondTunnelBreaks', 'siteBlocked',
  'healthLies', 'execRefused', 'wgetGone', 'controlServerGone', 'messagesDisturbed', 'callsDisturbed',
  'clockJumps', 'monitorKilled', 'monitorStopped', 'streamCut',
]; // prettier-ignore

/** Whether it could be done. */
export function perform(scene: Scene, deed: Deed): boolean {
  if (!scene.stage.isEngineThere && !WITHOUT_ENGINE.includes(deed.what)) return false;
  if ('who' in deed && !scene.people.has(deed.who)) return false;
  (DEEDS[deed.what] as (scene: Scene, deed: Deed) => void)(scene, deed);
  return true;
}

/** Those that are there; not who is nobody’s business: what is done to such a one is the monitor’s doing. */
function onOne<D extends { readonly who: string }>(
  act: (scene: Scene, id: string, who: string, deed: D) => void,
) {
  return (scene: Scene, deed: D): void => {
    const container = scene.people.find(deed.who);
    if (container === undefined || UNTOUCHABLE.some(({ name }) => name === deed.who)) return;
    act(scene, container.id, deed.who, deed);
  };
}

function forAWhile(begin: (stage: Stage) => void, end: (stage: Stage) => void) {
  return ({ stage }: Scene, { forMs }: { readonly forMs: number }): void => {
    begin(stage);
    stage.later(forMs, () => end(stage));
  };
}

/** At once, or as soon as the engine is back. */
function onceUp(stage: Stage, act: () => void): void {
  if (stage.isEngineThere) act();
  else stage.later(60_000, () => onceUp(stage, act));
}

function thaw({ stage }: Scene, id: string): void {
  if (stage.isEngineThere && stage.engine.find(id)?.state.paused === true) stage.engine.unpause(id);
}

function startLater({ stage }: Scene, { forMs, aheadMs }: Deedful<'monitorKilled' | 'monitorStopped'>): void {
  stage.later(forMs, () => {
    if (stage.monitor?.isAlive !== true) stage.startMonitor(aheadMs);
  });
}
