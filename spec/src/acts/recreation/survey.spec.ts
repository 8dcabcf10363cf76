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

describe('a survey', () => {
  it('tells the container, the image it was made from, and what the name of that stands for today', () => {
    expect(surveyed(LISTED).found).toEqual({
      container: APP,
      image: { Id: 'sha256:old' },
      named: { Id: 'sha256:new' },
      sharers: [],
      present: [idOf('app')],
      injected: [],
    });
  });

  it('of a container of which the images are gone tells none', () => {
    expect(surveyed({ 'inspect app': APP, list: [] }).found).toMatchObject({
      image: undefined,
      named: undefined,
    });
  });

  it('tells no image where the container tells none', () => {
    expect(surveyed({ ...LISTED, 'inspect app': container('app') }).found).toMatchObject({
      image: undefined,
      named: undefined,
    });
  });

  it.each<{ what: string; answers: Answers; because: string }>([
    {
      what: 'what it asks for is no container',
      answers: { 'inspect app': [] },
      because: 'inspecting it: the answer is no container',
    },
    { what: 'it is gone', answers: { 'inspect app': new EngineError('no such container', 404) }, because: 'no such container' },
    { what: 'it is not answered', answers: { 'inspect app': 'silence' }, because: `inspecting ${idOf('app').slice(0, 12)}: no answer within 10 s` },
    { what: 'an image is not told of', answers: { 'inspectImage web:1': new EngineError('denied', 403) }, because: 'denied' },
    {
      what: 'it waits for an image in vain',
      answers: { 'inspectImage sha256:old': 'silence' },
      because: 'inspecting the image sha256:old: no answer within 10 s',
    },
    { what: 'nobody tells who is there', answers: { list: 'silence' }, because: 'listing containers: no answer within 10 s' },
  ])('fails where $what', ({ answers, because }) => {
    expect(surveyed({ ...LISTED, ...answers }).failed).toBe(because);
  }); // prettier-ignore
});

describe('of those who share a namespace with it', () => {
  const sharersAmong = (...others: readonly Json[]) =>
    surveyed({
      ...LISTED,
      list: [APP, ...others],
      ...Object.fromEntries(others.map((other) => [`inspect ${NAMES[String(other['Id'])] ?? ''}`, other])),
    }).found?.sharers;

  it.each<{ who: string; modes: Json }>([
    {
      who: 'has joined its processes by its id',
      modes: { PidMode: `container:${idOf('app')}`, IpcMode: '' },
    },
    { who: 'has joined its processes by its name', modes: { PidMode: 'container:app' } },
    { who: 'has joined its shared memory by its id', modes: { IpcMode: `container:${idOf('app')}` } },
    { who: 'has joined its shared memory by its name', modes: { PidMode: 'host', IpcMode: 'container:app' } },
  ])('one that $who is told by name', ({ modes }) => {
    expect(sharersAmong(container('web', joined(modes)))).toEqual(['web']);
  });

  it.each<{ who: string; modes: Json }>([
    { who: 'has joined nobody', modes: { PidMode: '', IpcMode: 'private' } },
    { who: 'has joined another', modes: { PidMode: 'container:app2', IpcMode: `container:${idOf('app2')}` } },
    { who: 'lives with the host, whatever it is called', modes: { PidMode: 'app', IpcMode: 'app' } },
    { who: 'has modes that are none', modes: { PidMode: 5, IpcMode: ['container:app'] } },
  ])('one that $who is not told', ({ modes }) => {
    expect(sharersAmong(container('web', joined(modes)))).toEqual([]);
  });

  it('each is told, and one whose name is not known by its id', () => {
    const shares = joined({ PidMode: 'container:app' });
    expect(
      sharersAmong(
        container('web', shares),
        container('other'),
        container('debug', { ...shares, Name: null }),
      ),
    ).toEqual(['web', idOf('debug')]);
  });

  it('one whose name is told without a slash before it has that name', () => {
    const shares = joined({ PidMode: 'container:app' });
    expect(sharersAmong(container('web', { ...shares, Name: 'pod/web' }))).toEqual(['pod/web']);
  });

  it.each<[string, unknown]>([
    ['is gone by now', new EngineError('no such container', 404)],
    ['cannot be inspected', new EngineError('server error', 500)],
    ['is not answered about', 'silence'],
    ['is none', null],
  ])('one that %s does not hide the others', (_, answer) => {
    const debug = container('debug', joined({ IpcMode: 'container:app' }));
    const answers = { 'inspect web': answer, 'inspect debug': debug };
    const list = [container('web'), debug];
    expect(surveyed({ ...LISTED, ...answers, list }).found?.sharers).toEqual(['debug']);
  });

  it('each other is asked about once', () => {
    const list = [null, 5, {}, { Id: 7 }, APP, container('web')];
    expect(surveyed({ ...LISTED, list }).asked.filter((call) => call.startsWith('inspect '))).toEqual([
      'inspect app',
      'inspect web',
    ]);
  });

  it.each([[null], [{}], ['x']])('nobody is told where the listing is %p', (list) => {
    expect(surveyed({ ...LISTED, list }).found?.sharers).toEqual([]);
  });
});

describe('of files that were put into it before it ran', () => {
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

  it('those are told that compose made between its creation and its start', () => {
    expect(found({}).found?.injected).toEqual(['/app.conf', '/etc/other.conf']);
  });

  it.each<[string, Shape]>([
    ['has never run', { startedAt: 'never' }],
    ['was not inspected when it was decided on', { inspected: false }],
  ])('all since the creation of one that %s are told', (_, shape) => {
    expect(found({}, shape).found?.injected).toEqual(['/app.conf', '/late.conf', '/etc/other.conf']);
  });

  it('none is looked for in a container that is not of compose', () => {
    const { found: original, asked } = found({}, { labels: {} });
    expect(original?.injected).toEqual([]);
    expect(asked).not.toContain('changes app');
  });

  it.each<{ what: string; answers: Answers; because: string }>([
    {
      what: 'its files are not told of',
      answers: { 'changes app': 'silence' },
      because: 'looking through the files of app: no answer within 10 s',
    },
    { what: 'one is not told of', answers: { 'fileStat app /app.conf': 'silence' }, because: 'looking at /app.conf: no answer within 10 s' },
    { what: 'one cannot be looked at', answers: { 'fileStat app /app.conf': new EngineError('server error', 500) }, because: 'server error' },
  ])('where $what nothing is taken for granted', ({ answers, because }) => {
    expect(found(answers).failed).toBe(because);
  }); // prettier-ignore
});
