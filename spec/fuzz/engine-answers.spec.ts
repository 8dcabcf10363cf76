import fc from 'fast-check';
import { EMPTY, NEVER, type Observable, VirtualTimeScheduler, of, throwError } from 'rxjs';
import { inspection$, listing$ } from '../../streams/containers.ts';
import { dockerEvents$ } from '../../streams/docker-events.ts';
import { EngineError } from '../../streams/engine.ts';
import type { EngineEvent } from '../../streams/events.ts';
import { asObject } from '../../streams/json.ts';
import { recordedAnswer, recordedEvents } from '../transcripts.ts';
import { anyJson } from './arbitraries.ts';
import { expectFacts } from './expectations.ts';
import { fuzz } from './fuzz.ts';
import { mutated, mutatedJsonText } from './mutations.ts';
import { outputOf, played } from './output.ts';
import { MEBIBYTE, retainedByReader } from './retained.ts';

/** The outcome of one call: any answer, a refusal, or nothing at all. */
const answerTo = (usual: fc.Arbitrary<unknown>): fc.Arbitrary<Observable<unknown>> =>
  fc.oneof(
    { weight: 6, arbitrary: usual.map((answer) => of(answer)) },
    { weight: 1, arbitrary: anyJson.map((answer) => of(answer)) },
    { weight: 1, arbitrary: fc.uint8Array().map((cutOff) => of(Buffer.from(cutOff))) },
    { weight: 1, arbitrary: fc.constantFrom(404, 500, undefined).map(refusal) },
    { weight: 1, arbitrary: fc.constant(NEVER) },
  );

const refusal = (status: number | undefined): Observable<never> =>
  throwError(() => new EngineError('no\nwell…', status));

const LISTED = recordedAnswer('list');
const listing = answerTo(
  fc.oneof(
    mutated(LISTED),
    fc
      .array(mutated((LISTED as readonly unknown[])[0]), { maxLength: 8 })
      .map((entries) =>
        entries.map((entry, index) =>
          asObject(entry) ? { Id: `a${String(index)}`, ...asObject(entry) } : entry,
        ),
      ),
  ),
);
const inspection = answerTo(
  fc.constantFrom('inspect-healthy', 'inspect-dependent').map(recordedAnswer).chain(mutated),
);

/** All events, with at most five minutes of silence from the engine. */
function answered<T>(make: (scheduler: VirtualTimeScheduler) => Observable<T>): {
  events: T[];
  ended: boolean;
} {
  const scheduler = new VirtualTimeScheduler();
  scheduler.maxFrames = 300_000;
  const events: T[] = [];
  let ended = false;
  make(scheduler).subscribe({ next: (event) => events.push(event), complete: () => (ended = true) });
  scheduler.flush();
  return { events, ended };
}

function expectSound(event: EngineEvent): void {
  if (event.type === 'containersListed') event.containers.forEach(expectFacts);
  else if (event.type === 'containerInspected') [event.facts ?? []].flat().forEach(expectFacts);
  else expect('reason' in event && event.reason).toMatch(/^.{1,500}$/);
}

/** An engine that does not show its settings. */
const UNTELLING = { info: () => of({}), pastEvents: () => EMPTY };

describe('a listing request', () => {
  it('emits one event and ends, whatever the engine answers', () => {
    const answers = fc.record({
      list: listing,
      inspections: fc.array(inspection, { minLength: 1, maxLength: 3 }),
    });
    fuzz(answers, 700, ({ list, inspections }) => {
      let asked = 0;
      const inspect = () => inspections[asked++ % inspections.length] ?? NEVER;
      const engine = { list: () => list, inspect, clockMs: () => 5 };
      const request = { kind: 'listContainers', inspect: ['gluetun'] } as const;
      const { events, ended } = answered((scheduler) => listing$(request, { engine, scheduler }));
      expect([events.length, ended]).toEqual([1, true]);
      events.forEach(expectSound);
    });
  });
});

describe('an inspection request', () => {
  it('emits one event and ends, whatever the engine answers', () => {
    fuzz(inspection, 700, (answer) => {
      const engine = { inspect: () => answer, clockMs: () => 5 };
      const request = { kind: 'inspectContainer', containerId: 'abc' } as const;
      const { events, ended } = answered((scheduler) => inspection$(request, { engine, scheduler }));
      expect([events.length, ended]).toEqual([1, true]);
      events.forEach(expectSound);
    });
  });
});

describe('the event stream', () => {
  const MESSAGES = ['compose-up-changed', 'crash', 'unhealthy'].flatMap((name) =>
    recordedEvents(name, '20.10'),
  );
  const lines = fc
    .array(
      fc.oneof(
        fc.constantFrom(...MESSAGES).map((message) => JSON.stringify(message)),
        fc.constantFrom(...MESSAGES).chain(mutatedJsonText),
      ),
      {
        maxLength: 6,
      },
    )
    .map((all) => Buffer.from(all.map((line) => `${line}\n`).join('')));

  it('never fails, never ends, emits nothing twice, and requests what it has missed', () => {
    fuzz(outputOf(lines), 500, (output) => {
      const asked: (string | undefined)[] = [];
      const { values, endedAtMs, isOpen } = played(
        output,
        (bytes$, scheduler) => {
          const openEvents = (since: string | undefined) => {
            asked.push(since);
            return of(bytes$);
          };
          return dockerEvents$({ ...UNTELLING, openEvents }, scheduler);
        },
        240_000,
      );
      expect(endedAtMs).toBeUndefined();
      expect(isOpen || values.at(-1)?.type === 'engineDisconnected').toBe(true);
      const messages = values.filter((event) => 'engineTimeMs' in event);
      const told = messages.map(({ type, id, engineTimeMs }) => `${type} ${id} ${String(engineTimeMs)}`);
      expect(new Set(told).size).toBe(told.length);
      expect(asked.filter((since) => since !== undefined && !/^\d{1,10}\.\d{9}$/.test(since))).toEqual([]);
    });
  });

  it.each([
    ['runs', (number: number) => 1.8e18 + number * 1e6],
    ['runs backwards', (number: number) => 1.8e18 - number * 1e6],
    ['was ahead for a moment', (number: number) => (number === 0 ? 9e18 : 1.8e18 + number * 1e6)],
    ['stands still, with another container each time', () => 1.8e18],
  ])('is not remembered for ever, if the clock of the engine %s', (_, timeNano) => {
    const piece = (number: number): string =>
      `${JSON.stringify({
        Type: 'container',
        Action: 'start',
        Actor: { ID: number.toString(16).padStart(64, '0'), Attributes: { name: 'x'.repeat(1_000) } },
        timeNano: timeNano(number),
      })}\n`;
    const scheduler = new VirtualTimeScheduler();
    const read = (bytes$: Observable<Uint8Array>): Observable<unknown> =>
      dockerEvents$({ ...UNTELLING, openEvents: () => of(bytes$) }, scheduler);
    expect(retainedByReader({ piece, pieces: 30_000 }, read)).toBeLessThan(2 * MEBIBYTE);
  });
});
