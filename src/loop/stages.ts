import type { Event } from '../../streams/events.ts';
import { alarm } from '../checks/alarm.ts';
import { checkResults } from '../checks/check-results.ts';
import { checkSchedule } from '../checks/check-schedule.ts';
import { outage } from '../checks/outage.ts';
import { siteList, siteReload } from '../checks/site-list.ts';
import { tunnel } from '../checks/tunnel.ts';
import { witness, witnessSchedule } from '../checks/witness.ts';
import { connection } from '../facts/connection.ts';
import { containers } from '../facts/containers.ts';
import { exits } from '../facts/exits.ts';
import { expectedExits, ourExits } from '../facts/our-exits.ts';
import { lists } from '../facts/lists.ts';
import { ownNetwork } from '../checks/own-network.ts';
import { past } from '../facts/past.ts';
import { permissions } from '../facts/permissions.ts';
import { endpoint } from '../gateway/endpoint.ts';
import { gatewayLog } from '../gateway/gateway-log.ts';
import { gateway } from '../gateway/gateway.ts';
import { readiness } from '../gateway/readiness.ts';
import {
  type Concern,
  type GatewayConcern,
  STAGES,
  type SharedConcern,
  type StageName,
} from '../model/concern.ts';
import type { Everything } from '../model/state.ts';
import { type Reducer, type Transition, compose } from '../model/transition.ts';
import { forEachGateway, viewsOf } from '../model/watches.ts';
import { calm } from '../recovery/calm.ts';
import { recovery } from '../recovery/recovery.ts';
import { recoveryEnd } from '../recovery/end.ts';
import { recoveryRecord } from '../recovery/recovery-record.ts';
import { operator, unanswerable } from '../operator/operator.ts';
import { dependents } from '../repairs/dependents.ts';
import { quiet } from '../repairs/quiet.ts';
import { repairs } from '../repairs/repairs.ts';
import { actOver, acts } from './acts.ts';
import { edges } from './edges.ts';
import { shutdown } from './shutdown.ts';
import { stores } from './stores.ts';

/** The concerns of a stage: those that exist once, and those of each gateway. */
type Stage<In extends StageName> = Partial<{
  readonly shared: Readonly<Record<string, SharedConcern<In>>>;
  readonly ofGateway: Readonly<Record<string, GatewayConcern<In>>>;
}>;
export type Stages = { readonly [In in StageName]: Stage<In> };

/**
 * Which concerns belong to which stage. Within a stage the order has no meaning. A concern in the wrong stage does not
 * compile.
 */
export const CONCERNS: Stages = {
  facts: {
    shared: {
      actOver,
      shutdown,
      stores,
      edges,
      unanswerable,
      connection,
      permissions,
      containers,
      siteReload,
      witness,
    },
  },
  exits: { shared: { exits, ourExits } },
  gateway: { ofGateway: { gateway, siteList } },
  evidence: { ofGateway: { checkResults, outage, calm, quiet } },
  readiness: { ofGateway: { readiness } },
  network: { ofGateway: { endpoint, dependents } },
  decide: { ofGateway: { recovery, operator } },
  repair: { ofGateway: { repairs } },
  conclude: { ofGateway: { recoveryEnd } },
  act: { shared: { acts } },
  record: {
    ofGateway: { recoveryRecord, gatewayLog, alarm, past, tunnel },
    shared: { expectedExits, lists, ownNetwork },
  },
  schedule: { ofGateway: { checkSchedule }, shared: { witnessSchedule } },
};

/**
 * Runs an event through the stages. Each gateway passes consecutive stages without shared concerns in one go, so that
 * its notices stay together.
 */
export function through(concerns: Stages, order: readonly StageName[] = STAGES): Reducer<Everything> {
  const steps: Reducer<Everything>[] = [];
  let ofGateway: Reducer[] = [];
  for (const name of order) {
    const stage: Stage<StageName> = concerns[name];
    ofGateway.push(...reducersOf(stage.ofGateway));
    const shared = reducersOf(stage.shared);
    if (shared.length === 0) continue;
    steps.push(forEachGateway(compose(...ofGateway)), ...shared);
    ofGateway = [];
  }
  return compose(...steps, forEachGateway(compose(...ofGateway)));
}

const reducersOf = <S>(
  concerns: Readonly<Record<string, Concern<StageName, S>>> = {},
): readonly Reducer<S>[] => Object.values(concerns).map(({ reduce }) => reduce);

const throughAll = through(CONCERNS);

/** The result of an event without conditions, which are derived from the state after it. */
export const pass = (state: Everything, event: Event): Transition<Everything> =>
  throughAll(state, event, state);

const stages: readonly Stage<StageName>[] = STAGES.map((name) => CONCERNS[name]);
const sharedConcerns = stages.flatMap(({ shared = {} }) => Object.values(shared));
const gatewayConcerns = stages.flatMap(({ ofGateway = {} }) => Object.values(ofGateway));

/** The moments at which time alone changes something. */
export const dueAt = (state: Everything): readonly (number | undefined)[] => [
  ...sharedConcerns.flatMap((concern) => concern.dueAt?.(state) ?? []),
  ...viewsOf(state).flatMap((view) => gatewayConcerns.flatMap((concern) => concern.dueAt?.(view) ?? [])),
];
