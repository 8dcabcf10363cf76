import type { CreateBody } from './create-request.ts';
import { withImageDefaults } from './image-defaults.ts';
import type { ImageConfig } from './images.ts';

const merged = (body: Partial<CreateBody>, image: ImageConfig): CreateBody =>
  withImageDefaults({ Image: 'app:1', ...body }, image);

describe("what a container gets of its image's defaults", () => {
  const image: ImageConfig = {
    Env: ['PATH=/bin', 'A=image', 'B=image'],
    Labels: { from: 'image', both: 'image' },
    Volumes: { '/data': {} },
    ExposedPorts: { '8080/tcp': {} },
    User: '0',
    WorkingDir: '/w',
    StopSignal: 'SIGINT',
    Healthcheck: { Test: ['CMD', 'true'], Interval: 7, Retries: 4 },
  };

  it('is everything, where nothing was asked for', () => {
    expect(merged({}, image)).toMatchObject(image);
    expect(merged({ Env: [], Labels: null, User: '', Volumes: {} }, image)).toMatchObject(image);
  });

  it.each<[string, Partial<CreateBody>, Partial<CreateBody>]>([
    [
      'variables: those without a value of their own, and last',
      { Env: ['A=mine', 'B', 'C=1'] },
      { Env: ['A=mine', 'B', 'C=1', 'PATH=/bin'] },
    ],
    ['labels: one by one', { Labels: { both: 'mine' } }, { Labels: { from: 'image', both: 'mine' } }],
    ['volumes: all', { Volumes: { '/more': {} } }, { Volumes: { '/data': {}, '/more': {} } }],
    ['ports: all', { ExposedPorts: { '1/udp': {} } }, { ExposedPorts: { '1/udp': {}, '8080/tcp': {} } }],
    ['the user: only instead of none', { User: '1' }, { User: '1' }],
    ['the working directory: only instead of none', { WorkingDir: '/' }, { WorkingDir: '/' }],
    ['the stop signal: only instead of none', { StopSignal: 'SIGHUP' }, { StopSignal: 'SIGHUP' }],
    [
      'the health check: field by field, 0 being nothing',
      { Healthcheck: { Retries: 9, Interval: 0 } },
      { Healthcheck: { Test: ['CMD', 'true'], Interval: 7, Retries: 9 } },
    ],
    [
      'the health check: its times also where there is to be none',
      { Healthcheck: { Test: ['NONE'] } },
      { Healthcheck: { Test: ['NONE'], Interval: 7, Retries: 4 } },
    ],
  ])('%s', (_, asked, got) => {
    expect(merged(asked, image)).toMatchObject(got);
  });

  it('adds no field for what neither asks for', () => {
    expect(merged({ Labels: {} }, {})).toEqual({ Image: 'app:1', Labels: {}, Cmd: null, Entrypoint: null });
  });
});

describe('the command', () => {
  const image = { Entrypoint: ['/bin/sh', '-c'], Cmd: ['sleep 9'] };

  it.each<[string, Partial<CreateBody>, Pick<CreateBody, 'Entrypoint' | 'Cmd'>]>([
    ["is the image's, where there is none", {}, image],
    ["goes to the image's entrypoint", { Cmd: ['x'] }, { Entrypoint: image.Entrypoint, Cmd: ['x'] }],
    ["is the image's without its entrypoint, where that is empty", { Entrypoint: [] }, { Entrypoint: [], Cmd: image.Cmd }],
    ["is not the image's, where there is an entrypoint", { Entrypoint: ['e'] }, { Entrypoint: ['e'], Cmd: null }],
    ["is one's own alone, where the entrypoint was reset", { Entrypoint: [''], Cmd: ['x'] }, { Entrypoint: null, Cmd: ['x'] }],
  ])('%s', (_, asked, got) => {
    expect(merged(asked, image)).toMatchObject(got);
  });
}); // prettier-ignore
