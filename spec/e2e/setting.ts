import { createDependent } from './stand-in/dependent.ts';
import { type Gateway, type GatewayOptions, createGateway, sites } from './stand-in/gateway.ts';
import type { TestContainer } from './stand-in/container.ts';
import { isOnLiveNetwork } from './stand-in/container.ts';
import { DEPENDENT_IMAGE, SHELL_LESS_IMAGE } from './stand-in/images.ts';
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

/** Whom each application joins; one of the five has no shell, whoever asks for it. */
const FIVE = { app1: 'gluetun', app2: 'gluetun', app3: 'app1', app4: 'gluetun', app5: 'gluetun' };
const SHELL_LESS = 'app5';

/** A gateway and applications on its network, in an order in which each finds whom it joins; all keep ids. */
export async function createSetting(
  engine: TestEngine,
  options: Partial<GatewayOptions> = {},
  joins: Readonly<Record<string, string>> = FIVE,
): Promise<Setting> {
  const gateway = await createGateway(engine, { name: 'gluetun', ...options });
  const dependents: TestContainer[] = [];
  for (const [name, network] of Object.entries(joins)) {
    const image = name === SHELL_LESS ? SHELL_LESS_IMAGE : DEPENDENT_IMAGE;
    dependents.push(await createDependent(engine, { name, network, image }));
  }
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
