import { closeSync, existsSync, fsyncSync, lstatSync, mkdirSync, openSync, realpathSync } from 'node:fs';
import { renameSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readSmallFile } from '../config/read-small-file.ts';
import { type Json, asNumber, asObject, asStrings, parseJson } from '../streams/json.ts';
import { type Memory, NOTHING_REMEMBERED, REMEMBERED } from './memory.ts';
import type { Notice } from './notices/notice.ts';

export interface StateFile {
  /** What the file held when it was opened. */
  readonly memory: Memory;
  /** What there is to say about that. */
  readonly notices: readonly Notice[];
  /**
   * On return it is on disk, or a line has said that it cannot be: once when that begins, once when it ends.
   * Synchronous, for what it remembers must be there before the next command runs. Never throws. Of more than
   * `REMEMBERED` only the latest is kept.
   */
  readonly save: (memory: Memory) => readonly Notice[];
}

export const STATE_FILE_BYTES = 1024 * 1024;

const VERSION = 1;

/** What is remembered in the file at `path`; `/dev/null` and an empty path: nothing, silently. Never throws. */
export function openStateFile(path: string): StateFile {
  const file = followed(path);
  if (file === '' || file === '/dev/null') return { memory: NOTHING_REMEMBERED, notices: [], save: () => [] };
  const { memory, text, notices } = read(file);
  return { memory, notices, save: saver(file, text) };
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

interface Reading {
  readonly memory: Memory;
  /** The file's text as it is on disk, where it is one of ours. */
  readonly text?: string;
  readonly notices: readonly Notice[];
}

const nothing = (...notices: readonly Notice[]): Reading => ({ memory: NOTHING_REMEMBERED, notices });

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
  if (version !== VERSION) return { ok: false, reason: strangeVersion(version) };
  const gateways = asObject(json['gateways'] ?? {});
  const dependents = asObject(json['dependents'] ?? {});
  const stopped = json['stopped'] ?? [];
  if (gateways === undefined || dependents === undefined || !Array.isArray(stopped))
    return { ok: false, reason: 'is not of the form this monitor writes' };
  return {
    ok: true,
    memory: {
      gateways: idsByName(harmless(gateways)),
      dependents: asStrings(harmless(dependents)),
      stopped: strings(stopped),
      backoff: backoffs(harmless(asObject(json['backoff']) ?? {})),
      endedByEngine: asStrings(harmless(asObject(json['endedByEngine']) ?? {})),
      restarting: asStrings(harmless(asObject(json['restarting']) ?? {})),
      sites: sitesByName(harmless(asObject(json['sites']) ?? {})),
    },
  };
}

const strangeVersion = (version: number | undefined): string =>
  version === undefined ? 'has no version' : `is of version ${version}, which this monitor does not know`;

/** Without the one key that would mean something else to whoever copies an object key by key. */
const harmless = (json: Json): Json =>
  Object.fromEntries(Object.entries(json).filter(([key]) => key !== '__proto__'));

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

function encode(memory: Memory): string {
  const { gateways, dependents, stopped, endedByEngine, restarting, backoff, sites } = memory;
  const kept = {
    version: VERSION,
    gateways: Object.fromEntries(
      Object.entries(gateways).map(([name, ids]) => [name, ids.slice(0, REMEMBERED.idsOfAGateway)]),
    ),
    dependents: Object.fromEntries(Object.entries(dependents).slice(-REMEMBERED.dependents)),
    stopped: stopped.slice(-REMEMBERED.stopped),
    endedByEngine,
    restarting,
    backoff,
    sites,
  };
  return `${JSON.stringify(kept, null, 2)}\n`;
}

function saver(file: string, onDisk: string | undefined): StateFile['save'] {
  let written = onDisk;
  let isFailing = false;

  return (memory) => {
    const text = encode(memory);
    if (text === written) return [];
    const failure = attempt(() => replace(file, text));
    written = failure === undefined ? text : undefined;
    return turn(failure);
  };

  function turn(failure: string | undefined): Notice[] {
    const wasFailing = isFailing;
    isFailing = failure !== undefined;
    if (wasFailing === isFailing) return [];
    return failure === undefined
      ? [{ kind: 'stateWritten', path: file }]
      : [{ kind: 'stateNotWritten', path: file, reason: failure }];
  }
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

/** Whoever reads the file, after a crash at whatever instant, finds the old text or the new one. */
function replace(file: string, text: string): void {
  const temporary = `${file}.tmp`;
  refuseOther(file);
  makeFolder(dirname(file));
  rmSync(temporary, { force: true }); // of a monitor that was killed half-way
  writeThrough(temporary, text);
  renameSync(temporary, file);
  syncFolder(dirname(file));
}

/** Until then a power cut may bring back the old text. Not every filesystem can; the new text is in place all the same. */
function syncFolder(path: string): void {
  attempt(() => {
    const descriptor = openSync(path, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  });
}

/** A rename replaces whatever there is: for root a device, too. */
function refuseOther(file: string): void {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || stats.isFile()) return;
  throw new Error(stats.isDirectory() ? 'it is a folder' : 'it is not a regular file');
}

/** Parents first. Node's own `recursive` never comes back where the kernel refuses a folder, as below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

/** A new file, whole and on the disk, or none at all. */
function writeThrough(path: string, text: string): void {
  const descriptor = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(descriptor);
  }
}
