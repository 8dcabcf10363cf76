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
import type { Log } from './log-line.ts';
import type { Notice } from './notices/notice.ts';
import { lineOf } from './notices/wording.ts';
import { ReducerFault, runProgram } from './program.ts';
import { readOwnerId } from './own-network.ts';
import { initialState } from './reduce.ts';
import { refusedSites } from './reducers/site-list.ts';
import { settingsOf } from './settings.ts';
import { openStateFile } from './state-file.ts';
import type { Everything } from './state.ts';

/** Watches until a signal ends it. Resolves with the exit code. */
export function run(config: Config, warnings: readonly string[], log: Log): Promise<number> {
  const ofSeveral = config.gateways.length > 1;
  const say = (notice: Notice): void => log.write(lineOf(notice, ofSeveral));
  const fileText = readSitesFile(config.sitesFile);
  const sites = resolveSites({
    inline: config.inlineSites,
    fileText,
    defaultTimeoutSeconds: config.timeoutSeconds,
    gateways: config.gateways,
  });
  say({ kind: 'monitorStarted' });
  warnings.forEach((text) => say({ kind: 'configWarned', text }));
  if (!sites.ok) {
    [...refusedSites(sites.faults), { kind: 'sitesMissing' as const, reason: sites.reason }].forEach(say);
    return Promise.resolve(EXIT.config);
  }
  sayConfig(config, sites).forEach(say);
  if (config.dryRun) say({ kind: 'dryRunBegun', dryRun: true });
  return finish(watching(config, sites.sites, fileText, say), say);
}

const sayConfig = (
  config: Config,
  { sites, faults, usedDefaults }: Extract<ResolvedSites, { ok: true }>,
): readonly Notice[] => [
  ...refusedSites(faults),
  {
    kind: 'configRead',
    checkIntervalMs: config.checkIntervalSeconds * 1000,
    timeoutMs: config.timeoutSeconds * 1000,
    failThreshold: config.failThreshold,
  },
  {
    kind: 'sitesRead',
    sites: [...new Set(sites.map(({ name }) => name))],
    areBuiltIn: usedDefaults,
  },
];

function watching(
  config: Config,
  sites: readonly Site[],
  initialText: SitesFileText,
  say: (notice: Notice) => void,
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
  stateFile.notices.forEach(say);
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

const finish = (watch$: Observable<unknown>, say: (notice: Notice) => void): Promise<number> =>
  new Promise((resolve) => {
    watch$.subscribe({
      complete: () => resolve(EXIT.ok),
      error: (fault: unknown) => {
        describeFault(fault).forEach(say);
        resolve(EXIT.software);
      },
    });
  });

/** A line of the log takes no more. */
const LONGEST_PART = 6_000;

/** All that is needed to find the bug: the restart policy brings the monitor back to a clean look at the engine. */
function describeFault(fault: unknown): readonly Notice[] {
  const stack = (thrown: unknown): string =>
    thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  if (!(fault instanceof ReducerFault)) return [{ kind: 'monitorFailed', error: stack(fault) }];
  const state = JSON.stringify(fault.state);
  const parts = Array.from({ length: Math.ceil(state.length / LONGEST_PART) }, (_, index) =>
    state.slice(index * LONGEST_PART, (index + 1) * LONGEST_PART),
  );
  return [
    { kind: 'monitorFailed', error: stack(fault.cause) },
    { kind: 'monitorFailedOn', event: JSON.stringify(fault.event) },
    ...parts.map((part, index): Notice => ({
      kind: 'monitorFailedIn',
      part: index + 1,
      parts: parts.length,
      state: part,
    })),
  ];
}
