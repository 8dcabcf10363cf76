import { DEPENDENTS, type Life } from './dependents.ts';
import type { GatewayKind, Stage } from './stage.ts';

/** What has changed in the end: the gateway, or the dependent `by-id`, through which another one joined. */
export type Aftermath =
  | 'another start'
  | 'another id'
  | 'another name'
  | 'another start of all by their engine'
  | 'another start of a dependent';

export interface Cause {
  readonly title: string;
  readonly gateway: GatewayKind;
  readonly bringAbout: (stage: Stage) => Promise<void>;
  readonly leaves: Aftermath;
  /** Whether dependents fail to start meanwhile. */
  readonly strands: boolean;
}

const KEPT_RUNNING: GatewayKind = { restartPolicy: 'unless-stopped' };

export const CAUSES: readonly Cause[] = [
  {
    title: 'restarted by hand',
    gateway: KEPT_RUNNING,
    leaves: 'another start',
    strands: true,
    bringAbout: async (stage) => {
      await stage.beginRestart();
      await strand(stage);
      await stage.untilGatewayRuns();
    },
  },
  {
    title: 'that died, and was started by its restart policy',
    gateway: KEPT_RUNNING,
    leaves: 'another start',
    strands: true,
    bringAbout: crash,
  },
  {
    title: 'that died, and has no restart policy',
    gateway: { restartPolicy: 'no' },
    leaves: 'another start',
    strands: true,
    bringAbout: crash,
  },
  {
    title: 'stopped for a while, then started',
    gateway: KEPT_RUNNING,
    leaves: 'another start',
    strands: true,
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
    leaves: 'another id',
    strands: true,
    bringAbout: recreate,
  },
  {
    title: 'removed and created again while there was no monitor',
    gateway: KEPT_RUNNING,
    leaves: 'another id',
    strands: true,
    bringAbout: async (stage) => {
      await stage.stopMonitor();
      await recreate(stage);
      await stage.startMonitor();
    },
  },
  {
    title: 'replaced as compose does it',
    gateway: KEPT_RUNNING,
    leaves: 'another id',
    strands: false,
    bringAbout: async (stage) => stage.replaceGateway(),
  },
  {
    title: 'renamed',
    gateway: KEPT_RUNNING,
    leaves: 'another name',
    strands: false,
    bringAbout: async (stage) => stage.renameGateway(),
  },
  {
    title: 'restarted with its engine',
    gateway: KEPT_RUNNING,
    leaves: 'another start of all by their engine',
    strands: false,
    bringAbout: async (stage) => {
      await stage.restartEngine();
      await stage.untilGatewayRuns();
    },
  },
  {
    title: 'whose dependent, itself an owner, was restarted by hand',
    gateway: KEPT_RUNNING,
    leaves: 'another start of a dependent',
    strands: false,
    bringAbout: async (stage) => stage.restart('by-id'),
  },
  {
    title: 'whose dependent, itself an owner, was stopped for a while, then started',
    gateway: KEPT_RUNNING,
    leaves: 'another start of a dependent',
    strands: false,
    bringAbout: async (stage) => {
      await stage.stop('by-id');
      await stage.untilStopIsDecided('by-id');
      await stage.start('by-id');
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
  const namesOf = (...lives: readonly Life[]): readonly string[] =>
    DEPENDENTS.filter(({ life }) => lives.includes(life)).map(({ name }) => name);
  await Promise.all(namesOf('created', 'stoppedThenTried').map(async (name) => stage.start(name)));
  await Promise.all(namesOf('endsMeanwhile').map(async (name) => stage.end(name)));
}
