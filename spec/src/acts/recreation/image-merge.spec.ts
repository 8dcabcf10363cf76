import fc, { type Arbitrary } from 'fast-check';
import type { Json } from '../../../../streams/json.ts';
import { type SharedConfig, effective, mergeWithImage } from './image-merge.ts';
import { planned } from './originals.ts';

const maybe = <Value>(value: Arbitrary<Value>): Arbitrary<Value | null> => fc.option(value, { nil: null });

/** Configurations with values of these alphabets; names and keys are common to all. */
const configs = (values: readonly string[], places: readonly string[]): Arbitrary<SharedConfig> => {
  const value = fc.constantFrom(...values);
  const key = fc.constantFrom('A', 'B', 'C', 'PATH');
  const number = fc.constantFrom(...values.map((_, index) => places.length * 1e9 + index));
  return fc.record({
    Env: maybe(
      fc.uniqueArray(fc.tuple(key, value), { selector: ([name]) => name }).map((all) => all.map((pair) => pair.join('='))),
    ),
    Labels: maybe(fc.dictionary(key, value, { noNullPrototype: true })),
    Entrypoint: maybe(fc.array(value, { maxLength: 2 })),
    Cmd: maybe(fc.array(value, { maxLength: 2 })),
    User: fc.option(value, { nil: '' }),
    WorkingDir: fc.option(value, { nil: '' }),
    StopSignal: fc.option(value, { nil: '' }),
    Healthcheck: maybe(
      fc.record(
        { Test: fc.constantFrom(['NONE'], ...values.map((one) => ['CMD', one])), Interval: number, Timeout: number, StartPeriod: number, StartInterval: number, Retries: number },
        { requiredKeys: [] },
      ),
    ),
    Volumes: maybe(fc.dictionary(fc.constantFrom(...places), fc.constant({}), { noNullPrototype: true })),
  }); // prettier-ignore
};

/** What `--entrypoint ""` asks for, together with a command, for the engine wants one. */
const emptied = (value: string): Partial<SharedConfig> => ({ Entrypoint: [''], Cmd: [value] });

/** What the engine makes of a request, and would show of the container; undefined: it refuses. */
const created = (request: SharedConfig, image: SharedConfig): SharedConfig | undefined => {
  try {
    return mergeWithImage(request, image);
  } catch {
    return undefined;
  }
};

/** The request planned for what was made of a request. */
const plannedAgain = (container: SharedConfig, image: SharedConfig): SharedConfig =>
  planned({ config: { ...(container as Json), Hostname: 'd1efcffa8772' }, image: image as Json });

describe('a container re-created by its plan', () => {
  const image = configs(['1', '2', '3'], ['/x', '/y']);
  const request = fc.oneof(
    configs(['1', '2', '3'], ['/x', '/y', '/z']),
    image.map((config) => ({ ...config, ...emptied('1') })),
  );

  it('is the same as the original on the same image', () => {
    fc.assert(
      fc.property(request, image, (asked, ofImage) => {
        const container = created(asked, ofImage);
        fc.pre(container !== undefined);
        const again = mergeWithImage(plannedAgain(container, ofImage), ofImage);
        expect(effective(again)).toEqual(effective(container));
      }),
      { numRuns: 2_000 },
    );
  });

  it('leads to the same plan again', () => {
    fc.assert(
      fc.property(request, image, (asked, ofImage) => {
        const container = created(asked, ofImage);
        fc.pre(container !== undefined);
        const plan = plannedAgain(container, ofImage);
        expect(plannedAgain(mergeWithImage(plan, ofImage), ofImage)).toEqual(plan);
      }),
    );
  });

  it('takes exactly what its user had not set from another image', () => {
    const asked = fc.oneof(
      configs(['u1', 'u2'], ['/u']).map((config) => ({
        ...config,
        // Only an empty list drops the entrypoint and keeps the command, and a plan cannot express that.
        Entrypoint: config.Entrypoint?.length === 0 ? null : (config.Entrypoint ?? null),
      })),
      configs(['u1', 'u2'], ['/u']).map((config) => ({ ...config, ...emptied('u1') })),
    );
    const old = configs(['o1', 'o2', 'o3'], ['/o', '/p']);
    const other = configs(['n1', 'n2', 'n3', 'n4'], ['/n', '/m', '/l']);
    fc.assert(
      fc.property(asked, old, other, (user, before, after) => {
        const [container, expected] = [created(user, before), created(user, after)];
        fc.pre(container !== undefined && expected !== undefined);
        // Dropping an entrypoint or a health check that the image does not have sets nothing.
        fc.pre(user.Entrypoint?.[0] !== '' || (before.Entrypoint ?? []).length > 0);
        fc.pre(!isNone(user) || !isNone(before));
        expect(effective(mergeWithImage(plannedAgain(container, before), after))).toEqual(
          effective(expected),
        );
      }),
      { numRuns: 2_000 },
    );
  });
});

const isNone = ({ Healthcheck }: SharedConfig): boolean =>
  (Healthcheck?.['Test'] as string[] | undefined)?.[0] === 'NONE';

describe("the model of the engine's merge with the image", () => {
  it.each<{ given: string; request: SharedConfig; image: SharedConfig; then: SharedConfig }>([
    {
      given: "does not take the image's command if the entrypoint was emptied",
      request: { Entrypoint: [''], Cmd: ['own'] },
      image: { Entrypoint: ['/e'], Cmd: ['c'] },
      then: { Entrypoint: null, Cmd: ['own'] },
    },
    {
      given: "takes the image's command if the entrypoint is an empty list",
      request: { Entrypoint: [] },
      image: { Entrypoint: ['/e'], Cmd: ['c'] },
      then: { Entrypoint: [], Cmd: ['c'] },
    },
    {
      given: "does not take the image's command if there is an entrypoint",
      request: { Entrypoint: ['own'] },
      image: { Entrypoint: ['/e'], Cmd: ['c'] },
      then: { Entrypoint: ['own'], Cmd: null },
    },
    {
      given: 'merges a health check field by field',
      request: { Cmd: ['c'], Healthcheck: { Interval: 5, Retries: 0 } },
      image: { Healthcheck: { Test: ['CMD', 'ok'], Retries: 3 } },
      then: { Healthcheck: { Test: ['CMD', 'ok'], Interval: 5, Retries: 3 } },
    },
  ])('$given', ({ request, image, then }) => {
    expect(mergeWithImage(request, image)).toMatchObject(then);
  });

  it('refuses a container without a command', () => {
    expect(() => mergeWithImage({ Entrypoint: [''] }, { Entrypoint: ['/e'], Cmd: ['c'] })).toThrow(
      'no command specified',
    );
  });
});
