import { createDependent } from './stand-in/dependent.ts';
import { type Gateway, type GatewayOptions, createGateway, sites } from './stand-in/gateway.ts';
import type { TestContainer } from './stand-in/container.ts';
import { isOnLiveNetwork } from './stand-in/container.ts';
import { DEPENDENT_IMAGE, SHELL_LESS_IMAGE } from './stand-in/images.ts';
import type { MonitorProcess } from './monitor.ts';
import type { TestEngine } from './test-engine.ts';

/** Three sites that answer while the tunnel works. */
export const SITES = sites.ok.join(',');

/** With these intervals no regular check happens: every check was triggered by an event. */
export const HARDLY_EVER = { CHECK_INTERVAL: '3600', RETRY_INTERVAL: '3600' };

export interface Setting {
  readonly gateway: Gateway;
  readonly dependents: readonly TestContainer[];
}

/** The container that each application joins; one of the five has no shell. */
const FIVE = { app1: 'gluetun', app2: 'gluetun', app3: 'app1', app4: 'gluetun', app5: 'gluetun' };
const SHELL_LESS = 'app5';

/** A gateway and applications on its network, each after the one that it joins; all join by id. */
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

/** The names of those that are not on the current network of the gateway. */
export async function cutOff({
  gateway,
  dependents,
}: Pick<Setting, 'dependents'> & { readonly gateway: TestContainer }): Promise<readonly string[]> {
  const isLive = await Promise.all(dependents.map(async (dependent) => isOnLiveNetwork(dependent, gateway)));
  return dependents.filter((_, index) => !isLive[index]).map(({ name }) => name);
}

/** The log lines of the monitor, without times. */
export const messages = (monitor: MonitorProcess): readonly string[] =>
  monitor.lines.map(({ text }) => text.replace(/^\[[^\]]*\] /, ''));

/** The log lines about actions on containers. */
export const actions = (monitor: MonitorProcess): readonly string[] =>
  messages(monitor).filter((message) =>
    /Restarting |restarted successfully|initiating recovery/.test(message),
  );
