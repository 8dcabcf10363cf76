import { once } from 'node:events';
import { mkdirSync, statSync } from 'node:fs';
import { type Server, createServer } from 'node:net';
import { type Ids, dropRoot } from '../../../src/cli/drop-root.ts';
import type { NotHandedOver } from '../../../src/cli/hand-over.ts';
import { TemporaryFolder } from '../../config/temporary-folder.ts';

/** Ids that are only written down: the tests themselves may not be root, and must stay what they are. */
class WrittenIds {
  readonly calls: string[] = [];
  /** By call, the code of its error. */
  readonly refusals = new Map<string, string>();
  uid = 0;

  readonly ids: Ids = {
    getuid: () => this.uid,
    getegid: () => 0,
    getgroups: () => [0, 10],
    setgroups: (groups) => this.#call(`setgroups ${groups.join(',')}`),
    setegid: (id) => this.#call(`setegid ${String(id)}`),
    seteuid: (id) => this.#call(`seteuid ${String(id)}`),
    setgid: (id) => this.#call(`setgid ${String(id)}`),
    setuid: (id) => this.#call(`setuid ${String(id)}`),
  };

  #call(call: string): void {
    this.calls.push(call);
    const code = this.refusals.get(call);
    if (code !== undefined) throw Object.assign(new Error(call), { code });
  }
}

const trialEnds = ['seteuid 0', 'setegid 0', 'setgroups 0,10'];
const giveAll = (): undefined => undefined;

describe('dropping root', () => {
  const folder = new TemporaryFolder();
  let server: Server;
  let written: WrittenIds;
  let group: number;

  type Config = Parameters<typeof dropRoot>[0];

  const configure = (more: Partial<Config> = {}): Config => ({
    user: { uid: 1000, gid: 100 },
    docker: { kind: 'socket', path: folder.at('docker.sock') },
    sitesFile: folder.at('sites.conf'),
    stateFile: '/dev/null',
    log: { file: '/dev/null' },
    history: { file: '/dev/null' },
    ...more,
  });

  beforeEach(async () => {
    server = createServer().listen(folder.at('docker.sock'));
    await once(server, 'listening');
    group = statSync(folder.at('docker.sock')).gid;
    written = new WrittenIds();
  });
  afterEach(() => void server.close());

  it('tries the user on, is root again, and then becomes that user for good, the user id last', () => {
    expect(dropRoot(configure(), written.ids, giveAll)).toEqual([]);
    expect(written.calls).toEqual([
      `setgroups ${String(group)}`,
      'setegid 100',
      'seteuid 1000',
      ...trialEnds,
      `setgroups ${String(group)}`,
      'setgid 100',
      'setuid 1000',
    ]);
  });

  it('keeps no group for an engine that is reached over the network', () => {
    const docker = { kind: 'tcp', host: 'proxy', port: 2375, tls: undefined } as const;
    expect(dropRoot(configure({ docker }), written.ids, giveAll)).toEqual([]);
    expect(written.calls.filter((call) => call.startsWith('setgroups'))).toEqual([
      'setgroups ',
      'setgroups 0,10',
      'setgroups ',
    ]);
  });

  it('does nothing if the user has been chosen already, or root is meant', () => {
    expect(dropRoot(configure({ user: { uid: 0, gid: 1000 } }), written.ids, giveAll)).toEqual([]);
    written.uid = 1026;
    expect(dropRoot(configure(), written.ids, giveAll)).toEqual([]);
    expect(written.calls).toEqual([]);
  });

  it.each([
    { step: 0, code: 'EPERM' },
    { step: 1, code: 'EINVAL' },
    { step: 2, code: 'EPERM' },
  ])('stays root as it was if the kernel refuses step $step of the trial: $code', ({ step, code }) => {
    const steps = [`setgroups ${String(group)}`, 'setegid 100', 'seteuid 1000'];
    written.refusals.set(steps[step] ?? '', code);
    expect(dropRoot(configure(), written.ids, giveAll)).toEqual([
      { kind: 'rootKept', uid: 1000, gid: 100, obstacle: 'capabilities', reason: code },
    ]);
    // Who may not set groups has not changed them, and could not set them back.
    expect(written.calls).toEqual([...steps.slice(0, step + 1), ...(step === 0 ? [] : trialEnds)]);
  });

  const staysRootFor = (config: Config): unknown => {
    const [notice, ...more] = dropRoot(config, written.ids, giveAll);
    expect(more).toEqual([]);
    expect(written.calls.slice(-3)).toEqual(trialEnds);
    return notice;
  };

  it('stays root if the socket is not there, as nobody knows its group', () => {
    const path = folder.at('elsewhere.sock');
    expect(staysRootFor(configure({ docker: { kind: 'socket', path } }))).toMatchObject({
      obstacle: 'socket',
      path,
      reason: 'ENOENT',
    });
  });

  it('stays root if something else is in the place of the socket', () => {
    const path = folder.file('file', '');
    expect(staysRootFor(configure({ docker: { kind: 'socket', path } }))).toMatchObject({
      obstacle: 'socket',
      path,
      reason: 'is no socket',
    });
  });

  it('can do without a sites file, or with one that is a folder, which is another matter', () => {
    const sitesFile = folder.at('folder');
    mkdirSync(sitesFile);
    expect(dropRoot(configure({ sitesFile }), written.ids, giveAll)).toEqual([]);
  });

  it('hands over the log, the state, the history and the liveness file after the trial, and before it is another user', () => {
    let calls: readonly string[] = [];
    const give = jest.fn<undefined, [readonly string[], object]>(() => {
      calls = [...written.calls];
      return undefined;
    });
    const config = configure({
      stateFile: '/logs/state.json',
      log: { file: '/logs/monitor.log' },
      history: { file: '/logs/history.jsonl' },
    });
    expect(dropRoot(config, written.ids, give)).toEqual([]);
    const user = { uid: 1000, gid: 100, groups: [group] };
    expect(give.mock.calls).toEqual([
      [['/logs/monitor.log', '/logs/state.json', expect.stringMatching(/gluetun-monitor\.heartbeat$/)], user],
      [['/logs/history.jsonl', '/logs/statistics.jsonl'], user],
    ]);
    expect(calls.slice(-3)).toEqual(trialEnds);
  });

  it('does not stay root because the history cannot be handed over', () => {
    const give = (paths: readonly string[]): NotHandedOver | undefined =>
      paths.includes('/logs/history.jsonl') ? { path: '/logs', reason: 'EPERM' } : undefined;
    expect(dropRoot(configure({ history: { file: '/logs/history.jsonl' } }), written.ids, give)).toEqual([]);
  });

  it('stays root if its files cannot be handed over', () => {
    const give = (): NotHandedOver => ({ path: '/logs', reason: 'EPERM' });
    expect(dropRoot(configure(), written.ids, give)).toEqual([
      { kind: 'rootKept', uid: 1000, gid: 100, obstacle: 'ownFiles', path: '/logs', reason: 'EPERM' },
    ]);
    expect(written.calls.slice(-3)).toEqual(trialEnds);
  });
});
