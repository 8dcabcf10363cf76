import { createDependent } from './stand-in/dependent.ts';
import { type Gateway, type GatewayOptions, createGateway, sites } from './stand-in/gateway.ts';
import type { TestContainer } from './stand-in/container.ts';
import { isOnLiveNetwork } from './stand-in/container.ts';
import { SHELL_LESS_IMAGE } from './stand-in/images.ts';
import type { MonitorProcess } from './monitor.ts';
import type { TestEngine } from './test-engine.ts';

/** Three sites that answer as long as the tunnel stands. */
export const SITES = sites.ok.join(',');

/** Faster than anything can be seen to repeat itself: whatever is checked then was asked for by an event. */
export const HARDLY_EVER = { CHECK_INTERVAL: '3600', RETRY_INTERVAL: '3600' };

export interface Setting {
  readonly gateway: Gateway;
  readonly dependents: readonly TestContainer[];
}

/**
 * A gateway and five applications on its network: by its id, one through another of them, one without a shell.
 */
export async function createSetting(
  engine: TestEngine,
  options: Partial<GatewayOptions> = {},
): Promise<Setting> {
  const gateway = await createGateway(engine, { name: 'gluetun', ...options });
  const dependents: TestContainer[] = [];
  for (const name of ['app1', 'app2', 'app3', 'app4', 'app5'])
    dependents.push(
      await createDependent(engine, {
        name,
        network: name === 'app3' ? 'app1' : gateway.id,
        ...(name === 'app5' && { image: SHELL_LESS_IMAGE }),
      }),
    );
  return { gateway, dependents };
}

/** The names of those that are not on the network the gateway has now. */
export async function cutOff({ gateway, dependents }: Setting): Promise<readonly string[]> {
  const isLive = await Promise.all(dependents.map(async (dependent) => isOnLiveNetwork(dependent, gateway)));
  return dependents.filter((_, index) => !isLive[index]).map(({ name }) => name);
}

/** What it said, without times. */
export const messages = (monitor: MonitorProcess): readonly string[] =>
  monitor.lines.map(({ text }) => text.replace(/^\[[^\]]*\] /, ''));

/** Whether it has done anything to a container: its own words for it. */
export const actions = (monitor: MonitorProcess): readonly string[] =>
  messages(monitor).filter((message) =>
    /Restarting |restarted successfully|initiating recovery/.test(message),
  );
