import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { decodeEvent } from '../../streams/decode-event.ts';

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
    .join(' ');

const RECORDINGS: Readonly<Record<string, string>> = {
  'compose-force-gluetun.jsonl':
    'd3e813ad6699_lab-gluetun:created lab-gluetun:killed(15) lab-gluetun:died(0) lab-gluetun:stopped lab-gluetun:destroyed d3e813ad6699_lab-gluetun→lab-gluetun lab-gluetun:started',
  'compose-restart.jsonl':
    'lab-gluetun:killed(15) lab-gluetun:died(0) lab-gluetun:stopped lab-gluetun:started lab-gluetun:restarted lab-app1:killed(15) lab-app1:died(0) lab-app1:stopped lab-app1:started lab-app1:restarted',
  'compose-up-changed.jsonl':
    'lab-app1:killed(15) lab-app1:died(0) lab-app1:stopped d252d9a9c11d_lab-gluetun:created lab-gluetun:killed(15) lab-gluetun:died(0) lab-gluetun:stopped lab-gluetun:destroyed d252d9a9c11d_lab-gluetun→lab-gluetun 7a581401adbc_lab-app1:created b396734ae7ec_lab-app2:created lab-app1:destroyed 7a581401adbc_lab-app1→lab-app1 lab-app2:killed(15) lab-app2:died(0) lab-app2:stopped lab-app2:destroyed b396734ae7ec_lab-app2→lab-app2 lab-gluetun:started lab-app1:started lab-gluetun:healthy lab-app2:started',
  'compose-up-only-gluetun.jsonl':
    '8d9e586d4b97_lab-gluetun:created lab-gluetun:killed(15) lab-gluetun:died(0) lab-gluetun:stopped lab-gluetun:destroyed 8d9e586d4b97_lab-gluetun→lab-gluetun lab-gluetun:started',
  'crash.jsonl': 'gluetun:died(137) gluetun:started gluetun:healthy',
  'dependent-crash-gateway-down.jsonl': 'app:died(137)',
  'dependent-restart-gateway-down.jsonl': 'app:killed(15) app:died(0) app:stopped',
  'dependent-restart.jsonl': 'app:killed(15) app:died(0) app:stopped app:started app:restarted',
  'docker-kill.jsonl': 'gluetun:killed(9) gluetun:died(137) gluetun:started gluetun:healthy',
  'gateway-restart.jsonl':
    'gluetun:killed(15) gluetun:died(0) gluetun:stopped gluetun:started gluetun:restarted',
  'on-failure-gives-up.jsonl':
    'gluetun:created gluetun:started gluetun:died(1) gluetun:started gluetun:died(1) gluetun:started gluetun:died(1)',
  'oom.jsonl': 'lab-oom:created lab-oom:started lab-oom:outofmemory lab-oom:died(137) lab-oom:destroyed',
  'pause.jsonl': 'gluetun:paused gluetun:unpaused gluetun:healthy',
  'podman-4.3.jsonl':
    'gluetun:restarted gluetun:died(137) gluetun:started app3:stopped app3:died(137) app2:killed(?) app2:died(137) app2:started →appx →app1 app1:paused app1:unpaused app3:destroyed app4:created app1:restarted app1:stopped app1:died(137) app1:started gluetun:died(137) gluetun:started gluetun:healthy gluetun:died(137)',
  'podman-5.8.jsonl':
    'gluetun:restarted gluetun:died(137) gluetun:started app3:died(0) app2:killed(?) app2:died(137) app2:started →appx →app1 app1:paused app1:unpaused app3:destroyed app4:created app1:restarted app1:died(137) app1:started gluetun:died(0) gluetun:started',
  'recreate.jsonl': 'gluetun:killed(9) gluetun:died(137) gluetun:destroyed',
  'rename.jsonl': 'gluetun→gluetun2 gluetun2→gluetun',
  'stop-by-its-own-signal-28.5.jsonl': 'gluetun:killed(1) gluetun:killed(28) gluetun:stopped gluetun:died(0)',
  'stop-by-its-own-signal.jsonl': 'gluetun:killed(1) gluetun:killed(28) gluetun:died(0) gluetun:stopped',
  'stop-ignoring-term.jsonl':
    'lab-stub:created lab-stub:started lab-stub:killed(15) lab-stub:killed(9) lab-stub:died(137) lab-stub:stopped lab-stub:destroyed',
  'stop.jsonl': 'gluetun:killed(15) gluetun:died(0) gluetun:stopped gluetun:started gluetun:healthy',
  'unhealthy.jsonl': 'gluetun:unhealthy gluetun:healthy',
};

describe('decodeEvent on recorded events of a real engine', () => {
  it('is tested with every recording', () => {
    expect(readdirSync(FOLDER).sort()).toEqual(Object.keys(RECORDINGS));
  });

  it.each(Object.entries(RECORDINGS))('%s', (name, story) => {
    expect(told(name)).toBe(story);
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
  it('reads the id, name, action, time and labels', () => {
    expect(decoded({})).toEqual({
      type: 'containerStarted',
      at: 7,
      id: 'abc',
      name: 'gluetun',
      labels: { image: 'i', 'com.docker.compose.service': 'vpn' },
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
    const Actor = { ID: 'abc', Attributes: { name: 5, label: null, kept: 'x' } };
    expect(decoded({ Actor })).toMatchObject({ name: '', labels: { kept: 'x' } });
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
