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

describe('the plan requests only what the image does not set', () => {
  it.each<{ given: string; config: Json; image: Json; then: Json }>([
    {
      given: 'variables of its own and of the image',
      config: { Env: ['OWN=1', 'PATH=/bin', 'TZ=UTC'] },
      image: { Env: ['PATH=/bin', 'TZ='] },
      then: { Env: ['OWN=1', 'TZ=UTC'] },
    },
    {
      given: "only the image's variables",
      config: { Env: ['PATH=/bin'] },
      image: { Env: ['PATH=/bin'] },
      then: {},
    },
    {
      given: 'variables of the image that begin the same way',
      config: { Env: ['PATH=/bin', 'PAGER=less', 'OWN=1'] },
      image: { Env: ['PATH=/bin', 'PAGER=less'] },
      then: { Env: ['OWN=1'] },
    },
    {
      given: 'a variable of the image that was removed',
      config: { Env: ['TZ'] },
      image: { Env: ['TZ=UTC'] },
      then: { Env: ['TZ'] },
    },
    {
      given: 'a duplicate variable',
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
      given: 'labels of its own and of the image',
      config: { Labels: { maintainer: 'x', version: '2', 'com.docker.compose.project': 'media' } },
      image: { Labels: { maintainer: 'x', version: '1' } },
      then: { Labels: { version: '2', 'com.docker.compose.project': 'media' } },
    },
    { given: "only the image's labels", config: { Labels: { a: 'b' } }, image: { Labels: { a: 'b' } }, then: {} },
    {
      given: 'an image that sets nothing',
      config: { Env: ['A=1'], Labels: { a: 'b' }, Volumes: { '/data': {} } },
      image: { Env: null, Labels: null },
      then: { Env: ['A=1'], Labels: { a: 'b' }, Volumes: { '/data': {} } },
    },
    {
      given: "the image's user, folder and stop signal",
      config: { User: 'app', WorkingDir: '/app', StopSignal: 'SIGINT', OnBuild: ['RUN x'] },
      image: { User: 'app', WorkingDir: '/app', StopSignal: 'SIGINT', OnBuild: ['RUN x'] },
      then: {},
    },
    {
      given: 'a user, folder and stop signal of its own',
      config: { User: '1000', WorkingDir: '/mine', StopSignal: 'SIGTERM' },
      image: { User: 'app', WorkingDir: '/app', StopSignal: 'SIGINT' },
      then: { User: '1000', WorkingDir: '/mine', StopSignal: 'SIGTERM' },
    },
    {
      given: 'a shell, which the engine does not take from the image',
      config: { Shell: ['/bin/bash', '-c'] },
      image: { Shell: ['/bin/bash', '-c'] },
      then: { Shell: ['/bin/bash', '-c'] },
    },
    {
      given: 'volumes of its own and of the image',
      config: { Volumes: { '/data': {}, '/cache': {} } },
      image: { Volumes: { '/data': {} } },
      then: { Volumes: { '/cache': {} } },
    },
    {
      given: "only the image's volumes",
      config: { Volumes: { '/data': {} } },
      image: { Volumes: { '/data': {} } },
      then: {},
    },
  ])('with $given', ({ config, image, then }) => {
    const fields = ['Env', 'Labels', 'Volumes', 'User', 'WorkingDir', 'StopSignal', 'OnBuild', 'Shell'];
    expect(askedFor(fields, config, image)).toEqual(then);
  }); // prettier-ignore
});

describe('the plan requests only those parts of the health check that differ from the image', () => {
  const IMAGES = { Test: ['CMD', 'ok'], Interval: 30e9, Retries: 3 };

  it.each<{ given: string; own: Json | null | undefined; image: Json | null; then: Json | undefined }>([
    { given: "the image's health check", own: IMAGES, image: IMAGES, then: undefined },
    { given: 'another interval', own: { ...IMAGES, Interval: 5e9 }, image: IMAGES, then: { Interval: 5e9 } },
    { given: 'another test', own: { ...IMAGES, Test: ['CMD', 'x'] }, image: IMAGES, then: { Test: ['CMD', 'x'] } },
    { given: 'a health check that was switched off', own: { ...IMAGES, Test: ['NONE'] }, image: IMAGES, then: { Test: ['NONE'] } },
    { given: 'a health check that was switched off and an image without one', own: { Test: ['NONE'] }, image: null, then: { Test: ['NONE'] } },
    { given: 'a health check of its own', own: IMAGES, image: null, then: IMAGES },
    { given: 'no health check anywhere', own: undefined, image: null, then: undefined },
    { given: 'a health check of null', own: null, image: IMAGES, then: undefined },
  ])('with $given', ({ own, image, then }) => {
    expect(planned({ config: { Healthcheck: own }, image: { Healthcheck: image } })['Healthcheck']).toEqual(then);
  }); // prettier-ignore
});

describe('the plan requests a command and an entrypoint only if the engine would merge them differently', () => {
  const E = ['/entry'];
  const C = ['run'];

  it.each<{ given: string; own: Json; image: Json; then: Json }>([
    {
      given: 'both from the image',
      own: { Entrypoint: E, Cmd: C },
      image: { Entrypoint: E, Cmd: C },
      then: {},
    },
    {
      given: 'both from the image, which has no entrypoint',
      own: { Cmd: C },
      image: { Entrypoint: [], Cmd: C },
      then: {},
    },
    {
      given: 'both from the image, which has no command',
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
      given: 'its own command and no entrypoint',
      own: { Entrypoint: null, Cmd: ['x'] },
      image: { Entrypoint: null, Cmd: C },
      then: { Cmd: ['x'] },
    },
    {
      given: 'its own command and an image without one',
      own: { Entrypoint: E, Cmd: ['x'] },
      image: { Entrypoint: E },
      then: { Cmd: ['x'] },
    },
    {
      given: "the image's entrypoint without its command",
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
      given: 'its own entrypoint and an image without one',
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
      given: 'an emptied entrypoint',
      own: { Entrypoint: null, Cmd: ['x'] },
      image: { Entrypoint: E, Cmd: C },
      then: { Entrypoint: [''], Cmd: ['x'] },
    },
    {
      given: 'an emptied entrypoint with the same command',
      own: { Entrypoint: [], Cmd: C },
      image: { Entrypoint: E, Cmd: C },
      then: { Entrypoint: [''], Cmd: C },
    },
    {
      given: "the image's command, escaped",
      own: { Cmd: C, ArgsEscaped: true },
      image: { Cmd: C, ArgsEscaped: true },
      then: {},
    },
    {
      given: 'its own command, escaped',
      own: { Cmd: ['x'], ArgsEscaped: true },
      image: { Cmd: C, ArgsEscaped: true },
      then: { Cmd: ['x'], ArgsEscaped: true },
    },
  ])('with $given', ({ own, image, then }) => {
    expect(askedFor(['Entrypoint', 'Cmd', 'ArgsEscaped'], own, { Cmd: null, ...image })).toEqual(then);
  });
});
