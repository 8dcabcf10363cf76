import { lastValueFrom, map } from 'rxjs';
import type { Observable } from 'rxjs';
import { formatNanosPadded, parseUnixTime } from './clock.ts';
import type { Nanos } from './clock.ts';
import type { LogEntry, LogQuery } from './container-log.ts';
import type { CreateBody } from './create-request.ts';
import type { SimulatedEngine } from './engine.ts';
import { EngineError, badNumber } from './errors.ts';
import { toJsonLine } from './events.ts';
import { eventFilter, parseFilters } from './filters.ts';
import { encodeFrame } from './frames.ts';
import { API_VERSION, ENGINE_VERSION, pour } from './http-response.ts';
import type { Answer } from './http-response.ts';
import type { Output } from './workload.ts';

interface ApiRequest {
  readonly engine: SimulatedEngine;
  /** The groups that the path's pattern matched. */
  readonly ref: string;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  readonly answer: Answer;
}

export interface ApiRoute {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'DELETE';
  readonly path: RegExp;
  readonly handle: (request: ApiRequest) => void | Promise<void>;
}

const VERSION = {
  Version: ENGINE_VERSION,
  ApiVersion: API_VERSION,
  MinAPIVersion: '1.12',
  Os: 'linux',
  Arch: 'amd64',
};

/** The part of Docker's HTTP API that a monitor and the operator of its stack need. */
export const ROUTES: readonly ApiRoute[] = [
  { method: 'GET', path: /^\/_ping$/, handle: ({ answer }) => answer.text(200, 'OK') },
  { method: 'GET', path: /^\/version$/, handle: ({ answer }) => answer.json(200, VERSION) },
  { method: 'GET', path: /^\/info$/, handle: info },
  { method: 'GET', path: /^\/events$/, handle: events },
  { method: 'GET', path: /^\/containers\/json$/, handle: list },
  { method: 'POST', path: /^\/containers\/create$/, handle: create },
  { method: 'GET', path: /^\/containers\/([^/]+)\/json$/, handle: inspect },
  { method: 'GET', path: /^\/containers\/([^/]+)\/logs$/, handle: logs },
  { method: 'GET', path: /^\/containers\/([^/]+)\/changes$/, handle: changes },
  { method: 'HEAD', path: /^\/containers\/([^/]+)\/archive$/, handle: fileStat },
  { method: 'POST', path: /^\/containers\/([^/]+)\/start$/, handle: start },
  { method: 'POST', path: /^\/containers\/([^/]+)\/stop$/, handle: stop },
  { method: 'POST', path: /^\/containers\/([^/]+)\/restart$/, handle: restart },
  { method: 'POST', path: /^\/containers\/([^/]+)\/rename$/, handle: rename },
  { method: 'POST', path: /^\/containers\/([^/]+)\/exec$/, handle: execCreate },
  { method: 'DELETE', path: /^\/containers\/([^/]+)$/, handle: remove },
  { method: 'POST', path: /^\/exec\/([^/]+)\/start$/, handle: execStart },
  { method: 'GET', path: /^\/exec\/([^/]+)\/json$/, handle: execInspect },
  {
    method: 'GET',
    path: /^\/volumes$/,
    handle: ({ engine, answer }) => answer.json(200, engine.volumes.list()),
  },
  { method: 'GET', path: /^\/images\/(.+)\/json$/, handle: imageInspect },
];

function info({ engine, answer }: ApiRequest): void {
  const running = engine.containers.filter(({ state }) => state.running).length;
  answer.json(200, {
    ID: 'SIMULATED',
    Name: 'simulated-engine',
    ServerVersion: ENGINE_VERSION,
    OSType: 'linux',
    Containers: engine.containers.length,
    ContainersRunning: running,
    LiveRestoreEnabled: false,
    SystemTime: engine.systemTime,
  });
}

function events({ engine, query, answer }: ApiRequest): void {
  const matches = eventFilter(parseFilters(query.get('filters')));
  const told$ = engine.events.stream({
    since: timeOf(query, 'since'),
    until: timeOf(query, 'until'),
    matches,
  });
  pour(told$.pipe(map(toJsonLine)), answer.stream('application/json'));
}

function list({ engine, query, answer }: ApiRequest): void {
  answer.json(200, engine.list({ all: flag(query, 'all'), filters: parseFilters(query.get('filters')) }));
}

function inspect({ engine, ref, answer }: ApiRequest): void {
  answer.json(200, engine.inspect(ref));
}

function imageInspect({ engine, ref, answer }: ApiRequest): void {
  answer.json(200, engine.images.inspect(ref));
}

function changes({ engine, ref, answer }: ApiRequest): void {
  answer.json(200, engine.changes(ref));
}

/** There is no body: the result is in a header. */
function fileStat({ engine, ref, query, answer }: ApiRequest): void {
  const stat = JSON.stringify(engine.fileStat(ref, query.get('path') ?? ''));
  answer.empty(200, { 'X-Docker-Container-Path-Stat': Buffer.from(stat).toString('base64') });
}

function create({ engine, query, body, answer }: ApiRequest): void {
  const name = query.get('name') ?? `unnamed_${engine.containers.length}`;
  const container = engine.createFromBody(name, body as CreateBody);
  answer.json(201, { Id: container.id, Warnings: [] });
}

async function start({ engine, ref, answer }: ApiRequest): Promise<void> {
  const { running, paused } = engine.get(ref).state;
  if (running && !paused) answer.empty(304);
  else await done(engine.start(ref), answer);
}

async function stop({ engine, ref, query, answer }: ApiRequest): Promise<void> {
  if (!engine.get(ref).state.running) answer.empty(304);
  else await done(engine.stop(ref, seconds(query)), answer);
}

function restart({ engine, ref, query, answer }: ApiRequest): Promise<void> {
  return done(engine.restart(ref, seconds(query)), answer);
}

function rename({ engine, ref, query, answer }: ApiRequest): Promise<void> {
  return done(engine.rename(ref, query.get('name') ?? ''), answer);
}

function remove({ engine, ref, query, answer }: ApiRequest): Promise<void> {
  return done(engine.remove(ref, { force: flag(query, 'force'), volumes: flag(query, 'v') }), answer);
}

function logs({ engine, ref, query, answer }: ApiRequest): void {
  const container = engine.get(ref);
  const wanted = logQuery(query, container.state.running);
  const timestamps = flag(query, 'timestamps');
  const chunks$ = container.log.read(wanted).pipe(
    map((entry) => (timestamps ? stamped(entry) : entry)),
    map((output) => chunk(output, container.tty)),
  );
  pour(chunks$, answer.stream(undefined));
}

function execCreate({ engine, ref, body, answer }: ApiRequest): void {
  const cmd = strings(body['Cmd']);
  const container = engine.get(ref);
  if (cmd.length === 0) throw new EngineError(400, 'No exec command specified');
  const exec = engine.execs.create(container, ref, {
    cmd,
    env: strings(body['Env']),
    tty: body['Tty'] === true,
  });
  answer.json(201, { Id: exec.id });
}

function execStart({ engine, ref, body, answer }: ApiRequest): void {
  const { tty } = engine.execs.find(ref).request;
  const output$ = engine.execs.start(ref);
  if (body['Detach'] === true) answer.empty(200);
  else pour(output$.pipe(map((output) => chunk(output, tty))), answer.raw());
}

function execInspect({ engine, ref, answer }: ApiRequest): void {
  answer.json(200, engine.execs.inspect(ref));
}

async function done(operation: Observable<void>, answer: Answer): Promise<void> {
  await lastValueFrom(operation, { defaultValue: undefined });
  answer.empty(204);
}

function logQuery(query: URLSearchParams, running: boolean): LogQuery {
  const stdout = flag(query, 'stdout');
  const stderr = flag(query, 'stderr');
  if (!stdout && !stderr) {
    throw new EngineError(400, 'Bad parameters: you must choose at least one stream');
  }
  const tail = /^\d+$/.exec(query.get('tail') ?? '')?.[0];
  return {
    stdout,
    stderr,
    since: timeOf(query, 'since') ?? 0n,
    tail: tail === undefined ? undefined : Number(tail),
    follow: flag(query, 'follow') && running,
  };
}

const chunk = ({ stream, text }: Output, tty: boolean): string | Buffer =>
  tty ? text : encodeFrame(stream, text);

const stamped = ({ stream, text, at }: LogEntry): Output => ({
  stream,
  text: `${formatNanosPadded(at)} ${text}`,
});

const flag = (query: URLSearchParams, name: string): boolean =>
  !['', '0', 'false', 'no'].includes((query.get(name) ?? '').toLowerCase());

function seconds(query: URLSearchParams): number | undefined {
  const text = query.get('t');
  if (text === null || text === '') return undefined;
  if (!/^-?\d+$/.test(text)) throw badNumber(text);
  return Number(text);
}

function timeOf(query: URLSearchParams, name: string): Nanos | undefined {
  const text = query.get(name);
  if (text === null || text === '' || text === '0') return undefined;
  const time = parseUnixTime(text);
  if (time === undefined) throw badNumber(text);
  return time;
}

const strings = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
