import fc from 'fast-check';
import { parseSites } from '../config/parse-sites.ts';
import { decodeInspected, decodeListed } from '../../streams/decode-container.ts';
import { decodeEvent } from '../../streams/decode-event.ts';
import type { ContainerFacts, Event, Outcome } from '../../streams/events.ts';
import { parseGluetunLine } from '../../streams/gluetun-log-line.ts';
import { engineText, idOf } from '../src/containers.ts';
import { anyText, textOf } from './arbitraries.ts';
import { jsonTextOf, mutated } from './mutations.ts';

/** An event, and the time since the previous one. Its `at` is still to be set. */
export interface Happening {
  readonly afterMs: number;
  readonly event: Event;
}

/** The start of the histories, on all clocks. */
export const BEGIN_MS = 1_800_000_000_000;

const NAMES = [
  'gluetun',
  'app',
  'far',
  'constructor',
  `app.orphan-of-gluetun-${idOf('app').slice(0, 12)}`,
  '0123456789ab_gluetun',
];
const name = fc.constantFrom(...NAMES);
const id = name.map(idOf);
const engineMs = fc
  .oneof(fc.nat(600_000), fc.constantFrom(-1e12, 0, 7e12))
  .map((offset) => BEGIN_MS + offset);

/** Unchanged, or with anything in place of a part: mostly unchanged, so that histories make progress. */
const orMutated = <T>(document: fc.Arbitrary<T>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 3, arbitrary: document }, { weight: 2, arbitrary: document.chain(mutated) });

const ACTIONS = [
  'create', 'start', 'die', 'stop', 'restart', 'kill', 'destroy', 'rename', 'pause', 'unpause', 'oom',
  'health_status: healthy', 'health_status: unhealthy',
]; // prettier-ignore

const labels = fc.constantFrom(
  {},
  { 'com.docker.compose.project': 'stack', 'com.docker.compose.service': 'gluetun' },
  {
    'com.docker.compose.project': 'stack',
    'com.docker.compose.service': 'app',
    'com.docker.compose.depends_on': 'gluetun:service_healthy:true',
  },
);

const message = orMutated(
  fc
    .record({ who: name, Action: fc.constantFrom(...ACTIONS), ms: engineMs, more: labels })
    .map(({ who, Action, ms, more }) => ({
      Type: 'container',
      Action,
      Actor: {
        ID: idOf(who),
        Attributes: { name: who, signal: '15', exitCode: '1', oldName: `/${who}`, ...more },
      },
      timeNano: ms * 1e6,
    })),
).map((document) => decodeEvent(jsonTextOf(document), 0));

const networkMode = fc.oneof(
  fc.constant('bridge'),
  name.map((one) => `container:${idOf(one)}`),
  fc.oneof(name, anyText).map((reference) => `container:${reference}`),
);

const container = fc.record({
  who: name, State: fc.constantFrom('running', 'running', 'running', 'exited', 'paused', 'restarting', 'created'),
  NetworkMode: networkMode, startedMs: engineMs, Labels: labels,
  Health: fc.constantFrom('healthy', 'healthy', 'unhealthy', 'starting', 'none'),
  Error: fc.constantFrom('', '', 'cannot join network of a non running container', 'No such container: x'),
  Policy: fc.constantFrom('no', 'always', 'on-failure'),
}); // prettier-ignore

const listed = orMutated(
  container.map(({ who, State, NetworkMode, Labels }) => ({
    Id: idOf(who),
    Names: [`/${who}`],
    Image: 'image',
    Created: BEGIN_MS / 1000,
    State,
    Labels,
    HostConfig: { NetworkMode },
  })),
).map(decodeListed);

const inspected = orMutated(
  container.map((one) => ({
    Id: idOf(one.who), Name: `/${one.who}`, Created: engineText(BEGIN_MS), Image: 'sha256:1',
    State: {
      Status: one.State, StartedAt: engineText(one.startedMs), FinishedAt: engineText(one.startedMs - 1),
      Health: { Status: one.Health }, Error: one.Error, ExitCode: 1,
    },
    Config: { Image: 'image', Labels: one.Labels }, HostConfig: { NetworkMode: one.NetworkMode, RestartPolicy: { Name: one.Policy } },
  })), // prettier-ignore
).map(decodeInspected);

const facts: fc.Arbitrary<ContainerFacts | undefined> = fc.oneof(
  { weight: 4, arbitrary: inspected },
  { weight: 1, arbitrary: listed },
);
const clocks = fc.record({
  at: fc.constant(0),
  requestedAt: fc.nat(600_000).map((ms) => BEGIN_MS + ms),
  engineClockMs: engineMs,
});

const listing = fc.tuple(clocks, fc.array(facts, { maxLength: 5 })).map(([times, all]): Event => ({
  type: 'containersListed',
  ...times,
  containers: all.filter((one) => one !== undefined),
}));
const inspection = fc.tuple(clocks, id, facts).map(([times, asked, one]): Event => ({
  type: 'containerInspected',
  ...times,
  id: one?.id ?? asked,
  facts: one,
}));

/** The number of a command, a check or a request; the first ones have these numbers. */
const number = fc.nat(25);
const sites = textOf(['https://', 'a.example', 'b.example', '/', '\n', '|role=advisory', '|timeout=5']).map(
  (text) => parseSites(text, { where: 'line', defaultTimeoutSeconds: 10 }),
);
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant({ ok: true as const }),
  anyText.map((reason) => ({ ok: false as const, reason })),
  anyText.map((reason) => ({ ok: false as const, reason, isSkipped: true as const })),
);
const part = fc.option(anyText, { nil: undefined });
const place = fc.record({ ip: part, country: part, region: part, city: part });
const at = 0;

const other: fc.Arbitrary<Event | undefined> = fc.oneof(
  fc.constantFrom<Event>(
    { type: 'engineConnected', at },
    { type: 'timeReached', at },
  ),
  id.map((one): Event => ({ type: 'containerEndedByEngine', at, id: one })),
  anyText.map((reason): Event => ({ type: 'engineDisconnected', at, reason })),
  anyText.map((reason): Event => ({ type: 'listingFailed', at, reason })),
  fc.tuple(id, anyText).map(([one, reason]): Event => ({ type: 'inspectionFailed', at, id: one, reason })),
  fc.tuple(number, sites, fc.constantFrom('pass' as const, 'fail' as const, 'fail' as const, 'unknown' as const), anyText).chain(([checkId, { sites: all }, verdict, reason]) =>
    fc.constantFrom(undefined, ...all).map((site): Event | undefined => site && { type: 'siteProbed', at, checkId, result: { site, verdict, reason, latencyMs: 5, httpStatus: undefined } }),
  ),
  fc.tuple(number, part).map(([checkId, cutShort]): Event => ({ type: 'checkFinished', at, checkId, cutShort })),
  fc.tuple(id, fc.boolean(), textOf(['INFO [ip getter] ', 'Public IP address is 1.2.3.4', ' (a, b, c)', 'INFO [vpn] restarting VPN because it failed to pass the healthcheck: x'], 2)).map(
    ([gatewayId, isPast, line]): Event | undefined => {
      const fact = parseGluetunLine(line);
      return fact && { ...fact, at, gatewayId, isPast };
    },
  ),
  fc.tuple(number, place).map(([requestId, exit]): Event => ({ type: 'endpointRead', at, requestId, ...exit })),
  fc.tuple(number, anyText).map(([requestId, reason]): Event => ({ type: 'endpointUnavailable', at, requestId, reason })),
  sites.map(({ sites: all, faults }): Event => (all.length > 0 ? { type: 'sitesChanged', at, sites: all, faults } : { type: 'sitesUnusable', at, reason: 'none', faults })),
  fc.tuple(number, anyText, outcome).map(([command, kind, how]): Event => ({ type: 'actEnded', at, id: command, kind, outcome: how })),
  fc.tuple(number, fc.boolean(), anyText).map(([requestId, answers, reason]): Event => ({ type: 'witnessProbed', at, requestId, answers, reason })),
  fc.tuple(name, fc.constantFrom('restart' as const, 'recreate' as const, 'resume' as const)).map(([who, how]): Event => ({ type: 'dependentRepairBegun', at, id: idOf(who), name: who, how })),
  fc.tuple(fc.constantFrom('reconnect' as const, 'recover' as const, 'resume' as const), fc.option(fc.oneof(name, anyText), { nil: undefined })).map(([what, gateway]): Event => ({ type: 'operatorRequested', at, requestId: 1, request: { what, ...(gateway !== undefined && { gateway }) } })),
  fc.nat(2_000_000_000).map((forMs): Event => ({ type: 'operatorRequested', at, requestId: 1, request: { what: 'pause', forMs } })),
  fc.tuple(name, name).map(([who, parkedAs]): Event => ({ type: 'dependentParked', at, id: idOf(who), name: who, parkedAs })),
  fc.tuple(name, outcome, facts).map(([who, how, one]): Event => ({ type: 'dependentRepairEnded', at, id: idOf(who), name: who, how: 'restart', outcome: how, facts: one })),
); // prettier-ignore

/** Anything that the decoders accept, in any order. */
export const happening: fc.Arbitrary<Happening> = fc
  .record({
    afterMs: fc.oneof(fc.constant(0), fc.nat(3_000), fc.nat(100_000)),
    event: fc.oneof(
      { weight: 4, arbitrary: message },
      { weight: 2, arbitrary: inspection },
      { weight: 2, arbitrary: listing },
      { weight: 5, arbitrary: other },
    ),
  })
  .filter((one): one is Happening => one.event !== undefined);
