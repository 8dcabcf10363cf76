import fc from 'fast-check';
import { decodeInspected, decodeListed } from '../../streams/decode-container.ts';
import { decodeEvent } from '../../streams/decode-event.ts';
import type { ContainerEvent, ContainerFacts } from '../../streams/events.ts';
import { parseJson } from '../../streams/json.ts';
import { type RecordedEvent, recordedAnswer, recordedEvents } from '../transcripts.ts';
import { expectFacts, expectHarmless, expectId } from './expectations.ts';
import { fuzz } from './fuzz.ts';
import { mutated, mutatedJsonText } from './mutations.ts';

const MESSAGES: readonly RecordedEvent[] = [
  'compose-up-changed', 'crash', 'docker-kill', 'oom', 'pause', 'rename', 'unhealthy',
].flatMap((name) => recordedEvents(name, '20.10')); // prettier-ignore
const LISTED = recordedAnswer('list') as readonly unknown[];
/** The parts that are read: a mutation elsewhere would have no effect. */
const INSPECTED = ['inspect-healthy', 'inspect-dependent'].map(recordedAnswer).map((answer) => {
  const { Id, Name, Created, Image, State, Config, HostConfig } = answer as Record<string, object>;
  const { NetworkMode, RestartPolicy } = HostConfig as Record<string, unknown>;
  return { Id, Name, Created, Image, State, Config, HostConfig: { NetworkMode, RestartPolicy } };
});

const anyOf = fc.constantFrom;

function expectToldBy({ Actor, Type }: RecordedEvent, event: ContainerEvent): void {
  const { type, at, id, name, labels, engineTimeMs } = event;
  expect([Type, Actor.ID, at]).toEqual(['container', id, 7]);
  expect(type).toMatch(/^container[A-Z]/);
  expectId(id);
  expect(typeof name).toBe('string');
  expect(engineTimeMs > 0 && engineTimeMs < 1e13).toBe(true); // an int64 of nanoseconds
  expectHarmless(labels);
  expect('exitCode' in event ? (event.exitCode ?? 0) : 0).toBeLessThan(1e10);
}

describe('an event of the engine', () => {
  it('is decoded as one of a container, or not at all', () => {
    fuzz(anyOf(...MESSAGES).chain(mutatedJsonText), 3_000, (text) => {
      const event = decodeEvent(text, 7);
      if (event !== undefined) expectToldBy(parseJson(text) as RecordedEvent, event);
    });
  });

  it('is decoded to the same with any additional content', () => {
    const known = MESSAGES.filter((message) => decodeEvent(JSON.stringify(message), 7) !== undefined);
    const withMore = anyOf(...known).chain((message) =>
      mutated({ time: message.time, scope: 'local', from: '' }).map((more) => ({ message, more })),
    );
    fuzz(withMore, 1_000, ({ message, more }) => {
      const text = JSON.stringify({ ...(more as object), ...message });
      expect(decodeEvent(text, 7)).toEqual(decodeEvent(JSON.stringify(message), 7));
    });
  });
});

describe('an entry of a list', () => {
  it('is decoded with all its facts, or not at all', () => {
    fuzz(anyOf(...LISTED).chain(mutated), 3_000, (entry) => {
      const facts = decodeListed(entry);
      if (facts === undefined) return;
      expect(facts.details).toBeUndefined();
      expectFacts(facts);
    });
  });
});

describe('an inspection', () => {
  const known = INSPECTED.map(decodeInspected);

  it('is decoded with all its facts, or not at all', () => {
    fuzz(anyOf(...INSPECTED).chain(mutated), 3_000, (answer) => {
      const facts = decodeInspected(answer);
      if (facts === undefined) return;
      expect(facts.details).toBeDefined();
      expectFacts(facts);
    });
  });

  it('does not change any other fact if its state is invalid', () => {
    const one = fc.nat(INSPECTED.length - 1);
    const withFault = one.chain((which) =>
      mutated(INSPECTED[which]?.State).map((State) => ({ which, State })),
    );
    fuzz(withFault, 1_000, ({ which, State }) => {
      const facts = decodeInspected({ ...INSPECTED[which], State });
      const rest = allBut(known[which]);
      expect(allBut(facts) ?? rest).toEqual(rest);
    });
  });
});

/** The facts that do not depend on its state. */
const allBut = (facts: ContainerFacts | undefined): object | undefined =>
  facts && { ...facts, runState: undefined, details: undefined };
