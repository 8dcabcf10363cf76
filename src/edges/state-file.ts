import { lstatSync, realpathSync, renameSync } from 'node:fs';
import { readSmallFile } from '../../config/read-small-file.ts';
import { type Json, asNumber, asObject, asString, asStrings, parseJson } from '../../streams/json.ts';
import type { Exit } from '../model/exits.ts';
import { type KeptExit, type Memory, NOTHING_REMEMBERED } from '../model/memory.ts';
import { REMEMBERED } from '../model/past.ts';
import type { Notice } from '../notices/notice.ts';

/** What the file held when it was opened, at the monitor's start. */
export interface StateFile {
  /** Where it is, links followed; empty: nothing is kept. */
  readonly file: string;
  readonly memory: Memory;
  /** Its text as it is on disk, if it is one of ours. */
  readonly text: string | undefined;
  /** What there is to say about that. */
  readonly notices: readonly Notice[];
}

export const STATE_FILE_BYTES = 1024 * 1024;

const VERSION = 2;
/** It kept what is an exit now in three places. */
const BEFORE_EXITS = 1;

/** What is remembered in the file at `path`; `/dev/null` and an empty path: nothing, silently. Never throws. */
export function openStateFile(path: string): StateFile {
  const file = followed(path);
  return file === '' || file === '/dev/null' ? { file: '', ...nothing() } : { file, ...read(file) };
}

/** As it is now, for somebody who only looks: a file that cannot be used is nothing, and stays where it is. */
export function peekStateFile(path: string): Memory {
  const found = readSmallFile(path, STATE_FILE_BYTES);
  const decoded = found.kind === 'text' ? decode(found.text) : undefined;
  return decoded?.ok ? decoded.memory : NOTHING_REMEMBERED;
}

/** Where a link leads: renaming something to its name would replace the link itself. */
function followed(path: string): string {
  try {
    return lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
  } catch {
    return path; // it is not there, or cannot be looked at: reading it tells
  }
}

type Reading = Omit<StateFile, 'file'>;

const nothing = (...notices: readonly Notice[]): Reading => ({
  memory: NOTHING_REMEMBERED,
  text: undefined,
  notices,
});

function read(file: string): Reading {
  const found = readSmallFile(file, STATE_FILE_BYTES);
  if (found.kind === 'missing') return nothing();
  if (found.kind === 'unreadable')
    return nothing(
      found.isTooLarge
        ? setAside(file, found.reason)
        : { kind: 'stateLost', path: file, reason: found.reason },
    );
  const decoded = decode(found.text);
  return decoded.ok
    ? { memory: decoded.memory, text: found.text, notices: [] }
    : nothing(setAside(file, decoded.reason));
}

function setAside(path: string, reason: string): Notice {
  const setAsideAs = `${path}.corrupt`;
  const failure = attempt(() => renameSync(path, setAsideAs));
  const fate = failure === undefined ? { setAsideAs } : { setAsideFailure: failure };
  return { kind: 'stateLost', path, reason, ...fate };
}

type Decoded =
  { readonly ok: true; readonly memory: Memory } | { readonly ok: false; readonly reason: string };

/** A section that is missing is empty, and an entry of the wrong type is left out. */
function decode(text: string): Decoded {
  const json = asObject(parseJson(text));
  if (json === undefined) return { ok: false, reason: 'holds no JSON object' };
  const version = asNumber(json['version']);
  if (version !== VERSION && version !== BEFORE_EXITS) return { ok: false, reason: strangeVersion(version) };
  const gateways = asObject(json['gateways'] ?? {});
  const dependents = asObject(json['dependents'] ?? {});
  const exits = version === VERSION ? exitsIn(json['exits'] ?? {}) : exitsBefore(json);
  if (gateways === undefined || dependents === undefined || exits === undefined)
    return { ok: false, reason: 'is not of the form this monitor writes' };
  return {
    ok: true,
    memory: {
      gateways: idsByName(harmless(gateways)),
      dependents: asStrings(harmless(dependents)),
      exits,
      backoff: backoffs(harmless(asObject(json['backoff']) ?? {})),
      sites: sitesByName(harmless(asObject(json['sites']) ?? {})),
    },
  };
}

const strangeVersion = (version: number | undefined): string =>
  version === undefined ? 'has no version' : `is of version ${version}, which this monitor does not know`;

/** Without the one key that would mean something else to whoever copies an object key by key. */
const harmless = (json: Json): Json =>
  Object.fromEntries(Object.entries(json).filter(([key]) => key !== '__proto__'));

/** Undefined: they are not of the form that is written. */
function exitsIn(json: unknown): Memory['exits'] | undefined {
  const entries = asObject(json);
  return (
    entries &&
    Object.fromEntries(
      Object.entries(harmless(entries)).flatMap(([id, value]): [string, KeptExit][] => {
        const entry = asObject(value);
        const [run, by] = [asString(entry?.['run']), asString(entry?.['by'])];
        return isAuthor(by) ? [[id, { run, by }]] : [];
      }),
    )
  );
}

const AUTHORS: readonly string[] = ['operator', 'itself', 'monitor', 'engine'] satisfies Exit['by'][];
const isAuthor = (text: string | undefined): text is Exit['by'] =>
  text !== undefined && AUTHORS.includes(text);

/** Of those that an operator had stopped the run was not kept. */
function exitsBefore(json: Json): Memory['exits'] | undefined {
  const stopped = json['stopped'] ?? [];
  if (!Array.isArray(stopped)) return undefined;
  const runs = (section: string, by: Exit['by']): [string, KeptExit][] =>
    Object.entries(asStrings(harmless(asObject(json[section]) ?? {}))).map(([id, run]) => [id, { run, by }]);
  return Object.fromEntries([
    ...runs('restarting', 'monitor'),
    ...runs('endedByEngine', 'engine'),
    ...strings(stopped).map((id): [string, KeptExit] => [id, { run: undefined, by: 'operator' }]),
  ]);
}

const idsByName = (json: Json): Memory['gateways'] =>
  Object.fromEntries(
    Object.entries(json).flatMap(([name, ids]) => (Array.isArray(ids) ? [[name, strings(ids)]] : [])),
  );

const backoffs = (json: Json): Memory['backoff'] =>
  Object.fromEntries(
    Object.entries(json).flatMap(([name, value]) => {
      const [attempts, notBefore] = ['attempts', 'notBefore'].map((key) => asNumber(asObject(value)?.[key]));
      const isSound = Number.isInteger(attempts) && (attempts ?? -1) >= 0 && notBefore !== undefined;
      return isSound ? [[name, { attempts: attempts ?? 0, notBefore }]] : [];
    }),
  );

const sitesByName = (json: Json): Memory['sites'] =>
  Object.fromEntries(
    Object.entries(json).flatMap(([name, value]) => {
      const known = asObject(value);
      if (known === undefined) return [];
      const [held, passed] = [urls(known['held']), urls(known['passed'])];
      return [[name, { held, blocked: blocked(known), passed }]];
    }),
  );

function blocked(json: Json): Memory['sites'][string]['blocked'] {
  const known = asObject(json['blocked']);
  const recoveries = asNumber(known?.['recoveries']);
  return known !== undefined && Number.isInteger(recoveries) && (recoveries ?? -1) >= 0
    ? { urls: urls(known['urls']), recoveries: recoveries ?? 0 }
    : undefined;
}

const urls = (value: unknown): string[] => (Array.isArray(value) ? strings(value) : []);

const strings = (values: readonly unknown[]): string[] => values.filter((value) => typeof value === 'string');

/** As the file holds it. Of more than `REMEMBERED` only the latest is kept. */
export function encode(memory: Memory): string {
  const { gateways, dependents, exits, backoff, sites } = memory;
  const kept = {
    version: VERSION,
    gateways: Object.fromEntries(
      Object.entries(gateways).map(([name, ids]) => [name, ids.slice(0, REMEMBERED.idsOfAGateway)]),
    ),
    dependents: Object.fromEntries(Object.entries(dependents).slice(-REMEMBERED.dependents)),
    exits: Object.fromEntries(Object.entries(exits).slice(-REMEMBERED.exits)),
    backoff,
    sites,
  };
  return `${JSON.stringify(kept, null, 2)}\n`;
}

/** The reason why it failed; undefined: it did not. */
function attempt(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as Error).message; // node:fs throws nothing else
  }
}
