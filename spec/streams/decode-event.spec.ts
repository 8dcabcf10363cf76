import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { decodeEvent } from '../../streams/decode-event.ts';
import { SECRETS } from '../marked-secrets.ts';

const FOLDER = join(__dirname, '../transcripts/events');

/** What the recording tells, exec and health-check noise left out, in one word a message. */
const told = (name: string): string =>
  readFileSync(join(FOLDER, name), 'utf8')
    .split('\n')
    .map((line) => decodeEvent(line, 0))
    .filter((event) => event !== undefined)
    .map((event) => {
      const what = event.type.replace('container', '').toLowerCase();
      if (event.type === 'containerDied') return `${event.name}:${what}(${event.exitCode ?? '?'})`;
      if (event.type === 'containerKilled') return `${event.name}:${what}(${event.signal ?? '?'})`;
      if (event.type === 'containerRenamed') return `${event.oldName}→${event.name}`;
      return `${event.name}:${event.type === 'containerHealthChanged' ? event.health : what}`;
    })
    .join(' ')
    // Compose names a container by the id of the one that it replaces.
    .replace(/\b[0-9a-f]{12}_/g, 'ID_');

/** What Docker 20.10 said. Where Docker 28.5 was recorded too and says it differently, that stands below. */
const STORIES: Readonly<Record<string, string>> = {
  'compose-force-gluetun':
    'ID_lab-gluetun:created lab-gluetun:killed(15) lab-gluetun:died(0) lab-gluetun:stopped lab-gluetun:destroyed ID_lab-gluetun→lab-gluetun lab-gluetun:started',
  'compose-restart':
    'lab-gluetun:killed(15) lab-gluetun:died(0) lab-gluetun:stopped lab-gluetun:started lab-gluetun:restarted lab-app1:killed(15) lab-app1:died(0) lab-app1:stopped lab-app1:started lab-app1:restarted',
  'compose-up-changed':
    'lab-app1:killed(15) lab-app1:died(0) lab-app1:stopped ID_lab-gluetun:created lab-gluetun:killed(15) lab-gluetun:died(0) lab-gluetun:stopped lab-gluetun:destroyed ID_lab-gluetun→lab-gluetun ID_lab-app1:created ID_lab-app2:created lab-app1:destroyed ID_lab-app1→lab-app1 lab-app2:killed(15) lab-app2:died(0) lab-app2:stopped lab-app2:destroyed ID_lab-app2→lab-app2 lab-gluetun:started lab-app1:started lab-gluetun:healthy lab-app2:started',
  'compose-up-only-gluetun':
    'ID_lab-gluetun:created lab-gluetun:killed(15) lab-gluetun:died(0) lab-gluetun:stopped lab-gluetun:destroyed ID_lab-gluetun→lab-gluetun lab-gluetun:started',
  crash: 'gluetun:died(137) gluetun:started gluetun:healthy',
  'dependent-crash-gateway-down': 'app:died(137)',
  'dependent-restart-gateway-down': 'app:killed(15) app:died(0) app:stopped',
  'dependent-restart': 'app:killed(15) app:died(0) app:stopped app:started app:restarted',
  'docker-kill': 'gluetun:killed(9) gluetun:died(137) gluetun:started gluetun:healthy',
  'gateway-restart': 'gluetun:killed(15) gluetun:died(0) gluetun:stopped gluetun:started gluetun:restarted',
  'on-failure-gives-up':
    'gluetun:created gluetun:started gluetun:died(1) gluetun:started gluetun:died(1) gluetun:started gluetun:died(1)',
  oom: 'lab-oom:created lab-oom:started lab-oom:outofmemory lab-oom:died(137) lab-oom:destroyed',
  pause: 'gluetun:paused gluetun:unpaused gluetun:healthy',
  recreate: 'gluetun:killed(9) gluetun:died(137) gluetun:destroyed',
  rename: 'gluetun→gluetun2 gluetun2→gluetun',
  'stop-by-its-own-signal': 'gluetun:killed(1) gluetun:killed(28) gluetun:died(0) gluetun:stopped',
  'stop-ignoring-term':
    'lab-stub:created lab-stub:started lab-stub:killed(15) lab-stub:killed(9) lab-stub:died(137) lab-stub:stopped lab-stub:destroyed',
  stop: 'gluetun:killed(15) gluetun:died(0) gluetun:stopped gluetun:started gluetun:healthy',
  unhealthy: 'gluetun:unhealthy gluetun:healthy',
};

/** A stop is told before the end. */
const STORIES_28: typeof STORIES = {
  'compose-up-only-gluetun':
    'ID_lab-gluetun:created lab-gluetun:killed(15) lab-gluetun:stopped lab-gluetun:died(0) lab-gluetun:destroyed ID_lab-gluetun→lab-gluetun lab-gluetun:started',
  'dependent-restart-gateway-down': 'app:killed(15) app:stopped app:died(0)',
  'dependent-restart': 'app:killed(15) app:stopped app:died(0) app:started app:restarted',
  'gateway-restart': 'gluetun:killed(15) gluetun:stopped gluetun:died(0) gluetun:started gluetun:restarted',
  'stop-by-its-own-signal': 'gluetun:killed(1) gluetun:killed(28) gluetun:stopped gluetun:died(0)',
  'stop-ignoring-term':
    'lab-stub:created lab-stub:started lab-stub:killed(15) lab-stub:killed(9) lab-stub:stopped lab-stub:died(137) lab-stub:destroyed',
  stop: 'gluetun:killed(15) gluetun:stopped gluetun:died(0) gluetun:started gluetun:healthy',
};

/** What Podman said of one and the same run. It tells no signal, and no old name. */
const STORIES_OF_PODMAN: typeof STORIES = {
  'podman-4.3':
    'gluetun:restarted gluetun:died(137) gluetun:started app3:stopped app3:died(137) app2:killed(?) app2:died(137) app2:started →appx →app1 app1:paused app1:unpaused app3:destroyed app4:created app1:restarted app1:stopped app1:died(137) app1:started gluetun:died(137) gluetun:started gluetun:healthy gluetun:died(137)',
  'podman-5.8':
    'gluetun:restarted gluetun:died(137) gluetun:started app3:died(0) app2:killed(?) app2:died(137) app2:started →appx →app1 app1:paused app1:unpaused app3:destroyed app4:created app1:restarted app1:died(137) app1:started gluetun:died(0) gluetun:started',
};

const RECORDINGS = [
  { engine: '20.10', stories: STORIES },
  { engine: '28.5', stories: { ...STORIES, ...STORIES_28 } },
  { engine: 'podman', stories: STORIES_OF_PODMAN },
];

const recorded = RECORDINGS.flatMap(({ engine, stories }) =>
  readdirSync(join(FOLDER, engine)).map((file) => {
    const name = file.replace('.jsonl', '');
    return { engine, name, story: stories[name] };
  }),
);

describe('decodeEvent on recorded events of a real engine', () => {
  it.each(recorded)('$engine: $name', ({ engine, name, story }) => {
    expect(told(join(engine, `${name}.jsonl`))).toBe(story);
  });
});

const message = (change: object): object => ({
  Type: 'container',
  Action: 'start',
  Actor: { ID: 'abc', Attributes: { name: 'gluetun', image: 'i', 'com.docker.compose.service': 'vpn' } },
  timeNano: 1795366226329921286,
  ...change,
});

const decoded = (change: object) => decodeEvent(JSON.stringify(message(change)), 7);

describe('decodeEvent', () => {
  it('reads the id, name, action, time and the labels that matter', () => {
    expect(decoded({})).toEqual({
      type: 'containerStarted',
      at: 7,
      id: 'abc',
      name: 'gluetun',
      labels: { 'com.docker.compose.service': 'vpn' },
      engineTimeMs: expect.closeTo(1795366226329.9213, 3) as number,
    });
  });

  it('needs none of the fields that API 1.52 removed', () => {
    expect(Object.keys(message({}))).not.toEqual(expect.arrayContaining(['status', 'id', 'from']));
    expect(decoded({})).toBeDefined();
  });

  it.each([
    ['create', { type: 'containerCreated' }],
    ['start', { type: 'containerStarted' }],
    ['die', { type: 'containerDied', exitCode: undefined }],
    ['stop', { type: 'containerStopped' }],
    ['restart', { type: 'containerRestarted' }],
    ['kill', { type: 'containerKilled', signal: undefined }],
    ['destroy', { type: 'containerDestroyed' }],
    ['remove', { type: 'containerDestroyed' }],
    ['rename', { type: 'containerRenamed', oldName: '' }],
    ['pause', { type: 'containerPaused' }],
    ['unpause', { type: 'containerUnpaused' }],
    ['oom', { type: 'containerOutOfMemory' }],
    ['health_status: healthy', { type: 'containerHealthChanged', health: 'healthy' }],
    ['health_status: unhealthy', { type: 'containerHealthChanged', health: 'unhealthy' }],
  ])('decodes %s', (action, change) => {
    expect(decoded({ Action: action })).toMatchObject(change);
  });

  it.each([
    ['healthy', { type: 'containerHealthChanged', health: 'healthy' }],
    ['unhealthy', { type: 'containerHealthChanged', health: 'unhealthy' }],
  ])("decodes Podman's health_status with %s beside it", (HealthStatus, change) => {
    expect(decoded({ Action: 'health_status', HealthStatus })).toMatchObject(change);
  });

  it.each(['starting', '', 5])("ignores Podman's health_status with %p beside it", (HealthStatus) => {
    expect(decoded({ Action: 'health_status', HealthStatus })).toBeUndefined();
  });

  it.each([
    ['137', 137],
    ['0', 0],
    ['', undefined],
    ['many', undefined],
    ['-1', undefined],
  ])('decodes an exit code of "%s" as %s', (exitCode, expected) => {
    const Actor = { ID: 'abc', Attributes: { exitCode } };
    expect(decoded({ Action: 'die', Actor })).toMatchObject({ type: 'containerDied', exitCode: expected });
  });

  it.each([
    ['Docker', { exitCode: '143' }, undefined],
    ['Podman', { exitCode: '143', containerExitCode: '143' }, true],
  ])('recognises from a die event whether the engine reports signals: %s', (_, Attributes, tellsNoSignal) => {
    const died = decoded({ Action: 'die', Actor: { ID: 'abc', Attributes } });
    expect(died).toMatchObject({ type: 'containerDied', exitCode: 143, labels: {} });
    expect(died && 'tellsNoSignal' in died ? died.tellsNoSignal : undefined).toBe(tellsNoSignal);
  });

  it.each([
    ['invalid JSON', '{"Type":'],
    ['an empty line', ''],
    ['null', 'null'],
    ['a list', '[]'],
    ['an event of another type', JSON.stringify(message({ Type: 'network' }))],
    ['an exec event', JSON.stringify(message({ Action: 'exec_create: /bin/sh -c start' }))],
    [
      'a health status other than healthy or unhealthy',
      JSON.stringify(message({ Action: 'health_status: starting' })),
    ],
    ['no actor', JSON.stringify(message({ Actor: undefined }))],
    ['an empty id', JSON.stringify(message({ Actor: { ID: '', Attributes: {} } }))],
    ['a word as an id', JSON.stringify(message({ Actor: { ID: 'constructor', Attributes: {} } }))],
    ['an id that is not a string', JSON.stringify(message({ Actor: { ID: 5, Attributes: {} } }))],
    ['no action', JSON.stringify(message({ Action: undefined }))],
    ['no time', JSON.stringify(message({ timeNano: undefined }))],
    ['a time before 1970', JSON.stringify(message({ timeNano: -1 }))],
    ['a time that is not an integer', JSON.stringify(message({ timeNano: 5e-324 }))],
    ['a time of more than 64 bits', JSON.stringify(message({ timeNano: 1e19 }))],
    ['a time that is a string', JSON.stringify(message({ timeNano: '1795366226329921286' }))],
  ])('ignores %s', (_, line) => {
    expect(decodeEvent(line, 0)).toBeUndefined();
  });

  it('leaves out attributes that are not strings', () => {
    const Actor = {
      ID: 'abc',
      Attributes: { name: 5, 'com.docker.compose.project': null, 'com.docker.compose.service': 'x' },
    };
    expect(decoded({ Actor })).toMatchObject({ name: '', labels: { 'com.docker.compose.service': 'x' } });
  });

  it('leaves out labels that the monitor does not read: they may hold a secret', () => {
    const Attributes = {
      name: 'app',
      'homepage.widget.key': SECRETS.label,
      'org.gluetun-monitor.exclude': '1',
    };
    expect(decoded({ Actor: { ID: 'abc', Attributes } })).toMatchObject({
      labels: { 'org.gluetun-monitor.exclude': '1' },
    });
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(() => decodeEvent(line, 0)).not.toThrow();
      }),
    );
    fc.assert(
      fc.property(
        fc.record({ Type: fc.constant('container'), Action: fc.constant('die'), Actor: fc.anything() }),
        (m) => {
          expect(() => decodeEvent(JSON.stringify(m), 0)).not.toThrow();
        },
      ),
    );
  });
});
