import { lstatSync, realpathSync, renameSync } from 'node:fs';
import * as v from 'valibot';
import { readSmallFile } from '../../config/read-small-file.ts';
import { printableJson } from '../../config/shown-text.ts';
import { asNumber, asObject, parseJson } from '../../streams/json.ts';
import { decoded, listOf, maybe, object, recordOf } from '../../streams/schemas.ts';
import type { Exit } from '../model/exits.ts';
import { type KeptExit, type Persisted, NOTHING_PERSISTED } from '../model/persisted.ts';
import { REMEMBERED } from '../model/past.ts';
import type { Notice } from '../notices/notice.ts';

/** What the file held when it was opened, at the start of the monitor. */
export interface StateFile {
  /** Its path with links resolved; empty if nothing is kept. */
  readonly file: string;
  readonly memory: Persisted;
  /** Its text on disk, if it is a valid state file. */
  readonly text: string | undefined;
  /** What is to be reported about opening it. */
  readonly notices: readonly Notice[];
}

export const STATE_FILE_BYTES = 1024 * 1024;

const VERSION = 2;
/** Version 1 kept what are now `exits` in three sections. */
const BEFORE_EXITS = 1;

/**
 * Reads what is remembered in the file at `path`. With `/dev/null` or an empty path nothing is remembered or
 * reported. Never throws.
 */
export function openStateFile(path: string): StateFile {
  const file = followed(path);
  return file === '' || file === '/dev/null' ? { file: '', ...nothing() } : { file, ...read(file) };
}

/**
 * Reads the file for a command that only looks. A file that cannot be used counts as empty, and stays where it is.
 */
export function peekStateFile(path: string): Persisted {
  const found = readSmallFile(path, STATE_FILE_BYTES);
  const decoded = found.kind === 'text' ? decode(found.text) : undefined;
  return decoded?.ok ? decoded.memory : NOTHING_PERSISTED;
}

/** Resolves a link: a rename onto the link's own path would replace the link. */
function followed(path: string): string {
  try {
    return lstatSync(path).isSymbolicLink() ? realpathSync(path) : path;
  } catch {
    return path; // missing or unreadable: reading it shows which
  }
}

type Reading = Omit<StateFile, 'file'>;

const nothing = (...notices: readonly Notice[]): Reading => ({
  memory: NOTHING_PERSISTED,
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

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const texts = listOf(v.string());
const urls = v.fallback(texts, []);
const author = v.picklist(['operator', 'itself', 'monitor', 'engine'] satisfies Exit['by'][]);

/** Sections of both versions. A missing section is empty, and an entry of the wrong type is left out. */
const SECTIONS = {
  gateways: v.nullish(recordOf(texts), {}),
  dependents: v.nullish(recordOf(v.string()), {}),
  backoff: v.fallback(recordOf(v.object({ attempts: count, notBefore: v.pipe(v.number(), v.finite()) })), {}),
  sites: v.fallback(
    recordOf(object({ held: urls, blocked: maybe(v.object({ urls, recoveries: count })), passed: urls })),
    {},
  ),
  paused: v.nullish(recordOf(v.pipe(v.number(), v.finite())), {}),
};

const Written = object({
  ...SECTIONS,
  exits: v.nullish(recordOf(v.object({ run: maybe(v.string()), by: author })), {}),
});

const endedBy = (by: Exit['by']) =>
  v.fallback(recordOf(v.pipe(v.string(), v.transform((run): KeptExit => ({ run, by })))), {}); // prettier-ignore

const WrittenBeforeExits = v.pipe(
  object({
    ...SECTIONS,
    restarting: endedBy('monitor'),
    endedByEngine: endedBy('engine'),
    stopped: v.nullish(texts, []),
  }),
  v.transform(({ restarting, endedByEngine, stopped, ...sections }): Persisted => {
    // Version 1 did not keep the run of a container that an operator had stopped.
    const stops = stopped.map((id): [string, KeptExit] => [id, { run: undefined, by: 'operator' }]);
    return { ...sections, exits: { ...restarting, ...endedByEngine, ...Object.fromEntries(stops) } };
  }),
);

type Decoded =
  { readonly ok: true; readonly memory: Persisted } | { readonly ok: false; readonly reason: string };

function decode(text: string): Decoded {
  const json = asObject(parseJson(text));
  if (json === undefined) return { ok: false, reason: 'holds no JSON object' };
  const version = asNumber(json['version']);
  if (version !== VERSION && version !== BEFORE_EXITS) return { ok: false, reason: strangeVersion(version) };
  const memory: Persisted | undefined = decoded(version === VERSION ? Written : WrittenBeforeExits, json);
  return memory === undefined
    ? { ok: false, reason: 'is not of the form this monitor writes' }
    : { ok: true, memory };
}

const strangeVersion = (version: number | undefined): string =>
  version === undefined ? 'has no version' : `is of version ${version}, which this monitor does not know`;

/** The text of the file, which somebody may look at in a terminal. If there are more entries than `REMEMBERED` allows, only the latest are kept. */
export function encode(memory: Persisted): string {
  const { gateways, dependents, exits, backoff, sites, paused } = memory;
  const kept = {
    version: VERSION,
    gateways: Object.fromEntries(
      Object.entries(gateways).map(([name, ids]) => [name, ids.slice(0, REMEMBERED.idsOfAGateway)]),
    ),
    dependents: Object.fromEntries(Object.entries(dependents).slice(-REMEMBERED.dependents)),
    exits: Object.fromEntries(Object.entries(exits).slice(-REMEMBERED.exits)),
    backoff,
    sites,
    paused,
  };
  return `${printableJson(JSON.stringify(kept, null, 2))}\n`;
}

/** The reason of the failure; undefined if there was none. */
function attempt(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return (error as Error).message; // node:fs throws nothing else
  }
}
