import { NEVER, type Observable, VirtualTimeScheduler, of, throwError } from 'rxjs';
import type { Executor } from '../../../../src/acts/executor-parts.ts';
import type { Original } from '../../../../src/acts/recreation/plan.ts';
import { survey } from '../../../../src/acts/recreation/survey.ts';
import { EngineError, reasonOf } from '../../../../streams/engine.ts';
import type { Json } from '../../../../streams/json.ts';
import { type Shape, compose, engineText, idOf, onGateway } from '../../containers.ts';

/** An engine's answers, by what is asked for: `inspect app`, `inspectImage web:1`, `list`, …; any other is a 404. */
type Answers = Readonly<Record<string, unknown>>;

const container = (name: string, more: Json = {}): Json => ({ Id: idOf(name), Name: `/${name}`, ...more });
const joined = (modes: Json): Json => ({ HostConfig: modes });

const APP = container('app', { Image: 'sha256:old', Config: { Image: 'web:1' } });
const IMAGES = {
  'inspectImage sha256:old': { Id: 'sha256:old' },
  'inspectImage web:1': { Id: 'sha256:new' },
};
const LISTED: Answers = { 'inspect app': APP, list: [APP], ...IMAGES };

const NAMES = Object.fromEntries(['app', 'web', 'debug', 'other'].map((name) => [idOf(name), name]));

/** What is found out of `app`, or why nothing is; and all that was asked. */
function surveyed(answers: Answers, shape: Shape = {}) {
  const scheduler = new VirtualTimeScheduler();
  const asked: string[] = [];
  const answer = (...words: string[]): Observable<unknown> => {
    const call = words.map((word) => NAMES[word] ?? word).join(' ');
    asked.push(call);
    const given = call in answers ? answers[call] : new EngineError('no such thing', 404);
    if (given === 'silence') return NEVER;
    return given instanceof Error ? throwError(() => given) : of(given);
  };
  const executor = {
    reads: {
      list: () => answer('list'),
      inspect: (id: string) => answer('inspect', id),
      inspectImage: (reference: string) => answer('inspectImage', reference),
      volumes: () => answer('volumes'),
      changes: (id: string) => answer('changes', id),
      fileStat: (id: string, path: string) => answer('fileStat', id, path),
    },
    scheduler,
  } as unknown as Executor;
  let found: Original | undefined;
  let failed: string | undefined;
  survey(onGateway('app', shape), executor).subscribe({
    next: (original) => (found = original),
    error: (error: unknown) => (failed = reasonOf(error)),
  });
  scheduler.flush();
  return { found, failed, asked };
}

describe('the survey of an orphan', () => {
  it('returns the container, its image and the image that its image name means today', () => {
    expect(surveyed(LISTED).found).toEqual({
      container: APP,
      image: { Id: 'sha256:old' },
      named: { Id: 'sha256:new' },
      sharers: [],
      present: [idOf('app')],
      injected: [],
    });
  });

  it('returns no images if they are gone', () => {
    expect(surveyed({ 'inspect app': APP, list: [] }).found).toMatchObject({
      image: undefined,
      named: undefined,
    });
  });

  it('returns no images if the container names none', () => {
    expect(surveyed({ ...LISTED, 'inspect app': container('app') }).found).toMatchObject({
      image: undefined,
      named: undefined,
    });
  });

  it.each<{ what: string; answers: Answers; because: string }>([
    {
      what: 'the answer is no container',
      answers: { 'inspect app': [] },
      because: 'inspecting it: the answer is no container',
    },
    { what: 'the container is gone', answers: { 'inspect app': new EngineError('no such container', 404) }, because: 'no such container' },
    { what: 'the container is not inspected in time', answers: { 'inspect app': 'silence' }, because: `inspecting ${idOf('app').slice(0, 12)}: no answer within 10 s` },
    { what: 'an image cannot be inspected', answers: { 'inspectImage web:1': new EngineError('denied', 403) }, because: 'denied' },
    {
      what: 'an image is not inspected in time',
      answers: { 'inspectImage sha256:old': 'silence' },
      because: 'inspecting the image sha256:old: no answer within 10 s',
    },
    { what: 'the containers are not listed in time', answers: { list: 'silence' }, because: 'listing containers: no answer within 10 s' },
  ])('fails if $what', ({ answers, because }) => {
    expect(surveyed({ ...LISTED, ...answers }).failed).toBe(because);
  }); // prettier-ignore
});

describe('the containers that share a namespace with it', () => {
  const sharersAmong = (...others: readonly Json[]) =>
    surveyed({
      ...LISTED,
      list: [APP, ...others],
      ...Object.fromEntries(others.map((other) => [`inspect ${NAMES[String(other['Id'])] ?? ''}`, other])),
    }).found?.sharers;

  it.each<{ who: string; modes: Json }>([
    {
      who: 'joined its processes by ID',
      modes: { PidMode: `container:${idOf('app')}`, IpcMode: '' },
    },
    { who: 'joined its processes by name', modes: { PidMode: 'container:app' } },
    { who: 'joined its shared memory by ID', modes: { IpcMode: `container:${idOf('app')}` } },
    { who: 'joined its shared memory by name', modes: { PidMode: 'host', IpcMode: 'container:app' } },
  ])('include one that $who', ({ modes }) => {
    expect(sharersAmong(container('web', joined(modes)))).toEqual(['web']);
  });

  it.each<{ who: string; modes: Json }>([
    { who: 'joined nothing', modes: { PidMode: '', IpcMode: 'private' } },
    {
      who: 'joined another container',
      modes: { PidMode: 'container:app2', IpcMode: `container:${idOf('app2')}` },
    },
    { who: "uses the host's namespaces, whatever its name", modes: { PidMode: 'app', IpcMode: 'app' } },
    { who: 'has modes of the wrong type', modes: { PidMode: 5, IpcMode: ['container:app'] } },
  ])('leave out one that $who', ({ modes }) => {
    expect(sharersAmong(container('web', joined(modes)))).toEqual([]);
  });

  it('are all named, by ID if the name is unknown', () => {
    const shares = joined({ PidMode: 'container:app' });
    expect(
      sharersAmong(
        container('web', shares),
        container('other'),
        container('debug', { ...shares, Name: null }),
      ),
    ).toEqual(['web', idOf('debug')]);
  });

  it('keep a name without a leading slash as it is', () => {
    const shares = joined({ PidMode: 'container:app' });
    expect(sharersAmong(container('web', { ...shares, Name: 'pod/web' }))).toEqual(['pod/web']);
  });

  it.each<[string, unknown]>([
    ['is gone', new EngineError('no such container', 404)],
    ['cannot be inspected', new EngineError('server error', 500)],
    ['is not inspected in time', 'silence'],
    ['is null', null],
  ])('are found even if another container %s', (_, answer) => {
    const debug = container('debug', joined({ IpcMode: 'container:app' }));
    const answers = { 'inspect web': answer, 'inspect debug': debug };
    const list = [container('web'), debug];
    expect(surveyed({ ...LISTED, ...answers, list }).found?.sharers).toEqual(['debug']);
  });

  it('are inspected once each', () => {
    const list = [null, 5, {}, { Id: 7 }, APP, container('web')];
    expect(surveyed({ ...LISTED, list }).asked.filter((call) => call.startsWith('inspect '))).toEqual([
      'inspect app',
      'inspect web',
    ]);
  });

  it.each([[null], [{}], ['x']])('are none if the listing is %p', (list) => {
    expect(surveyed({ ...LISTED, list }).found?.sharers).toEqual([]);
  });
});

describe('the names of its volumes', () => {
  const volume = (place: string, more: Json = {}): Json => ({
    Type: 'volume',
    Source: `/volumes/of${place}/_data`,
    Destination: place,
    ...more,
  });
  const BOUND: Json = { Type: 'bind', Source: '/host', Destination: '/host' };
  const given = (Mounts: readonly Json[], volumes: unknown) =>
    surveyed({ ...LISTED, 'inspect app': { ...APP, Mounts }, volumes });
  const DATA = { Name: 'of-data', Mountpoint: '/volumes/of/data/_data' };

  it('are looked up in the list of volumes if the inspection leaves them out', () => {
    const named = volume('/named', { Name: 'own' });
    const { found } = given([volume('/data'), named, BOUND, volume('/lost')], { Volumes: [DATA] });
    const [data, ...others] = found?.container['Mounts'] as readonly Json[];
    expect(data).toEqual(volume('/data', { Name: 'of-data' }));
    expect(others).toEqual([named, BOUND, volume('/lost')]);
  });

  it('are not looked up if the inspection has them all', () => {
    const { asked } = given([volume('/data', { Name: 'own' }), BOUND], { Volumes: [DATA] });
    expect(asked).not.toContain('volumes');
  });

  it.each([[new EngineError('Forbidden', 403)], ['silence'], [null], [{ Volumes: 'x' }]])(
    'stay unknown if the answer is %p',
    (volumes) => {
      expect(given([volume('/data')], volumes).found?.container['Mounts']).toEqual([volume('/data')]);
    },
  );
});

describe('the files injected before it ran', () => {
  const file = (ms: number): Json => ({ mode: 0o444, mtime: engineText(ms) });
  const FILES: Answers = {
    'changes app': [
      { Path: '/app.conf', Kind: 1 },
      { Path: '/etc/other.conf', Kind: 1 },
      { Path: '/late.conf', Kind: 1 },
      { Path: '/gone.conf', Kind: 1 },
      { Path: '/mounted.conf', Kind: 1 },
    ],
    'fileStat app /app.conf': file(20_000),
    'fileStat app /etc/other.conf': file(21_000),
    'fileStat app /late.conf': file(40_000),
    'fileStat app /mounted.conf': file(20_000),
  };
  const RUN: Shape = { labels: compose('app'), createdAt: 19_500, startedAt: 22_000 };
  const mounts = { ...APP, Mounts: [{ Destination: '/mounted.conf' }] };

  const found = (answers: Answers, shape: Shape = {}) =>
    surveyed({ ...LISTED, 'inspect app': mounts, ...FILES, ...answers }, { ...RUN, ...shape });

  it('are those that compose created between its creation and its start', () => {
    expect(found({}).found?.injected).toEqual(['/app.conf', '/etc/other.conf']);
  });

  it.each<[string, Shape]>([
    ['has never run', { startedAt: 'never' }],
    ['was not inspected when its repair was decided', { inspected: false }],
  ])('are all those since the creation if the container %s', (_, shape) => {
    expect(found({}, shape).found?.injected).toEqual(['/app.conf', '/late.conf', '/etc/other.conf']);
  });

  it("are not looked for if the container is not compose's", () => {
    const { found: original, asked } = found({}, { labels: {} });
    expect(original?.injected).toEqual([]);
    expect(asked).not.toContain('changes app');
  });

  it.each<{ what: string; answers: Answers; because: string }>([
    {
      what: 'the changes are not listed in time',
      answers: { 'changes app': 'silence' },
      because: 'looking through the files of app: no answer within 10 s',
    },
    { what: 'a file is not inspected in time', answers: { 'fileStat app /app.conf': 'silence' }, because: 'looking at /app.conf: no answer within 10 s' },
    { what: 'a file cannot be inspected', answers: { 'fileStat app /app.conf': new EngineError('server error', 500) }, because: 'server error' },
  ])('make the survey fail if $what', ({ answers, because }) => {
    expect(found(answers).failed).toBe(because);
  }); // prettier-ignore
});
