import { Subject } from 'rxjs';
import { Bench } from './bench.ts';
import type { Exec } from './execs.ts';
import { finished } from './workload.ts';
import type { ExecItem } from './workload.ts';

/** A container whose every exec says what the subject says. */
function setUp(): { bench: Bench; process$: Subject<ExecItem>; newExec: (cmd?: string[]) => Exec } {
  const bench = new Bench();
  const process$ = new Subject<ExecItem>();
  bench.engine.create({
    name: 'box',
    workload: {
      exec: ({ cmd }) => (cmd[0] === 'sh' ? process$ : cmd[0] === 'true' ? finished(0, 'done\n') : undefined),
    },
  });
  bench.does(bench.engine.start('box'));
  const newExec = (cmd = ['sh', '-c', 'a b']): Exec =>
    bench.engine.execs.create(bench.engine.get('box'), 'box', { cmd, env: [], tty: false });
  return { bench, process$, newExec };
}

function listen(bench: Bench, exec: Exec): { text: string; ended: boolean } {
  const listener = { text: '', ended: false };
  bench.engine.execs.start(exec.id).subscribe({
    next: ({ text }) => (listener.text += text),
    complete: () => (listener.ended = true),
  });
  bench.advance(50);
  return listener;
}

const actionsOf = (bench: Bench): readonly string[] =>
  bench.said.filter(({ Actor }) => Actor.Attributes['name'] === 'box').map(({ Action }) => Action);

describe('an exec', () => {
  it('makes three events, the whole command in two of them', () => {
    const { bench, newExec } = setUp();
    const listener = listen(bench, newExec(['true']));
    expect(listener).toEqual({ text: 'done\n', ended: true });
    expect(actionsOf(bench).slice(-3)).toEqual(['exec_create: true ', 'exec_start: true ', 'exec_die']);
  });

  it('has no exit code before its end, and one after', () => {
    const { bench, process$, newExec } = setUp();
    const exec = newExec();
    listen(bench, exec);
    expect(bench.engine.execs.inspect(exec.id)).toMatchObject({ Running: true, ExitCode: null });
    process$.next({ exitCode: 4 });
    expect(bench.engine.execs.inspect(exec.id)).toMatchObject({ Running: false, ExitCode: 4 });
  });

  it('of a program that is not there says so on stdout, exits 126, and does not die', () => {
    const { bench, newExec } = setUp();
    const exec = newExec(['/nope']);
    expect(listen(bench, exec)).toEqual({
      text:
        'OCI runtime exec failed: exec failed: unable to start container process: exec: "/nope": ' +
        'stat /nope: no such file or directory: unknown\r\n',
      ended: true,
    });
    expect(exec.exitCode).toBe(126);
    expect(actionsOf(bench)).not.toContain('exec_die');
  });

  it('ends with the container, as if killed, before the container is said to have died', () => {
    const { bench, process$, newExec } = setUp();
    const exec = newExec();
    const listener = listen(bench, exec);
    process$.next({ stream: 'stdout', text: 'start\n' });
    bench.does(bench.engine.restart('box'));

    expect(listener).toEqual({ text: 'start\n', ended: true });
    expect(exec.exitCode).toBe(137);
    expect(actionsOf(bench).slice(-6)).toEqual(['kill', 'exec_die', 'die', 'stop', 'start', 'restart']);
  });

  it('hangs while its container is paused, and goes on after', () => {
    const { bench, process$, newExec } = setUp();
    const listener = listen(bench, newExec());
    bench.does(bench.engine.pause('box'));
    process$.next({ stream: 'stdout', text: 'late\n' });
    process$.next({ exitCode: 0 });
    bench.advance(10_000);
    expect(listener).toEqual({ text: '', ended: false });
    bench.does(bench.engine.unpause('box'));
    expect(listener).toEqual({ text: 'late\n', ended: true });
  });

  it('goes on when nobody listens any more', () => {
    const { bench, process$, newExec } = setUp();
    const exec = newExec();
    bench.engine.execs.start(exec.id).subscribe().unsubscribe();
    bench.advance(50);
    expect(process$.observed).toBe(true);
    expect(bench.engine.inspect('box')).toMatchObject({ ExecIDs: [exec.id] });
  });

  it('says so when it is started twice', () => {
    const { bench, newExec } = setUp();
    const exec = newExec(['true']);
    listen(bench, exec);
    expect(listen(bench, exec).text).toBe(`Error: Exec command ${exec.id} has already run\r\n`);
  });

  it('that was not begun is forgotten when its container restarts', () => {
    const { bench, newExec } = setUp();
    const { id } = newExec();
    bench.does(bench.engine.restart('box'));
    expect(() => bench.engine.execs.start(id)).toThrow(`No such exec instance: ${id}`);
  });
});

describe('an exec is refused', () => {
  it('in a paused container, by the name the caller used', () => {
    const { bench, newExec } = setUp();
    bench.does(bench.engine.pause('box'));
    expect(newExec).toThrow('Container box is paused, unpause the container before exec');
  });

  it('in one that is not running, by its id', () => {
    const { bench, newExec } = setUp();
    bench.does(bench.engine.stop('box'));
    expect(newExec).toThrow(`Container ${bench.engine.get('box').id} is not running`);
  });

  it('in one whose workload refuses it', () => {
    const bench = new Bench();
    bench.standIn.refuseExecs();
    const request = { cmd: ['sh'], env: [], tty: false };
    expect(() => bench.engine.execs.create(bench.engine.get('gluetun'), 'gluetun', request)).toThrow(
      'Forbidden',
    );
  });
});
