import { DEPENDENTS } from './dependents.ts';
import type { GatewayKind, Stage } from './stage.ts';

/** What has become of the gateway, as its dependents see it. */
export type Aftermath = 'anotherStart' | 'anotherId' | 'anotherName' | 'anotherEngine';

export interface Cause {
  readonly title: string;
  readonly gateway: GatewayKind;
  readonly bringAbout: (stage: Stage) => Promise<void>;
  readonly leaves: Aftermath;
}

const KEPT_RUNNING: GatewayKind = { restartPolicy: 'unless-stopped' };
const LEFT_ALONE: GatewayKind = { restartPolicy: 'no' };

export const CAUSES: readonly Cause[] = [
  {
    title: 'restarted by hand',
    gateway: KEPT_RUNNING,
    leaves: 'anotherStart',
    bringAbout: async (stage) => {
      await stage.beginRestart();
      await strand(stage);
      await stage.untilGatewayRuns();
    },
  },
  {
    title: 'dead by itself, with a restart policy',
    gateway: KEPT_RUNNING,
    leaves: 'anotherStart',
    bringAbout: crash,
  },
  {
    title: 'dead by itself, without a restart policy',
    gateway: LEFT_ALONE,
    leaves: 'anotherStart',
    bringAbout: crash,
  },
  {
    title: 'stopped for a while, then started',
    gateway: KEPT_RUNNING,
    leaves: 'anotherStart',
    bringAbout: async (stage) => {
      await stage.stopGateway();
      await strand(stage);
      await stage.leaveItDown();
      await stage.startGateway();
    },
  },
  {
    title: 'removed and created again',
    gateway: KEPT_RUNNING,
    leaves: 'anotherId',
    bringAbout: recreate,
  },
  {
    title: 'removed and created again while there was no monitor',
    gateway: KEPT_RUNNING,
    leaves: 'anotherId',
    bringAbout: async (stage) => {
      await stage.stopMonitor();
      await recreate(stage);
      await stage.startMonitor();
    },
  },
  {
    title: 'renamed',
    gateway: KEPT_RUNNING,
    leaves: 'anotherName',
    bringAbout: async (stage) => stage.renameGateway('gluetun-renamed'),
  },
  {
    title: 'restarted with its engine',
    gateway: KEPT_RUNNING,
    leaves: 'anotherEngine',
    bringAbout: async (stage) => {
      await stage.restartEngine();
      await stage.untilGatewayRuns();
    },
  },
];

async function crash(stage: Stage): Promise<void> {
  await stage.crashGateway();
  await strand(stage);
  await stage.untilGatewayRuns();
}

async function recreate(stage: Stage): Promise<void> {
  await stage.removeGateway();
  await strand(stage);
  await stage.createGateway();
}

/** What may happen to dependents while their gateway is down. */
async function strand(stage: Stage): Promise<void> {
  const of = (...lives: readonly string[]): readonly string[] =>
    DEPENDENTS.filter(({ life }) => lives.includes(life)).map(({ name }) => name);
  await Promise.all(of('created', 'stoppedThenTried').map(async (name) => stage.tryToStart(name)));
  await Promise.all(of('endsMeanwhile').map(async (name) => stage.end(name)));
}
