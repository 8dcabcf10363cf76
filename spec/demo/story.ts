import type { DemoMonitor, ExpectedLine } from './demo-monitor.ts';
import type { Cast, World } from './world.ts';

export type StepName = 'start' | 'break' | 'add' | 'remove' | 'end';

/** One event in the world, and its expected outcome. */
export interface Step {
  readonly name: StepName;
  /** Printed before the event. */
  readonly tells: string;
  readonly act: (actors: { readonly world: World; readonly monitor: DemoMonitor }) => Promise<void>;
  /** In this order; other lines may come in between. */
  readonly lines: readonly ExpectedLine[];
  /** Exactly the containers that are on the live network afterwards. */
  readonly live: readonly string[];
}

/** The whole story: a tunnel breaks and is recovered, one dependent is added and one is removed. */
export function tellStory(cast: Cast): readonly Step[] {
  const { gateway, leaver, host, guest, newcomer } = cast;
  const atFirst = [leaver, host, guest];
  const inTheEnd = [host, guest, newcomer];
  return [
    {
      name: 'start',
      tells: `All is well: ${leaver} and ${host} are on ${gateway}'s network, ${guest} joins it through ${host}. The monitor starts.`,
      act: ({ monitor }) => monitor.start(),
      lines: [
        said('Gluetun Monitor starting\\.\\.\\.$', 10),
        said(`Monitoring container: ${gateway}$`, 10),
        said(`Dependent containers \\(auto-discovery\\): ${[...atFirst].sort().join(',')}$`, 10),
        said('Status: STARTUP \\| IP: [\\d.]+ ', 10),
      ],
      live: atFirst,
    },
    {
      name: 'break',
      tells: `The tunnel breaks: no site answers through ${gateway} any more. Its next check is not due for most of a minute.`,
      act: ({ world }) => world.breakTunnel(),
      lines: [
        said(`${gateway} is unhealthy`, 15),
        said('THRESHOLD REACHED', 15),
        said('Status: FAILING', 5),
        said('Health check failed, initiating recovery\\.\\.\\.$', 5),
        said(`Restarting ${gateway} to force new endpoint\\.\\.\\.$`, 5),
        said(`${gateway} is healthy after [\\d.]+s`, 30),
        said('Status: NEW \\| IP: [\\d.]+ ', 15),
        said(`Discovered dependent containers: ${[...atFirst].sort().join(',')}$`, 10),
        said(`${guest} restarted successfully$`, 20),
        said('Recovery complete', 20),
      ],
      live: atFirst,
    },
    {
      name: 'add',
      tells: `A dependent is added: ${newcomer} is started on ${gateway}'s network.`,
      act: ({ world }) => world.addDependent(newcomer),
      lines: [said(`Dependent container added: ${newcomer}$`, 5)],
      live: [...atFirst, newcomer],
    },
    {
      name: 'remove',
      tells: `A dependent is removed: ${leaver} goes.`,
      act: ({ world }) => world.removeDependent(leaver),
      lines: [said(`Dependent container removed: ${leaver}$`, 5)],
      live: inTheEnd,
    },
    {
      name: 'end',
      tells: 'The monitor is told to end, by SIGTERM.',
      act: ({ monitor }) => monitor.end(),
      lines: [said('Received shutdown signal, exiting\\.\\.\\.$', 1)],
      live: inTheEnd,
    },
  ];
}

const said = (pattern: string, withinSeconds: number): ExpectedLine => ({
  pattern: new RegExp(pattern),
  withinSeconds,
});
