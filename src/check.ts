import { type Observable, concatMap, lastValueFrom, map, of, throwError, toArray } from 'rxjs';
import type { Config, Site } from '../config/config.ts';
import { readSitesFile, resolveSites } from '../config/resolve-sites.ts';
import { check$ } from '../streams/checks.ts';
import { listing$ } from '../streams/containers.ts';
import { connectDocker, dockerReadings } from '../streams/docker-engine.ts';
import { reasonOf } from '../streams/engine.ts';
import type { CheckEvent, ContainerFacts, EngineEvent, ProbeResult } from '../streams/events.ts';
import { steadyScheduler as scheduler } from './clock.ts';
import { EXIT } from './exit-codes.ts';
import { sayFaults } from './reducers/site-list.ts';
import { findGateway, gatewayCandidates } from './find-gateway.ts';
import type { Containers } from './state.ts';

/** One check through the tunnel, and what it shows. Prints; resolves with 0 when it passes, else 1. */
export async function check(config: Config, print: (line: string) => void): Promise<number> {
  const fileText = readSitesFile(config.sitesFile);
  const sites = resolveSites({
    inline: config.inlineSites,
    fileText,
    defaultTimeoutSeconds: config.timeoutSeconds,
  });
  sayFaults(sites.faults).forEach(({ message }) => print(message));
  if (!sites.ok) {
    print(`No sites to check: ${sites.reason}`);
    return EXIT.config;
  }
  try {
    return await lastValueFrom(probe$(config, sites.sites, print));
  } catch (failure) {
    print(`Nothing could be found out: ${reasonOf(failure)}`);
    return EXIT.failed;
  }
}

function probe$(config: Config, sites: readonly Site[], print: (line: string) => void): Observable<number> {
  const engine = dockerReadings(connectDocker(config.docker));
  return listing$({ kind: 'listContainers', inspect: [config.gateway] }, { engine, scheduler }).pipe(
    concatMap((listing) => gatewayOf(listing, config.gateway)),
    concatMap((gateway) => {
      print(describeGateway(gateway));
      return check$(
        { kind: 'checkSites', lane: gateway.name, checkId: 1, gatewayId: gateway.id, sites },
        { engine, scheduler },
      );
    }),
    toArray(),
    map((events) => conclude(events, sites, print)),
  );
}

function gatewayOf(listing: EngineEvent, reference: string): Observable<ContainerFacts> {
  if (listing.type !== 'containersListed')
    return failed(listing.type === 'listingFailed' ? listing.reason : 'no listing');
  const containers: Pick<Containers, 'byId'> = {
    byId: Object.fromEntries(listing.containers.map((facts) => [facts.id, facts])),
  };
  const gateway = findGateway(containers, reference);
  if (gateway !== undefined) return of(gateway);
  const candidates = gatewayCandidates(containers);
  const advice = candidates.length === 0 ? '' : ` (it could be ${candidates.join(', ')})`;
  return failed(`there is no container ${reference}${advice}; GLUETUN_CONTAINER names it`);
}

const failed = (message: string): Observable<never> => throwError(() => new Error(message));

function describeGateway({ name, runState, details }: ContainerFacts): string {
  const health = details === undefined || details.health === 'none' ? 'no health check' : details.health;
  return `Gateway ${name}: ${runState}, ${health}`;
}

/** What the results say, in the words of a person who wants to know what to do. */
function conclude(
  events: readonly CheckEvent[],
  sites: readonly Site[],
  print: (line: string) => void,
): number {
  const results = events.flatMap((event) => (event.type === 'siteProbed' ? [event.result] : []));
  const cutShort = events.flatMap((event) => (event.type === 'checkFinished' ? [event.cutShort] : []))[0];
  results.forEach((result) => print(describe(result)));
  sites
    .filter(({ url }) => !results.some(({ site }) => site.url === url))
    .forEach(({ name }) => print(`  ? ${name}: no result`));
  const critical = results.filter(({ site }) => site.role === 'critical');
  const failing = critical.filter(({ verdict }) => verdict === 'fail');
  if (failing.length > 0) {
    print(
      `The tunnel does not pass: ${String(failing.length)} of ${String(critical.length)} critical sites failed.`,
    );
    return EXIT.failed;
  }
  if (critical.some(({ verdict }) => verdict === 'pass')) {
    print('The tunnel works.');
    return EXIT.ok;
  }
  print(`Nothing could be found out: ${cutShort ?? critical[0]?.reason ?? 'no result'}`);
  return EXIT.failed;
}

const MARKS = { pass: '+', fail: '-', unknown: '?' } as const;

function describe({ site, verdict, reason, httpStatus, latencyMs }: ProbeResult): string {
  const status = httpStatus === undefined ? '' : `, HTTP ${String(httpStatus)}`;
  const role = site.role === 'advisory' ? ' (advisory)' : '';
  return `  ${MARKS[verdict]} ${site.name}${role}: ${reason}${status}, ${String(Math.round(latencyMs ?? 0))} ms`;
}
