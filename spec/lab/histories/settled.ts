import type { Container } from '../../simulated-engine/container.ts';
import { couldNotJoin } from './could-not-join.ts';
import type { Scene } from './deeds.ts';
import type { Court } from './invariants/judge.ts';
import type { Role } from './roles.ts';

const MINUTE_MS = 60_000;

/** Ends all faults: the monitor must repair what remains. */
export function calmDown({ world, people, intents, wire }: Scene): void {
  wire.calm();
  world.isLineUp = true;
  for (const tunnel of [world.standIn, world.secondStandIn]) {
    tunnel.isProviderUp = true;
    tunnel.heal();
    tunnel.allowExecs();
    tunnel.bringBackWget();
    tunnel.startControlServer();
    tunnel.healthChecks('asTunnel');
  }
  world.sites.forEach((url) => world.standIn.siteRecovers(url));
  for (let waited = 0; !world.isEngineThere && waited < 20; waited += 1) world.pass(MINUTE_MS);
  if (!world.isMonitorAlive) world.startMonitor();
  world.pass(MINUTE_MS);
  for (const { id, state } of world.engine.containers) if (state.paused) world.engine.unpause(id);
  // In a dry run nothing else does, so the monitor would always log what it would do.
  for (const gateway of world.watched)
    if (world.settings.dryRun || intents.of(gateway).value !== 'run') bringBack(gateway);

  function bringBack(gateway: string): void {
    intents.wantsRun(gateway);
    const container = people.find(gateway);
    if (container === undefined) people.create(gateway);
    else world.engine.start(container.id);
  }
}

/** What is still wrong although nothing prevents a repair: nothing, once all has settled (4). */
export function unsettled(court: Court): readonly string[] {
  const { world, people } = court;
  if (world.settings.dryRun) return [];
  const gateways = world.watched.filter((gateway) => people.find(gateway)?.state.running !== true);
  const dependents = people.roles
    .filter(({ gateway }) => gateway !== undefined && world.watched.includes(gateway))
    .flatMap((role) => wrongWith(court, role));
  const parked = world.engine.containers.filter(({ name }) => name.includes('.orphan-of-'));
  return [
    ...gateways.map((gateway) => `${gateway} does not run`),
    ...dependents,
    ...parked.map(({ name }) => `${name} is left behind`),
  ];
}

function wrongWith(court: Court, role: Role): readonly string[] {
  const { people, world, intents } = court;
  const container = people.find(role.name);
  if (container === undefined)
    return intents.of(role.name).value === 'gone' ? [] : [`${role.name} is no more`];
  if (!isClaimable(court, container, role)) return [];
  if (container.state.running)
    return world.engine.isOnLiveNetwork(container.id) || container.state.restarting
      ? []
      : [`${role.name} is cut off`];
  if (couldNotJoin(container.state)) return [`${role.name} is left down: ${container.state.error}`];
  return intents.of(role.name).value === 'run' ? [`${role.name} is left down`] : [];
}

/**
 * Containers that the monitor cannot help do not count: one whose owner its operator keeps down or has removed; an
 * orphan that must not be re-created; one of a gateway that no monitor has ever seen, or of an owner that had another
 * name when a monitor last saw it.
 */
export function isClaimable(court: Court, container: Container, role: Role): boolean {
  const { world, people } = court;
  const owner = people.find(role.joins ?? '');
  const reference = container.joins ?? '';
  if (owner?.state.running !== true) return false;
  const ownersRole = people.roles.find(({ name }) => name === role.joins);
  if (ownersRole !== undefined && !isClaimable(court, owner, ownersRole)) return false;
  const isOrphan = world.engine.find(reference) === undefined;
  if (!isOrphan) return reference === owner.id || reference === owner.name;
  const { gateways, dependents } = world.memory;
  const isKnown = Object.values(gateways).flat().includes(reference) || dependents[reference] === owner.name;
  return world.settings.autoRecreate && isKnown;
}
