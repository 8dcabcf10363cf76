import {
  EMPTY,
  type Observable,
  catchError,
  concatMap,
  defaultIfEmpty,
  from,
  lastValueFrom,
  map,
  of,
  throwError,
  toArray,
} from 'rxjs';
import type { Config, Site } from '../../config/config.ts';
import { readSitesFile, resolveSites } from '../../config/resolve-sites.ts';
import { check$ } from '../../streams/checks.ts';
import { listing$ } from '../../streams/containers.ts';
import { connectDocker, dockerReadings } from '../../streams/docker-engine.ts';
import { type EngineReadings, reasonOf } from '../../streams/engine.ts';
import type { CheckEvent, ContainerFacts, EngineEvent, ProbeResult } from '../../streams/events.ts';
import { type WitnessVerdict, witness$ } from '../../streams/witness.ts';
import { type Conclusion, conclude } from './check-conclusion.ts';
import { steadyScheduler as scheduler } from '../loop/clock.ts';
import { EXIT } from './exit-codes.ts';
import { listedComposeNames } from '../model/compose-names.ts';
import { whyExcluded } from '../model/excluded.ts';
import { ambiguous, findGateway, gatewayCandidates, lastingWord } from '../model/find-gateway.ts';
import { rememberedBackoff, rememberedSites } from '../model/past.ts';
import { peekStateFile } from '../edges/state-file.ts';
import { lineOf } from '../notices/wording.ts';
import { refusedSites, sitesOf } from '../checks/site-list.ts';

/**
 * Prints the result of one check through each gateway. Resolves with `EXIT.ok` if all pass, `EXIT.failed` if one does
 * not or cannot be checked, `EXIT.config` if there are no sites.
 */
export async function check(config: Config, print: (line: string) => void): Promise<number> {
  const fileText = readSitesFile(config.sitesFile);
  const sites = resolveSites({
    inline: config.inlineSites,
    fileText,
    defaultTimeoutSeconds: config.timeoutSeconds,
    gateways: config.gateways,
  });
  refusedSites(sites.faults).forEach((notice) => print(lineOf(notice).message));
  if (!sites.ok) {
    print(`No sites to check: ${sites.reason}`);
    return EXIT.config;
  }
  try {
    const conclusions = await lastValueFrom(checkAll$(config, sites.sites, print));
    return conclusions.every(({ passes }) => passes) ? EXIT.ok : EXIT.failed;
  } catch (failure) {
    print(`Nothing could be found out: ${reasonOf(failure)}`);
    return EXIT.failed;
  }
}

/** Checks one gateway after another, each in a paragraph of its own. */
function checkAll$(
  config: Config,
  sites: readonly Site[],
  print: (line: string) => void,
): Observable<readonly Conclusion[]> {
  const engine = dockerReadings(connectDocker(config.docker));
  return from(config.gateways).pipe(
    concatMap((gateway) =>
      checkOne$(gateway, sitesOf(gateway, sites), { config, engine, print }).pipe(
        // A missing gateway does not keep the others from being checked.
        catchError((failure: unknown) => {
          print(`${gateway}: nothing could be found out: ${reasonOf(failure)}`);
          return of<Conclusion>({ passes: false, lines: [] });
        }),
      ),
    ),
    toArray(),
  );
}

interface Context {
  readonly config: Config;
  readonly engine: EngineReadings;
  readonly print: (line: string) => void;
}

const checkOne$ = (
  reference: string,
  sites: readonly Site[],
  { config, engine, print }: Context,
): Observable<Conclusion> =>
  listing$({ kind: 'listContainers', inspect: [reference] }, { engine, scheduler }).pipe(
    concatMap((listing) => gatewayOf(listing, reference)),
    concatMap((gateway) => {
      print(describeGateway(gateway));
      return checkThrough$(gateway, reference, sites, { config, engine, print });
    }),
  );

const checkThrough$ = (
  gateway: ContainerFacts,
  reference: string,
  sites: readonly Site[],
  { config, engine, print }: Context,
): Observable<Conclusion> =>
  check$(
    { kind: 'checkSites', lane: reference, checkId: 1, gatewayId: gateway.id, sites },
    { engine, scheduler },
  ).pipe(
    toArray(),
    concatMap((events) => witnessOf(config).pipe(map((witness) => ({ events, witness })))),
    map(({ events, witness }) => {
      const memory = peekStateFile(config.stateFile);
      const word = lastingWord(reference, gateway);
      const conclusion = conclude({
        config,
        excluded: whyExcluded(gateway, config.exclude),
        sites,
        results: resultsIn(events),
        cutShort: cutShortIn(events),
        witness,
        backoff: rememberedBackoff(memory, word),
        ...rememberedSites(memory, word),
        now: scheduler.now(),
      });
      conclusion.lines.forEach(print);
      return conclusion;
    }),
  );

const witnessOf = ({ witness }: Config): Observable<WitnessVerdict | undefined> =>
  (witness === undefined ? EMPTY : witness$(witness, { scheduler })).pipe(defaultIfEmpty(undefined));

const resultsIn = (events: readonly CheckEvent[]): readonly ProbeResult[] =>
  events.flatMap((event) => (event.type === 'siteProbed' ? [event.result] : []));

const cutShortIn = (events: readonly CheckEvent[]): string | undefined =>
  events.flatMap((event) => (event.type === 'checkFinished' ? [event.cutShort] : []))[0];

function gatewayOf(listing: EngineEvent, reference: string): Observable<ContainerFacts> {
  if (listing.type !== 'containersListed')
    return failed(listing.type === 'listingFailed' ? listing.reason : 'no listing');
  const containers = {
    byId: Object.fromEntries(listing.containers.map((facts) => [facts.id, facts])),
    composeNames: listedComposeNames({}, listing.containers, listing),
  };
  const gateway = findGateway(containers, reference);
  if (gateway !== undefined) return of(gateway);
  const several = ambiguous(containers, reference);
  if (several.length > 0)
    return failed(
      `${reference} could be any of ${several.join(', ')}: set GLUETUN_CONTAINER to the name of one`,
    );
  const candidates = gatewayCandidates(containers, reference);
  const advice = candidates.length === 0 ? '' : ` (it could be ${candidates.join(', ')})`;
  return failed(`there is no container ${reference}${advice}: set GLUETUN_CONTAINER to the right name`);
}

const failed = (message: string): Observable<never> => throwError(() => new Error(message));

function describeGateway({ name, runState, details }: ContainerFacts): string {
  const health = details === undefined || details.health === 'none' ? 'no health check' : details.health;
  return `Gateway ${name}: ${runState}, ${health}`;
}
