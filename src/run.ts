import { EMPTY, type Observable, connect, merge } from 'rxjs';
import type { Config, Site } from '../config/config.ts';
import {
  type ResolvedSites,
  type SitesFileText,
  readSitesFile,
  resolveSites,
} from '../config/resolve-sites.ts';
import { connectDocker, dockerReadings } from '../streams/docker-engine.ts';
import type { Event } from '../streams/events.ts';
import { signals$ } from '../streams/signals.ts';
import { sitesFile$ } from '../streams/sites-file.ts';
import { source$ } from '../streams/source.ts';
import { type VpnRestart, vpnRestart$ } from '../streams/vpn-restart.ts';
import { type WitnessVerdict, witness$ } from '../streams/witness.ts';
import { steadyScheduler as scheduler } from './clock.ts';
import { dockerWrites } from './docker-writes.ts';
import { execute } from './executor.ts';
import { EXIT } from './exit-codes.ts';
import { heartbeat$ } from './heartbeat.ts';
import type { Line, Log } from './log-line.ts';
import { ReducerFault, runProgram } from './program.ts';
import { readOwnerId } from './own-network.ts';
import { initialState } from './reduce.ts';
import { sayFaults } from './reducers/site-list.ts';
import { settingsOf } from './settings.ts';
import { openStateFile } from './state-file.ts';
import type { Everything } from './state.ts';
import { error, info, warn } from './transition.ts';

/** Watches until a signal ends it. Resolves with the exit code. */
export function run(config: Config, warnings: readonly string[], log: Log): Promise<number> {
  const say = (line: Line): void => log.write(line);
  const fileText = readSitesFile(config.sitesFile);
  const sites = resolveSites({
    inline: config.inlineSites,
    fileText,
    defaultTimeoutSeconds: config.timeoutSeconds,
    gateways: config.gateways,
  });
  [info('Gluetun Monitor starting...'), ...warnings.map(warn)].forEach(say);
  if (!sites.ok) {
    [...sayFaults(sites.faults), error(`No sites to check: ${sites.reason}. ${SITES_REMEDY}`)].forEach(say);
    return Promise.resolve(EXIT.config);
  }
  sayConfig(config, sites).forEach(say);
  if (config.dryRun) say(info('[DRY-RUN] Everything is decided and logged, and nothing changed'));
  return finish(watching(config, sites.sites, fileText, say), say);
}

const SITES_REMEDY = 'Put one URL a line into CONFIG_FILE, or set SITES to URLs separated by commas.';

const sayConfig = (
  config: Config,
  { sites, faults, usedDefaults }: Extract<ResolvedSites, { ok: true }>,
): readonly Line[] => [
  ...sayFaults(faults),
  info(
    `Config: CHECK_INTERVAL=${String(config.checkIntervalSeconds)}s, TIMEOUT=${String(config.timeoutSeconds)}s, FAIL_THRESHOLD=${String(config.failThreshold)}`,
  ),
  info(
    `Sites${usedDefaults ? ' (built in; neither CONFIG_FILE nor SITES names any)' : ''}: ${[...new Set(sites.map(({ name }) => name))].join(', ')}`,
  ),
];

function watching(
  config: Config,
  sites: readonly Site[],
  initialText: SitesFileText,
  say: (line: Line) => void,
): Observable<unknown> {
  const docker = connectDocker(config.docker);
  const reads = dockerReadings(docker);
  const writes = dockerWrites(docker);
  const file = {
    path: config.sitesFile,
    initialText,
    inlineSites: config.inlineSites,
    timeoutSeconds: config.timeoutSeconds,
    gateways: config.gateways,
  };
  const stateFile = openStateFile(config.stateFile);
  stateFile.lines.forEach(say);
  const controlServer = { url: config.controlServerUrl, key: config.controlServerKey };
  const { witness } = config;
  const probeWitness = (): Observable<WitnessVerdict> =>
    witness === undefined ? EMPTY : witness$(witness, { scheduler });
  const restartVpn = (gatewayId: string): Observable<VpnRestart> =>
    vpnRestart$(gatewayId, { engine: reads, scheduler, controlServer });
  const others: readonly Observable<Event>[] = [sitesFile$(file, scheduler), signals$(process, scheduler)];
  return runProgram({
    initial: initialState(settingsOf(config), sites, {
      memory: stateFile.memory,
      hasWitness: config.witness !== undefined,
      ownNetwork: { ownerId: readOwnerId(), leadsToEngine: config.docker.kind === 'tcp' },
    }),
    scheduler,
    source: (request$, deadline$) =>
      source$({ engine: reads, scheduler, controlServer, probeWitness, request$, deadline$, others }),
    execute: (act, isEnding) =>
      execute(act, { reads, writes, restartVpn, scheduler, isEnding, exclude: config.exclude }),
    say,
    remember: (memory) => stateFile.save(memory).forEach(say),
  }).pipe(connect((state$: Observable<Everything>) => merge(state$, heartbeat$(state$, scheduler))));
}

const finish = (watch$: Observable<unknown>, say: (line: Line) => void): Promise<number> =>
  new Promise((resolve) => {
    watch$.subscribe({
      complete: () => resolve(EXIT.ok),
      error: (fault: unknown) => {
        describeFault(fault).map(error).forEach(say);
        resolve(EXIT.software);
      },
    });
  });

/** A line of the log takes no more. */
const LONGEST_PART = 6_000;

/** All that is needed to find the bug: the restart policy brings the monitor back to a clean look at the engine. */
function describeFault(fault: unknown): readonly string[] {
  const stack = (thrown: unknown): string =>
    thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  if (!(fault instanceof ReducerFault)) return [`This is a bug: ${stack(fault)}`];
  const state = JSON.stringify(fault.state);
  const parts = Array.from({ length: Math.ceil(state.length / LONGEST_PART) }, (_, index) =>
    state.slice(index * LONGEST_PART, (index + 1) * LONGEST_PART),
  );
  return [
    `This is a bug: ${stack(fault.cause)}`,
    `It happened on the event ${JSON.stringify(fault.event)}`,
    ...parts.map((part, index) => `in the state (${String(index + 1)} of ${String(parts.length)}) ${part}`),
  ];
}
