import { lstatSync, realpathSync, renameSync } from 'node:fs';
import * as v from 'valibot';
import { readSmallFile } from '../../config/read-small-file.ts';
import { asNumber, asObject, parseJson } from '../../streams/json.ts';
import { decoded, listOf, maybe, object, recordOf } from '../../streams/schemas.ts';
import type { Exit } from '../model/exits.ts';
import { type KeptExit, type Persisted, NOTHING_PERSISTED } from '../model/persisted.ts';
import { REMEMBERED } from '../model/past.ts';
import type { Notice } from '../notices/notice.ts';

/** What the file held when it was opened, at the monitor's start. */
export interface StateFile {
  /** Where it is, links followed; empty: nothing is kept. */
  readonly file: string;
  readonly memory: Persisted;
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
export function peekStateFile(path: string): Persisted {
  const found = readSmallFile(path, STATE_FILE_BYTES);
  const decoded = found.kind === 'text' ? decode(found.text) : undefined;
  return decoded?.ok ? decoded.memory : NOTHING_PERSISTED;
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

/** Of both versions. A section that is missing is empty, and an entry of the wrong type is left out. */
const SECTIONS = {
  gateways: v.nullish(recordOf(texts), {}),
  dependents: v.nullish(recordOf(v.string()), {}),
  backoff: v.fallback(recordOf(v.object({ attempts: count, notBefore: v.pipe(v.number(), v.finite()) })), {}),
  sites: v.fallback(
    recordOf(object({ held: urls, blocked: maybe(v.object({ urls, recoveries: count })), passed: urls })),
    {},
  ),
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
    // Of those that an operator had stopped the run was not kept.
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

/** As the file holds it. Of more than `REMEMBERED` only the latest is kept. */
export function encode(memory: Persisted): string {
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
