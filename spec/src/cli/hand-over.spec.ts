import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type User, handOver } from '../../../src/cli/hand-over.ts';
import { TemporaryFolder } from '../../config/temporary-folder.ts';

/** Nobody on the machine of the test. */
const USER: User = { uid: 54_321, gid: 54_322, groups: [54_323] };

describe('handing files over', () => {
  const folder = new TemporaryFolder();
  let logs: string;
  let given: string[];
  let refusals: Readonly<Record<string, string>>;

  const chown = (path: string, uid: number, gid: number): void => {
    given.push(`${path.slice(logs.length) || '/'} ${String(uid)}:${String(gid)}`);
    const code = refusals[path];
    if (code !== undefined) throw Object.assign(new Error('chown'), { code });
  };

  const file = (name: string, mode = 0o644): string => {
    const path = join(logs, name);
    writeFileSync(path, '');
    chmodSync(path, mode);
    return path;
  };

  beforeEach(() => {
    logs = folder.at('logs');
    mkdirSync(logs);
    chmodSync(logs, 0o755);
    [given, refusals] = [[], {}];
  });

  it('gives the files first, then their folder once, and nothing else in it', () => {
    const files = [file('monitor.log'), file('state.json', 0o600)];
    file('monitor.log.1');
    expect(handOver(files, USER, chown)).toBeUndefined();
    expect(given).toEqual(['/monitor.log 54321:54322', '/state.json 54321:54322', '/ 54321:54322']);
  });

  it('gives the folder of a file that is not there yet', () => {
    expect(handOver([join(logs, 'monitor.log')], USER, chown)).toBeUndefined();
    expect(given).toEqual(['/ 54321:54322']);
  });

  it('makes missing folders, and gives the one that the file will be in', () => {
    expect(handOver([join(logs, 'a/b/monitor.log')], USER, chown)).toBeUndefined();
    expect(existsSync(join(logs, 'a/b'))).toBe(true);
    expect(given).toEqual(['/a/b 54321:54322']);
  });

  it('leaves it to whoever writes the file to say that its folder cannot be made', () => {
    expect(handOver(['/proc/nowhere/at/all/monitor.log'], USER, chown)).toBeUndefined();
    expect(given).toEqual([]);
  });

  it.each([
    { what: 'everybody', mode: 0o777, user: USER, isGiven: false },
    { what: 'everybody, in a folder such as /tmp', mode: 0o1777, user: USER, isGiven: false },
    { what: 'its group, which is not that of the user', mode: 0o775, user: USER, isGiven: true },
    { what: 'its owner alone', mode: 0o700, user: USER, isGiven: true },
    { what: 'nobody, though all may look', mode: 0o555, user: USER, isGiven: true },
  ])('asks whether the user may write already: a folder for $what', ({ mode, user, isGiven }) => {
    chmodSync(logs, mode);
    expect(handOver([join(logs, 'monitor.log')], user, chown)).toBeUndefined();
    expect(given).toHaveLength(isGiven ? 1 : 0);
  });

  it.each<{ what: string; groups: 'primary' | 'other' }>([
    { what: 'the group of the user', groups: 'primary' },
    { what: 'the group of the socket', groups: 'other' },
  ])('leaves a folder alone in which $what may write', ({ groups }) => {
    chmodSync(logs, 0o775);
    const { gid } = statSync(logs);
    const user = groups === 'primary' ? { ...USER, gid } : { ...USER, groups: [gid] };
    expect(handOver([join(logs, 'monitor.log')], user, chown)).toBeUndefined();
    expect(given).toEqual([]);
  });

  it('leaves alone what is the user’s, whatever its mode is: another owner would not help', () => {
    const path = file('monitor.log', 0o400);
    chmodSync(logs, 0o700);
    const { uid } = statSync(logs);
    expect(handOver([path], { ...USER, uid }, chown)).toBeUndefined();
    expect(given).toEqual([]);
  });

  it.each<{ what: string; make: () => string }>([
    { what: 'a device', make: () => '/dev/null' },
    { what: 'the root of the file system', make: () => '/monitor.log-that-nobody-has' },
    { what: 'nothing, as no file is kept', make: () => '' },
    {
      what: 'a link, which the user could have put there to be given what it leads to',
      make: () => {
        symlinkSync(file('precious'), join(logs, 'state.json'));
        return join(logs, 'state.json');
      },
    },
    {
      what: 'a folder in place of the file',
      make: () => {
        mkdirSync(join(logs, 'state.json'));
        return join(logs, 'state.json');
      },
    },
  ])('never gives $what, or its folder', ({ make }) => {
    expect(handOver([make()], USER, chown)).toBeUndefined();
    expect(given).toEqual([]);
  });

  it('stops at the first that cannot be given, and says why', () => {
    const files = [file('monitor.log'), file('state.json')];
    refusals = { [join(logs, 'monitor.log')]: 'EPERM' };
    expect(handOver(files, USER, chown)).toEqual({ path: files[0], reason: 'EPERM' });
    expect(given).toHaveLength(1);
  });

  it('does not mind a read-only disk, where root could not write either', () => {
    refusals = { [logs]: 'EROFS' };
    expect(handOver([join(logs, 'monitor.log')], USER, chown)).toBeUndefined();
    expect(given).toEqual(['/ 54321:54322']);
    expect(readdirSync(logs)).toEqual([]);
  });
});
