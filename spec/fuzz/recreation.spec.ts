import fc from 'fast-check';
import { NEVER, type Observable, VirtualTimeScheduler, of, throwError } from 'rxjs';
import type { Executor } from '../../src/acts/executor-parts.ts';
import { candidatesAmong, isInjected } from '../../src/acts/recreation/injected-files.ts';
import { type Original, planRecreation } from '../../src/acts/recreation/plan.ts';
import { survey } from '../../src/acts/recreation/survey.ts';
import { EngineError } from '../../streams/engine.ts';
import { asObject } from '../../streams/json.ts';
import { facts, idOf } from '../src/containers.ts';
import { recordedAnswer } from '../transcripts.ts';
import { anyJson } from './arbitraries.ts';
import { fuzz } from './fuzz.ts';
import { mutated } from './mutations.ts';

const IMAGE = {
  Id: 'sha256:1',
  Config: {
    Cmd: ['/bin/sh'],
    Env: ['A=1'],
    Labels: { a: 'b' },
    Volumes: { '/data': {} },
    Healthcheck: { Test: ['NONE'] },
  },
};
const RECORDED = recordedAnswer('inspect-dependent') as Record<string, object>;
/** A container with a value in every part that is read. */
const CONTAINER = {
  ...RECORDED,
  Image: 'sha256:1',
  Config: {
    ...RECORDED['Config'],
    Env: ['A=1', 'B=2'],
    Labels: { 'com.docker.compose.project': 'stack' },
    Volumes: { '/data': {} },
  },
  HostConfig: {
    ...RECORDED['HostConfig'],
    Binds: ['named:/named:ro'],
    Mounts: [{ Type: 'volume', Target: '/anonymous' }],
    Tmpfs: { '/tmp': '' },
    Devices: [{ PathOnHost: '/dev/net/tun' }],
  },
  Mounts: [
    { Type: 'volume', Name: 'v1', Destination: '/data', RW: true },
    { Type: 'volume', Name: 'v2', Destination: '/anonymous', RW: false },
    { Type: 'volume', Name: 'named', Destination: '/named', RW: false },
  ],
};
const CHANGES = [
  { Path: '/etc', Kind: 0 },
  { Path: '/etc/app.conf', Kind: 1 },
  { Path: '/run/secrets/key', Kind: 1 },
  { Path: '/old', Kind: 2 },
];
const VOLUMES = { Volumes: [{ Name: 'v1', Mountpoint: '/var/lib/docker/volumes/v1/_data' }] };
const STAT = { name: 'app.conf', size: 5, mode: 0o444, mtime: '2026-11-22T19:07:07Z', linkTarget: '' };

const orMutated = (document: unknown): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 1, arbitrary: fc.constant(document) }, { weight: 2, arbitrary: mutated(document) });
const objectOf = (document: object): fc.Arbitrary<object> =>
  orMutated(document).map((value) => asObject(value) ?? document);

const OWNER = idOf('gluetun');

describe('the plan of a re-creation', () => {
  const original = fc.record({
    container: objectOf(CONTAINER),
    image: fc.option(objectOf(IMAGE), { nil: undefined }),
    named: fc.option(objectOf(IMAGE), { nil: undefined }),
  });

  it('is a request for the network of its owner, or a reason, whatever the inspection of the container', () => {
    fuzz(original, 1_000, (known) => {
      const plan = planRecreation({ ...known, sharers: [], present: [], injected: [] } as Original, OWNER);
      const { HostConfig, Image, Hostname } = plan.ok
        ? plan.body
        : { HostConfig: undefined, Image: plan.reason, Hostname: undefined };
      expect(asObject(HostConfig)?.['NetworkMode'] ?? (plan.ok || `container:${OWNER}`)).toBe(
        `container:${OWNER}`,
      );
      expect(Image).toMatch(/./);
      expect(Hostname).toBeUndefined();
    });
  });
});

describe('the search in the own layer of a container', () => {
  it('looks at a limited number of paths, whatever the changes and mounts', () => {
    fuzz(fc.tuple(orMutated(CHANGES), orMutated(CONTAINER.Mounts)), 800, ([changes, mounts]) => {
      const paths = candidatesAmong(changes, mounts);
      expect(paths.length).toBeLessThanOrEqual(200);
      expect(paths.every((path) => path.startsWith('/'))).toBe(true);
    });
  });

  it('decides whether a file was put there, whatever the engine reports of it', () => {
    fuzz(orMutated(STAT), 1_000, (stat) => {
      const times = {
        createdMs: Date.parse('2026-11-22T19:07:06.5Z'),
        startedMs: Date.parse('2026-11-22T19:07:07.8Z'),
      };
      expect(typeof isInjected(stat, times)).toBe('boolean');
      expect(isInjected(stat, { createdMs: 0, startedMs: 1 })).toBe(false);
    });
  });
});

describe('the survey before a re-creation', () => {
  const answerTo = (document: unknown): fc.Arbitrary<Observable<unknown>> =>
    fc.oneof(
      { weight: 6, arbitrary: orMutated(document).map((answer) => of(answer)) },
      { weight: 1, arbitrary: anyJson.map((answer) => of(answer)) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(404, 500, undefined)
          .map((status) => throwError(() => new EngineError('no', status))),
      },
      { weight: 1, arbitrary: fc.constant(NEVER) },
    );
  const engine = fc.record({
    list: answerTo(recordedAnswer('list')),
    inspect: answerTo(CONTAINER),
    image: answerTo(IMAGE),
    volumes: answerTo(VOLUMES),
    changes: answerTo(CHANGES),
    fileStat: answerTo(STAT),
  });

  it('ends with all the facts or one failure, whatever the engine answers', () => {
    fuzz(engine, 400, ({ list, inspect, image, volumes, changes, fileStat }) => {
      const scheduler = new VirtualTimeScheduler();
      scheduler.maxFrames = 3_600_000;
      const reads = {
        list: () => list,
        inspect: () => inspect,
        inspectImage: () => image,
        volumes: () => volumes,
        changes: () => changes,
        fileStat: () => fileStat,
        clockMs: () => 0,
      };
      const heard: string[] = [];
      const app = facts('app', { labels: { 'com.docker.compose.project': 'stack' } });
      survey(app, { reads, scheduler } as unknown as Executor).subscribe({
        next: (original) => heard.push(planRecreation(original, OWNER).ok ? 'a plan' : 'a refusal'),
        error: (error: unknown) => heard.push(error instanceof EngineError ? 'a failure' : String(error)),
      });
      scheduler.flush();
      expect(heard).toEqual([expect.stringMatching(/^a (plan|refusal|failure)$/)]);
    });
  });
});
