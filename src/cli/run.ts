import { EMPTY, type Observable, Subject, lastValueFrom } from 'rxjs';
import type { Config, Site } from '../../config/config.ts';
import {
  type ResolvedSites,
  type SitesFileText,
  readSitesFile,
  resolveSites,
} from '../../config/resolve-sites.ts';
import { secretsOf } from '../../config/load-config.ts';
import { connectDocker, dockerReadings } from '../../streams/docker-engine.ts';
import { CallWatch } from '../../streams/call-watch.ts';
import type { EdgeEvent, Event, OperatorEvent, Store } from '../../streams/events.ts';
import { signals$ } from '../../streams/signals.ts';
import { sitesFile$ } from '../../streams/sites-file.ts';
import { source$ } from '../../streams/source.ts';
import { type VpnRestart, vpnRestart$ } from '../../streams/vpn-restart.ts';
import { type WitnessVerdict, witness$ } from '../../streams/witness.ts';
import { steadyScheduler as scheduler } from '../loop/clock.ts';
import { dockerWrites } from '../acts/docker-writes.ts';
import { rehearsal$ } from '../acts/rehearsal.ts';
import { controlPath } from '../edges/control/control-path.ts';
import { controlSocket } from '../edges/control/control-socket.ts';
import { tellEdges } from '../edges/edge.ts';
import { historyFiles } from '../edges/history/files.ts';
import type { History } from '../edges/history/open-history.ts';
import type { HttpEdge, HttpOptions } from '../edges/http/http-edge.ts';
import { livenessFile } from '../edges/liveness-file.ts';
import { logEdge, sayTo } from '../edges/log-edge.ts';
import { openStateFile } from '../edges/state-file.ts';
import { createStateWriter, stateEdge } from '../edges/state-writer.ts';
import type { Trouble } from '../edges/trouble.ts';
import { execute } from '../acts/executor.ts';
import { EXIT } from './exit-codes.ts';
import type { Log } from '../notices/log-line.ts';
import type { Persisted } from '../model/persisted.ts';
import type { Notice } from '../notices/notice.ts';
import { type Program, ReducerFault, type Step, runProgram } from '../loop/program.ts';
import { readOwnerId } from '../../streams/own-network.ts';
import { initialState } from '../loop/initial-state.ts';
import { refusedSites } from '../checks/site-list.ts';
import { settingsOf } from '../model/settings.ts';

export interface Ended {
  readonly exitCode: number;
  /** Resolves when everything is written. The caller has to bound the wait. */
  readonly flush: () => Promise<unknown>;
}

/** Watches until a signal ends it. `warnings` are what its start has shown so far. */
export async function run(
  config: Config,
  warnings: readonly Notice[],
  openLog: (trouble: Trouble) => Log,
): Promise<Ended> {
  const trouble$ = new Subject<EdgeEvent>();
  const log = openLog(troubleOf('log', config.log.file, trouble$));
  const say = sayTo(log, config.gateways.length > 1);
  const fileText = readSitesFile(config.sitesFile);
  const sites = resolveSites({
    inline: config.inlineSites,
    fileText,
    defaultTimeoutSeconds: config.timeoutSeconds,
    gateways: config.gateways,
  });
  const starting: readonly Notice[] = [{ kind: 'monitorStarted' }, ...warnings];
  if (!sites.ok) {
    const why: Notice = { kind: 'sitesMissing', reason: sites.reason };
    [...starting, ...refusedSites(sites.faults), why].forEach(say);
    return { exitCode: EXIT.config, flush: async () => log.close() };
  }
  const greeting: readonly Notice[] = [
    ...starting,
    ...sayConfig(config, sites),
    ...(config.dryRun ? [{ kind: 'dryRunBegun' as const, dryRun: true as const }] : []),
  ];
  // Logged before the state file is opened: a disk that hangs is no reason to be silent.
  greeting.forEach(say);
  const opened = openStateFile(config.stateFile);
  const state = createStateWriter(opened, {
    scheduler,
    trouble: troubleOf('state', opened.file, trouble$),
  });
  const control = controlSocket({
    path: controlPath(config.gateways),
    scheduler,
    ofSeveral: config.gateways.length > 1,
  });
  const start = {
    sites: sites.sites,
    fileText,
    opening: [...greeting, ...opened.notices],
    memory: opened.memory,
    commit: state.commit,
    trouble$,
    requested$: control.requested$,
  };
  const report = (event: EdgeEvent): void => trouble$.next(event);
  const history = await openHistoryOf(config, trouble$);
  const http = await openPage(config, { say, report, history });
  const edges = [
    logEdge(say, greeting),
    stateEdge(state),
    livenessFile(),
    control.edge,
    ...(history?.edges ?? []),
    ...(http === undefined ? [] : [http]),
  ];
  const sayAndKeep = (notice: Notice): void => {
    say(notice);
    history?.keep(notice);
  };
  const exitCode = await finish(
    watching(config, start).pipe(tellEdges(edges, scheduler, report)),
    sayAndKeep,
  );
  control.close();
  http?.close();
  return {
    exitCode,
    flush: async () =>
      Promise.all([
        log.close(),
        lastValueFrom(state.commit(), { defaultValue: undefined }),
        history?.close(),
      ]),
  };
}

/** Undefined: none is kept. */
async function openHistoryOf(config: Config, trouble$: Subject<EdgeEvent>): Promise<History | undefined> {
  if (historyFiles(config.history.file).length === 0) return undefined;
  const { openHistory } = await import('../edges/history/open-history.ts');
  return openHistory(config.history, {
    scheduler,
    wall: Date.now,
    secrets: secretsOf(config),
    troubleOf: (store, path) => troubleOf(store, path, trouble$),
    report: (event) => trouble$.next(event),
  });
}

/** Loaded only if it is wanted: nobody else pays for it. */
async function openPage(
  config: Config,
  { history, ...deps }: Pick<HttpOptions, 'say' | 'report'> & { readonly history: History | undefined },
): Promise<HttpEdge | undefined> {
  if (config.http.addresses.length === 0) return undefined;
  const { openHttp } = await import('../edges/http/http-edge.ts');
  return openHttp({
    ...deps,
    http: config.http,
    now: () => scheduler.now(),
    wallNow: Date.now,
    startedAt: scheduler.now(),
    ofSeveral: config.gateways.length > 1,
    secrets: secretsOf(config),
    ...(history !== undefined && { history: history.reader, statistics: history.statistics }),
  });
}

/** Trouble with a file comes back as an event. */
const troubleOf = (store: Store, path: string, trouble$: Subject<EdgeEvent>): Trouble => ({
  failed: (reason) => trouble$.next({ type: 'storeFailed', at: scheduler.now(), store, path, reason }),
  recovered: (lostLines) =>
    trouble$.next({ type: 'storeRecovered', at: scheduler.now(), store, path, lostLines }),
});

const sayConfig = (
  config: Config,
  { sites, faults, usedDefaults }: Extract<ResolvedSites, { ok: true }>,
): readonly Notice[] => [
  ...refusedSites(faults),
  {
    kind: 'configRead',
    checkIntervalMs: config.checkIntervalMs,
    timeoutMs: config.timeoutSeconds * 1000,
    failThreshold: config.failThreshold,
  },
  { kind: 'sitesRead', sites: [...new Set(sites.map(({ name }) => name))], isBuiltIn: usedDefaults },
];

/** What the loop starts from. */
interface LoopStart extends Pick<Program, 'commit'> {
  readonly sites: readonly Site[];
  readonly fileText: SitesFileText;
  readonly opening: readonly Notice[];
  readonly memory: Persisted;
  readonly trouble$: Observable<EdgeEvent>;
  readonly requested$: Observable<OperatorEvent>;
}

function watching(
  config: Config,
  { sites, fileText, opening, memory, commit, trouble$, requested$ }: LoopStart,
): Observable<Step> {
  const docker = connectDocker(config.docker);
  const watch = new CallWatch(scheduler);
  const reads = watch.watched(dockerReadings(docker));
  const writes = watch.watched(dockerWrites(docker));
  const file = {
    path: config.sitesFile,
    initialText: fileText,
    inlineSites: config.inlineSites,
    timeoutSeconds: config.timeoutSeconds,
    gateways: config.gateways,
  };
  const { controlServer, witness } = config;
  const probeWitness = (): Observable<WitnessVerdict> =>
    witness === undefined ? EMPTY : witness$(witness, { scheduler });
  const restartVpn = (gatewayId: string): Observable<VpnRestart> =>
    vpnRestart$(gatewayId, { engine: reads, scheduler, controlServer });
  // Behind a socket there is no proxy as a rule.
  const isNeeded = (): boolean => !config.dryRun && (config.docker.kind === 'tcp' || watch.hasForbidden);
  const others: readonly Observable<Event>[] = [
    trouble$,
    requested$,
    watch.change$,
    rehearsal$({ reads, writes, recreates: config.autoRecreate, connected$: watch.connected$, isNeeded }),
    sitesFile$(file, scheduler),
    signals$(process, scheduler),
  ];
  return runProgram({
    initial: initialState(settingsOf(config), sites, {
      memory,
      hasWitness: config.witness !== undefined,
      ownNetwork: { ownerId: readOwnerId(), leadsToEngine: config.docker.kind === 'tcp' },
    }),
    scheduler,
    opening,
    source: (request$, deadline$) =>
      source$({ engine: reads, scheduler, controlServer, probeWitness, request$, deadline$, others }),
    execute: (act, acting) =>
      execute(act, { reads, writes, restartVpn, scheduler, exclude: config.exclude, ...acting }),
    commit,
  });
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

/** Characters. The log cuts longer lines. */
const LONGEST_PART = 6_000;

/**
 * Everything that is needed to find the bug. The restart policy then starts a monitor with a fresh view of the
 * engine.
 */
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
