import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { type Persisted, NOTHING_PERSISTED } from '../../src/model/persisted.ts';
import { REMEMBERED, knownIds, rememberedBackoff } from '../../src/model/past.ts';
import { encode, openStateFile, peekStateFile } from '../../src/edges/state-file.ts';
import { TemporaryFolder } from '../config/temporary-folder.ts';
import { NASTY_TEXTS, anyBytes, anyJson, anyText, keptExit } from './arbitraries.ts';
import { fuzz } from './fuzz.ts';
import { jsonTextOf, mutated, mutatedBytes, mutatedJsonText } from './mutations.ts';

const MEMORY: Persisted = {
  gateways: { gluetun: ['b2', 'a1'], constructor: ['c3'] },
  dependents: { c3: 'app1', d4: 'app2' },
  exits: {
    d4: { run: '2026-11-25T16:00:00.5Z', by: 'engine' },
    c3: { run: undefined, by: 'operator' },
  },
  backoff: { gluetun: { attempts: 2, notBefore: 1_700_000_000_000 } },
  sites: {
    gluetun: {
      held: ['https://one.example/'],
      blocked: { urls: ['https://two.example/'], recoveries: 2 },
      passed: ['https://two.example/', 'https://three.example/'],
    },
  },
  paused: { gluetun: 1_700_000_000_000 },
};
const WRITTEN = { version: 2, ...MEMORY };
/** As an earlier version wrote it. */
const WRITTEN_BEFORE = {
  ...MEMORY,
  version: 1,
  stopped: ['d4'],
  endedByEngine: { d4: '2026-11-25T16:00:00.5Z' },
  restarting: { c3: '2026-11-25T16:00:00.25Z' },
};

const content = fc.oneof(
  { weight: 5, arbitrary: mutatedJsonText(WRITTEN) },
  { weight: 3, arbitrary: mutatedJsonText(WRITTEN_BEFORE) },
  { weight: 2, arbitrary: mutatedBytes(Buffer.from(JSON.stringify(WRITTEN))) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        gateways: anyJson,
        dependents: anyJson,
        version: fc.constantFrom(1, 2),
        exits: anyJson,
        stopped: anyJson,
        endedByEngine: anyJson,
        restarting: anyJson,
        backoff: anyJson,
        sites: anyJson,
      })
      .map((sections) => jsonTextOf(sections)),
  },
  {
    weight: 2,
    arbitrary: mutated(MEMORY.backoff).map((backoff) => jsonTextOf({ ...WRITTEN, backoff })),
  },
  { weight: 1, arbitrary: anyBytes },
);

const isText = (value: unknown): boolean => typeof value === 'string';
const isNumber = (value: unknown): boolean => typeof value === 'number';

function expectSane(memory: Persisted): void {
  const { gateways, dependents, exits, backoff, sites } = memory;
  const sections = [memory, gateways, dependents, exits, backoff, sites];
  expect(sections.every((section) => Object.getPrototypeOf(section) === Object.prototype)).toBe(true);
  expect(
    [
      ...Object.values(gateways).flat(),
      ...Object.values(dependents),
      ...Object.values(exits).map(({ run = '' }) => run),
    ].every(isText),
  ).toBe(true);
  expect(
    Object.values(sites)
      .flatMap(({ held, blocked, passed }) => [...held, ...(blocked?.urls ?? []), ...passed])
      .every(isText),
  ).toBe(true);
  const waits = Object.values(backoff);
  expect(waits.every(({ attempts }) => Number.isInteger(attempts) && attempts >= 0)).toBe(true);
  expect(waits.every(({ notBefore }) => Number.isFinite(notBefore))).toBe(true);
  // A reserved name of JavaScript has the value from the file, or none.
  expect(NASTY_TEXTS.every((word) => Array.isArray(knownIds(memory, word)))).toBe(true);
  expect(NASTY_TEXTS.every((word) => isNumber(rememberedBackoff(memory, word)?.attempts ?? 0))).toBe(true);
}

/** The file is usable, or it is set aside unchanged. */
function expectSetAsideOrUsed(path: string, bytes: string | Uint8Array): void {
  const { memory, notices } = openStateFile(path);
  expectSane(memory);
  if (existsSync(path)) {
    expect(notices).toEqual([]);
    return;
  }
  expect(notices).toMatchObject([{ kind: 'stateLost', path }]);
  expect(memory).toEqual(NOTHING_PERSISTED);
  expect(readFileSync(`${path}.corrupt`).equals(Buffer.from(bytes))).toBe(true);
}

const cut = ({ gateways, dependents, exits, ...others }: Persisted): Persisted => ({
  gateways: Object.fromEntries(
    Object.entries(gateways).map(([name, ids]) => [name, ids.slice(0, REMEMBERED.idsOfAGateway)]),
  ),
  dependents: Object.fromEntries(Object.entries(dependents).slice(-REMEMBERED.dependents)),
  exits: Object.fromEntries(Object.entries(exits).slice(-REMEMBERED.exits)),
  ...others,
});

describe('the state file', () => {
  const folder = new TemporaryFolder();

  it('is read, or set aside unchanged with one warning, whatever its bytes', () => {
    const path = folder.at('state.json');
    fuzz(content, 1_000, (bytes) => {
      writeFileSync(path, bytes);
      const peeked = peekStateFile(path);
      expectSetAsideOrUsed(path, bytes);
      expect(peeked).toEqual(existsSync(path) ? openStateFile(path).memory : NOTHING_PERSISTED);
    });
  });

  it('is the same after it is read, written and read again', () => {
    const path = folder.at('state.json');
    fuzz(content, 500, (bytes) => {
      writeFileSync(path, bytes);
      const { memory } = openStateFile(path);
      const written = encode(memory);
      expect(written.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      writeFileSync(path, written);
      const again = openStateFile(path);
      expect(again).toMatchObject({ memory: cut(memory), text: written, notices: [] });
      expect(encode(again.memory)).toBe(written);
    });
  });

  it('gives back what was saved, whatever the names', () => {
    const path = folder.at('state.json');
    const name = fc.oneof(anyText, fc.string()).filter((key) => key !== '__proto__');
    const memories: fc.Arbitrary<Persisted> = fc.record({
      gateways: fc.dictionary(name, fc.array(anyText, { maxLength: REMEMBERED.idsOfAGateway })),
      dependents: fc.dictionary(name, anyText),
      exits: fc.dictionary(name, keptExit),
      backoff: fc.dictionary(
        name,
        fc.record({
          attempts: fc.nat(),
          notBefore: fc.double({ noNaN: true, noDefaultInfinity: true }).map((at) => at + 0),
        }),
      ),
      sites: fc.dictionary(
        name,
        fc.record({
          held: fc.array(anyText),
          blocked: fc.option(fc.record({ urls: fc.array(anyText), recoveries: fc.nat() }), {
            nil: undefined,
          }),
          passed: fc.array(anyText),
        }),
      ),
      paused: fc.dictionary(
        name,
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((at) => at + 0),
      ),
    });
    fuzz(memories, 500, (memory) => {
      writeFileSync(path, encode(memory));
      expect(openStateFile(path)).toMatchObject({ memory, notices: [] });
    });
  });
});
