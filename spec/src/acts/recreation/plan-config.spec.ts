import type { Json } from '../../../../streams/json.ts';
import { planned } from './originals.ts';

const NOTHING = {
  Env: null, Labels: {}, Cmd: ['run'], Entrypoint: null, Volumes: null, User: '', WorkingDir: '', OnBuild: null,
}; // prettier-ignore

/** What is asked for of `fields`, for a container and an image of these configurations. */
const askedFor = (fields: readonly string[], config: Json, image: Json): Json => {
  const body = planned({ config: { ...NOTHING, ...config }, image: { Cmd: ['image'], ...image } });
  return Object.fromEntries(fields.flatMap((field) => (field in body ? [[field, body[field]]] : [])));
};

describe('what the image sets stays the image’s', () => {
  it.each<{ given: string; config: Json; image: Json; then: Json }>([
    {
      given: 'variables of both',
      config: { Env: ['OWN=1', 'PATH=/bin', 'TZ=UTC'] },
      image: { Env: ['PATH=/bin', 'TZ='] },
      then: { Env: ['OWN=1', 'TZ=UTC'] },
    },
    {
      given: 'the variables of the image alone',
      config: { Env: ['PATH=/bin'] },
      image: { Env: ['PATH=/bin'] },
      then: {},
    },
    {
      given: 'variables of the image that begin alike',
      config: { Env: ['PATH=/bin', 'PAGER=less', 'OWN=1'] },
      image: { Env: ['PATH=/bin', 'PAGER=less'] },
      then: { Env: ['OWN=1'] },
    },
    {
      given: 'a variable of the image that was taken away',
      config: { Env: ['TZ'] },
      image: { Env: ['TZ=UTC'] },
      then: { Env: ['TZ'] },
    },
    {
      given: 'a variable that is there twice',
      config: { Env: ['A=2', 'A=1'] },
      image: { Env: ['A=1'] },
      then: { Env: ['A=2', 'A=1'] },
    },
    {
      given: 'a variable that the image has twice',
      config: { Env: ['OWN=1', 'A=1'] },
      image: { Env: ['A=1', 'A=2'] },
      then: { Env: ['OWN=1', 'A=1'] },
    },
    {
      given: 'labels of both',
      config: { Labels: { maintainer: 'x', version: '2', 'com.docker.compose.project': 'media' } },
      image: { Labels: { maintainer: 'x', version: '1' } },
      then: { Labels: { version: '2', 'com.docker.compose.project': 'media' } },
    },
    { given: 'the labels of the image alone', config: { Labels: { a: 'b' } }, image: { Labels: { a: 'b' } }, then: {} },
    {
      given: 'an image that says nothing',
      config: { Env: ['A=1'], Labels: { a: 'b' }, Volumes: { '/data': {} } },
      image: { Env: null, Labels: null },
      then: { Env: ['A=1'], Labels: { a: 'b' }, Volumes: { '/data': {} } },
    },
    {
      given: 'the user, folder and signal of the image',
      config: { User: 'app', WorkingDir: '/app', StopSignal: 'SIGINT', OnBuild: ['RUN x'] },
      image: { User: 'app', WorkingDir: '/app', StopSignal: 'SIGINT', OnBuild: ['RUN x'] },
      then: {},
    },
    {
      given: 'its own user, folder and signal',
      config: { User: '1000', WorkingDir: '/mine', StopSignal: 'SIGTERM' },
      image: { User: 'app', WorkingDir: '/app', StopSignal: 'SIGINT' },
      then: { User: '1000', WorkingDir: '/mine', StopSignal: 'SIGTERM' },
    },
    {
      given: 'a shell, which the engine would not take from the image',
      config: { Shell: ['/bin/bash', '-c'] },
      image: { Shell: ['/bin/bash', '-c'] },
      then: { Shell: ['/bin/bash', '-c'] },
    },
    {
      given: 'places for volumes of both',
      config: { Volumes: { '/data': {}, '/cache': {} } },
      image: { Volumes: { '/data': {} } },
      then: { Volumes: { '/cache': {} } },
    },
    {
      given: 'the places of the image alone',
      config: { Volumes: { '/data': {} } },
      image: { Volumes: { '/data': {} } },
      then: {},
    },
  ])('$given', ({ config, image, then }) => {
    const fields = ['Env', 'Labels', 'Volumes', 'User', 'WorkingDir', 'StopSignal', 'OnBuild', 'Shell'];
    expect(askedFor(fields, config, image)).toEqual(then);
  }); // prettier-ignore
});

describe('of the health check, only what is not the image’s is asked for', () => {
  const IMAGES = { Test: ['CMD', 'ok'], Interval: 30e9, Retries: 3 };

  it.each<{ given: string; own: Json | null | undefined; image: Json | null; then: Json | undefined }>([
    { given: 'one that is the image’s', own: IMAGES, image: IMAGES, then: undefined },
    { given: 'another interval', own: { ...IMAGES, Interval: 5e9 }, image: IMAGES, then: { Interval: 5e9 } },
    { given: 'another test', own: { ...IMAGES, Test: ['CMD', 'x'] }, image: IMAGES, then: { Test: ['CMD', 'x'] } },
    { given: 'none', own: { ...IMAGES, Test: ['NONE'] }, image: IMAGES, then: { Test: ['NONE'] } },
    { given: 'none, where there is none', own: { Test: ['NONE'] }, image: null, then: { Test: ['NONE'] } },
    { given: 'its own', own: IMAGES, image: null, then: IMAGES },
    { given: 'nothing said', own: undefined, image: null, then: undefined },
    { given: 'nothing', own: null, image: IMAGES, then: undefined },
  ])('$given', ({ own, image, then }) => {
    expect(planned({ config: { Healthcheck: own }, image: { Healthcheck: image } })['Healthcheck']).toEqual(then);
  }); // prettier-ignore
});

describe('of the command, what the image’s would be merged into is asked for', () => {
  const E = ['/entry'];
  const C = ['run'];

  it.each<{ given: string; own: Json; image: Json; then: Json }>([
    { given: 'both the image’s', own: { Entrypoint: E, Cmd: C }, image: { Entrypoint: E, Cmd: C }, then: {} },
    {
      given: 'both the image’s, no entrypoint',
      own: { Cmd: C },
      image: { Entrypoint: [], Cmd: C },
      then: {},
    },
    {
      given: 'both the image’s, no command',
      own: { Entrypoint: E, Cmd: [] },
      image: { Entrypoint: E, Cmd: null },
      then: {},
    },
    {
      given: 'its own command',
      own: { Entrypoint: E, Cmd: ['x'] },
      image: { Entrypoint: E, Cmd: C },
      then: { Cmd: ['x'] },
    },
    {
      given: 'its own command, no entrypoint',
      own: { Entrypoint: null, Cmd: ['x'] },
      image: { Entrypoint: null, Cmd: C },
      then: { Cmd: ['x'] },
    },
    {
      given: 'its own command, where the image has none',
      own: { Entrypoint: E, Cmd: ['x'] },
      image: { Entrypoint: E },
      then: { Cmd: ['x'] },
    },
    {
      given: 'the image’s entrypoint without its command',
      own: { Entrypoint: E, Cmd: null },
      image: { Entrypoint: E, Cmd: C },
      then: { Entrypoint: E },
    },
    {
      given: 'its own entrypoint',
      own: { Entrypoint: ['x'], Cmd: null },
      image: { Entrypoint: E, Cmd: C },
      then: { Entrypoint: ['x'] },
    },
    {
      given: 'its own entrypoint, where the image has none',
      own: { Entrypoint: ['x'], Cmd: null },
      image: { Cmd: C },
      then: { Entrypoint: ['x'] },
    },
    {
      given: 'its own entrypoint with the same command',
      own: { Entrypoint: ['x'], Cmd: C },
      image: { Entrypoint: E, Cmd: C },
      then: { Entrypoint: ['x'], Cmd: C },
    },
    {
      given: 'its own entrypoint and command',
      own: { Entrypoint: ['x'], Cmd: ['y'] },
      image: { Entrypoint: E, Cmd: C },
      then: { Entrypoint: ['x'], Cmd: ['y'] },
    },
    {
      given: 'an entrypoint taken away',
      own: { Entrypoint: null, Cmd: ['x'] },
      image: { Entrypoint: E, Cmd: C },
      then: { Entrypoint: [''], Cmd: ['x'] },
    },
    {
      given: 'an entrypoint taken away, with the same command',
      own: { Entrypoint: [], Cmd: C },
      image: { Entrypoint: E, Cmd: C },
      then: { Entrypoint: [''], Cmd: C },
    },
    {
      given: 'a command that is the image’s, escaped',
      own: { Cmd: C, ArgsEscaped: true },
      image: { Cmd: C, ArgsEscaped: true },
      then: {},
    },
    {
      given: 'a command of its own, escaped',
      own: { Cmd: ['x'], ArgsEscaped: true },
      image: { Cmd: C, ArgsEscaped: true },
      then: { Cmd: ['x'], ArgsEscaped: true },
    },
  ])('$given', ({ own, image, then }) => {
    expect(askedFor(['Entrypoint', 'Cmd', 'ArgsEscaped'], own, { Cmd: null, ...image })).toEqual(then);
  });
});
