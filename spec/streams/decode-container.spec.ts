import fc from 'fast-check';
import { decodeInspected, decodeListed } from '../../streams/decode-container.ts';
import { recordedAnswer } from '../transcripts.ts';
import { SECRETS } from '../marked-secrets.ts';

const healthy = () => recordedAnswer('inspect-healthy') as Record<string, Record<string, unknown>>;

/** The recorded answer with another state and configuration. */
const inspected = (state: object, config: object = {}, more: object = {}) =>
  decodeInspected({
    ...healthy(),
    State: { ...healthy()['State'], ...state },
    Config: { ...healthy()['Config'], ...config },
    ...more,
  });

const NO_OBJECTS = [undefined, null, '', 'text', 5, [], [{}], {}, Buffer.from('{"Id":"x"')];

describe('decodeInspected', () => {
  it.each(['inspect-healthy', 'inspect-dependent'])(
    'reads the recorded answer of a real engine: %s',
    (name) => {
      const answer = recordedAnswer(name) as { Id: string; Name: string; State: { StartedAt: string } };
      expect(decodeInspected(answer)).toMatchObject({
        id: answer.Id,
        name: answer.Name.slice(1),
        details: { startedAt: answer.State.StartedAt, startedAtMs: expect.any(Number) as number },
      });
    },
  );

  it('reads the recorded answer of Podman', () => {
    expect(decodeInspected(recordedAnswer('inspect-dependent-podman-4.3'))).toMatchObject({
      name: 'app1',
      networkMode: expect.stringMatching(/^container:[0-9a-f]{64}$/) as string,
      runState: 'running',
      details: {
        health: 'none',
        error: '',
        restartPolicy: 'unless-stopped',
        startedAtMs: expect.any(Number) as number,
        stopSignal: 15,
        stopTimeoutSeconds: 0,
      },
    });
  });

  it.each([
    [`container ${'a'.repeat(64)} is running: container state improper`, ''],
    [
      `some dependencies of container ${'a'.repeat(64)} are not started: x: container state improper`,
      `some dependencies of container ${'a'.repeat(64)} are not started: x: container state improper`,
    ],
    [
      `Container ${'a'.repeat(64)} is restarting, wait until the container is running`,
      `Container ${'a'.repeat(64)} is restarting, wait until the container is running`,
    ],
  ])('takes the error "%s" for "%s"', (Error, error) => {
    const answer = recordedAnswer('inspect-dependent') as { State: object };
    expect(decodeInspected({ ...answer, State: { ...answer.State, Error } })?.details?.error).toBe(error);
  });

  it('distinguishes the dependent from its gateway', () => {
    expect(decodeInspected(healthy())).toMatchObject({ runState: 'running', details: { health: 'healthy' } });
    expect(decodeInspected(recordedAnswer('inspect-dependent'))?.networkMode).toMatch(
      /^container:[0-9a-f]{64}$/,
    );
  });

  it('reads the restart count of a container whose restart policy has given up', () => {
    expect(decodeInspected(recordedAnswer('inspect-given-up'))).toMatchObject({
      runState: 'exited',
      details: {
        restartPolicy: 'on-failure',
        restartCount: 2,
        maximumRetryCount: 2,
        exitCode: 1,
        stopSignal: 15,
      },
    });
  });

  it.each(NO_OBJECTS)('rejects %p', (value) => {
    expect(decodeInspected(value)).toBeUndefined();
  });

  it.each([
    ['no id', { Id: '' }],
    ['a word as an id', { Id: 'constructor' }],
    ['no name', { Name: undefined }],
    ['an empty name', { Name: '' }],
    ['only a slash as a name', { Name: '/' }],
    ['no state', { State: undefined }],
    ['no configuration', { Config: null }],
    ['no host configuration', { HostConfig: 'x' }],
  ])('rejects an answer with %s', (_, more) => {
    expect(inspected({}, {}, more)).toBeUndefined();
  });

  it('rejects an unknown run state', () => {
    expect(inspected({ Status: 'dreaming' })).toBeUndefined();
  });

  it.each([
    ['running, healthy', { Health: { Status: 'healthy' } }, 'healthy'],
    ['running, unhealthy', { Health: { Status: 'unhealthy' } }, 'unhealthy'],
    ['running, starting', { Health: { Status: 'starting' } }, 'starting'],
    ['running, with an unknown health status', { Health: { Status: 'purple' } }, 'starting'],
    ['no health check', { Health: undefined }, 'none'],
    ['a health check that is switched off', { Health: { Status: 'none' } }, 'none'],
    ['no health check, on Podman', { Health: { Status: '' } }, 'none'],
    ['stopped', { Status: 'exited', Running: false, Health: { Status: 'unhealthy' } }, 'starting'],
    ['paused', { Status: 'paused', Running: true, Paused: true, Health: { Status: 'unhealthy' } }, 'unhealthy'],
    ['about to be started again, which the engine calls running', { Status: 'restarting', Running: true, Restarting: true, Health: { Status: 'unhealthy' } }, 'starting'],
  ])('reads the health of a container that is: %s', (_, state, health) => {
    expect(inspected(state)?.details?.health).toBe(health);
  }); // prettier-ignore

  it.each([
    { of: 'none', host: {}, then: {} },
    { of: 'none if its namespaces are its own', host: { PidMode: '', IpcMode: 'private', VolumesFrom: null }, then: {} },
    { of: "none if its namespaces are the host's", host: { PidMode: 'host', IpcMode: 'host', VolumesFrom: [] }, then: {} },
    {
      of: 'whose namespaces it shares',
      host: { PidMode: 'container:a', IpcMode: 'container:b' },
      then: { sharesWith: ['a', 'b'] },
    },
    {
      of: 'whose volumes it has',
      host: { VolumesFrom: ['a', 'b:ro', 7] },
      then: { volumesFrom: ['a', 'b'] },
    },
  ])('reads its references to other containers: $of', ({ host, then }) => {
    const { sharesWith, volumesFrom } = inspected({}, {}, { HostConfig: host })?.details ?? {};
    expect({ sharesWith, volumesFrom }).toEqual(then);
  }); // prettier-ignore

  it('uses defaults for fields that are missing or invalid', () => {
    const bare = { StartedAt: '0001-01-01T00:00:00Z', ExitCode: 'x', Error: 5 };
    expect(inspected(bare, { StopTimeout: null, Tty: 'yes', Labels: null, Image: 7 })).toMatchObject({
      image: '',
      labels: {},
      details: { startedAtMs: undefined, exitCode: 0, error: '', tty: false, stopTimeoutSeconds: 10 },
    });
  });

  it.each([
    [-1, 3_600],
    [0, 0],
    [604_800, 86_400],
    [1e300, 86_400],
  ])('limits a stop timeout of %d s to %d s, which a timer can handle', (StopTimeout, stopTimeoutSeconds) => {
    expect(inspected({}, { StopTimeout })).toMatchObject({ details: { stopTimeoutSeconds } });
  });

  it('reads its start error, its TTY setting and its own stop timeout', () => {
    const error = 'cannot join network of a non running container: abc';
    expect(
      inspected({ Status: 'exited', ExitCode: 128, Error: error }, { Tty: true, StopTimeout: 60 }),
    ).toMatchObject({ details: { exitCode: 128, error, tty: true, stopTimeoutSeconds: 60 } });
  });

  it.each([
    ['unless-stopped', { Name: 'unless-stopped', MaximumRetryCount: 0 }, 'unless-stopped'],
    ['none, as an empty string', { Name: '' }, 'no'],
    ['an unknown one', { Name: 'sometimes' }, 'no'],
    ['nothing', undefined, 'no'],
  ])('reads the restart policy: %s', (_, RestartPolicy, restartPolicy) => {
    const HostConfig = { NetworkMode: 'bridge', RestartPolicy };
    expect(inspected({}, {}, { HostConfig })?.details?.restartPolicy).toBe(restartPolicy);
  });

  it.each([
    ['the restart count and the maximum retry count', { Name: 'on-failure', MaximumRetryCount: 2 }, 2, 2, 2],
    ['a retry limit of zero', { Name: 'on-failure', MaximumRetryCount: 0 }, 4, 4, 0],
    ['zero if there is no restart policy', undefined, undefined, 0, 0],
    ['an invalid one', { Name: 'on-failure', MaximumRetryCount: 'many' }, 'often', 0, 0],
  ])('reads %s', (_, RestartPolicy, RestartCount, restartCount, maximumRetryCount) => {
    const HostConfig = { NetworkMode: 'bridge', RestartPolicy };
    const details = inspected({}, {}, { HostConfig, RestartCount })?.details;
    expect(details).toMatchObject({ restartCount, maximumRetryCount });
  });

  it.each([
    ['none of its own', undefined, 15],
    ['an empty one', '', 15],
    ["nginx's", 'SIGQUIT', 3],
    ["httpd's", 'SIGWINCH', 28],
    ["systemd's", 'SIGRTMIN+3', 37],
    ['a number', '10', 10],
    ['an invalid one', 'purple', 15],
  ])('reads the stop signal: %s', (_, StopSignal, stopSignal) => {
    expect(inspected({}, { StopSignal })).toMatchObject({ details: { stopSignal } });
  });

  it('reads when its last run ended, and nothing if it never ran', () => {
    expect(inspected({ FinishedAt: '2026-11-22T17:46:17.5Z' })?.details?.finishedAtMs).toBe(
      Date.parse('2026-11-22T17:46:17.500Z'),
    );
    expect(inspected({ FinishedAt: '0001-01-01T00:00:00Z' })?.details?.finishedAtMs).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (State, Config, HostConfig) => {
        expect(() => decodeInspected({ Id: 'a', Name: '/a', State, Config, HostConfig })).not.toThrow();
        expect(() =>
          decodeListed({ Id: 'a', Names: State, State: Config, Labels: HostConfig }),
        ).not.toThrow();
      }),
    );
  });
});

describe('decodeListed', () => {
  const entry = (more: object) => ({
    Id: 'abc',
    Names: ['/gluetun'],
    State: 'running',
    Image: 'qmcgaw/gluetun',
    Created: 1_700_000_000,
    Labels: {
      'com.docker.compose.project': 'stack',
      'com.docker.compose.oneoff': 5,
      'homepage.widget.key': SECRETS.label,
    },
    HostConfig: { NetworkMode: 'bridge' },
    ...more,
  });

  it('reads the recorded list of a real engine', () => {
    const listing = recordedAnswer('list') as { Id: string; Names: string[]; State: string }[];
    const decoded = listing.map(decodeListed);
    expect(decoded).toHaveLength(listing.length);
    expect(decoded.map((facts) => [facts?.id, facts?.name, facts?.runState])).toEqual(
      listing.map(({ Id, Names, State }) => [Id, Names[0]?.slice(1), State]),
    );
  });

  it("reads Podman's list, which tells no network", () => {
    const decoded = (recordedAnswer('list-podman-4.3') as unknown[]).map(decodeListed);
    expect(decoded.map((facts) => [facts?.name, facts?.runState, facts?.networkMode])).toEqual([
      ['app1', 'running', ''],
      ['gluetun', 'running', ''],
    ]);
  });

  it('reads an entry, and of its labels those that matter: others may hold a secret', () => {
    expect(decodeListed(entry({}))).toEqual({
      id: 'abc',
      name: 'gluetun',
      image: 'qmcgaw/gluetun',
      createdMs: 1_700_000_000_000,
      labels: { 'com.docker.compose.project': 'stack' },
      networkMode: 'bridge',
      runState: 'running',
      details: undefined,
    });
  });

  it.each([[['/app/db', '/db']], [['/db', '/app/db']]])(
    'uses its own name, not that of a link: %p',
    (Names) => {
      expect(decodeListed(entry({ Names }))?.name).toBe('db');
    },
  );

  it.each(NO_OBJECTS)('rejects %p', (value) => {
    expect(decodeListed(value)).toBeUndefined();
  });

  it.each([
    { Id: '' }, { Id: undefined }, { Id: '__proto__' }, { Names: null }, { Names: [] }, { Names: ['/'] }, { Names: ['/a/b'] }, { Names: [5] },
    { State: 'dreaming' }, { State: undefined },
  ])('rejects an entry with %j', (more) => {
    expect(decodeListed(entry(more))).toBeUndefined();
  }); // prettier-ignore

  it.each([
    ['configured', 'created'],
    ['initialized', 'created'],
    ['stopping', 'running'],
    ['stopped', 'exited'],
  ])('reads the state that Podman calls %s as %s', (State, runState) => {
    expect(decodeListed(entry({ State }))?.runState).toBe(runState);
  });

  it.each([{ HostConfig: null }, { HostConfig: {} }, { HostConfig: { NetworkMode: 'host' } }])(
    'takes no network from an entry with %j',
    (more) => {
      expect(decodeListed(entry(more))?.networkMode).toBe('');
    },
  );

  it('accepts an entry with only an id, a name and a state', () => {
    expect(decodeListed({ Id: 'abc', Names: ['/a'], State: 'exited' })).toMatchObject({
      labels: {},
      networkMode: '',
    });
  });
});
