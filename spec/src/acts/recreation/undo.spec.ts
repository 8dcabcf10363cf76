import { throwError } from 'rxjs';
import { type Attempt, undoing } from '../../../../src/acts/recreation/undo.ts';
import { EngineError } from '../../../../streams/engine.ts';
import { Bench, type Result } from './bench.ts';

const REFUSED = new EngineError('no space left on device', 500);
/** The connection broke: whether it was done, nobody knows. */
const LOST = new EngineError('socket hang up');

const undo = (bench: Bench, reason: unknown = REFUSED, created?: string): Result => {
  const attempt: Attempt = { dependent: bench.dependent, created };
  return bench.run((executor) => throwError(() => reason).pipe(undoing(attempt, executor)));
};

describe('a re-creation that failed', () => {
  it('has its orphan under its own name again, and fails with its reason', () => {
    const bench = new Bench().park();
    expect(undo(bench)).toMatchObject({ failed: 'no space left on device', error: REFUSED });
    expect(bench.client.written).toEqual([`rename ${bench.parkedAs} to app`]);
    expect(bench.others).toEqual({ app: `running ${bench.orphan.id}` });
  });

  it('has done nothing where nothing had been done', () => {
    const bench = new Bench();
    expect(undo(bench).error).toBe(REFUSED);
    expect(bench.client.written).toEqual([]);
  });

  it('leaves an orphan that it has stopped as one whose start has failed', () => {
    const bench = new Bench().park({ stopped: true });
    expect(undo(bench).error).toBe(REFUSED);
    expect(bench.client.written).toEqual([`rename ${bench.parkedAs} to app`, 'start app']);
    expect(bench.facts('app').details?.error).toContain('No such container');
  });

  it('removes what it has created, before the orphan gets its name back', () => {
    const bench = new Bench().park();
    expect(undo(bench, REFUSED, bench.twin()).error).toBe(REFUSED);
    expect(bench.client.written).toEqual(['remove app', `rename ${bench.parkedAs} to app`]);
  });

  it('removes what it has created also where that has run, and ended', () => {
    const bench = new Bench().park();
    const created = bench.twin({ networkMode: 'container:gluetun' }, { runs: true });
    bench.engine.stop(created);
    bench.pass(1_000);
    expect(undo(bench, REFUSED, created).error).toBe(REFUSED);
    expect(bench.others).toEqual({ app: `running ${bench.orphan.id}` });
  });

  it('removes what was created though the answer was lost', () => {
    const bench = new Bench().park();
    bench.twin();
    expect(undo(bench, LOST).error).toBe(LOST);
    expect(bench.others).toEqual({ app: `running ${bench.orphan.id}` });
  });

  it.each<{ which: string; reason?: unknown; runs?: true; ended?: true; network?: string; created?: string }>([
    { which: 'the engine has told of by refusing to create another', reason: REFUSED },
    { which: 'was there when it failed for another reason than the engine', reason: new Error('the monitor ends') },
    { which: 'has run since', runs: true },
    { which: 'has run, and ended', runs: true, ended: true },
    { which: 'is on another network', network: 'bridge' },
    { which: 'is not the one it has created', created: 'another' },
  ])('leaves alone a container of its name that $which', ({ which: _, ...given }) => {
    const { reason = LOST, runs = false, ended = false, network, created } = given;
    const bench = new Bench().park();
    const id = bench.twin(network === undefined ? {} : { networkMode: network }, { runs });
    if (ended) bench.engine.stop(id);
    bench.pass(1_000);
    const { message } = reason as Error;
    expect(undo(bench, reason, created).failed).toBe(
      `${message}; undoing it failed, too: another container is called app by now`,
    );
    expect(bench.client.written).toEqual([]);
    expect(Object.keys(bench.others)).toEqual([bench.parkedAs, 'app']);
  }); // prettier-ignore

  it('leaves what it has created alone where that runs', () => {
    const bench = new Bench().park();
    const created = bench.twin({}, { runs: true });
    expect(undo(bench, LOST, created).failed).toBe(
      'socket hang up; undoing it failed, too: another container is called app by now',
    );
    expect(bench.others).toMatchObject({ app: `running ${created}` });
  });
});

describe('where undoing fails, too, both reasons are told', () => {
  it('of an engine that says why', () => {
    const bench = new Bench().park();
    bench.client.failNext(/^rename/, 'server\n error');
    expect(undo(bench).failed).toBe('no space left on device; undoing it failed, too: server error');
  });

  it.each([
    ['remove', 'removing app: no answer within 70 s'],
    ['rename', 'renaming app.orphan-of-gluetun-ID: no answer within 70 s'],
  ])('of an engine that does not answer to %s', (silent, because) => {
    const bench = new Bench().park();
    const created = bench.twin();
    bench.client.disturb = (call) => (call.startsWith(silent) ? { lateMs: 1e9 } : undefined);
    const reason = `no space left on device; undoing it failed, too: ${because}`;
    expect(undo(bench, REFUSED, created).failed).toBe(reason.replace('ID', bench.orphan.id.slice(0, 12)));
  });

  it('except of the start that fails for want of the owner, or is not answered', () => {
    const bench = new Bench().park({ stopped: true });
    bench.client.disturb = (call) => (call.startsWith('start') ? { lateMs: 1e9 } : undefined);
    expect(undo(bench).error).toBe(REFUSED);
  });
});

describe('where somebody has removed the orphan meanwhile', () => {
  const gone = (): Bench => {
    const bench = new Bench().park();
    bench.engine.remove(bench.orphan.id, { force: true });
    return bench.pass(1_000);
  };

  it('there is nothing to undo', () => {
    const bench = gone();
    expect(undo(bench)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(bench.client.written).toEqual([]);
  });

  it('what was created in its place is started', () => {
    const bench = gone();
    const created = bench.twin();
    expect(undo(bench, REFUSED, created)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(bench.client.written).toEqual(['start app']);
    expect(bench.others).toEqual({ app: `running ${created}` });
  });

  it('the start of what was created in its place is not waited for without end', () => {
    const bench = gone();
    const created = bench.twin();
    bench.client.disturb = (call) => (call.startsWith('start') ? { lateMs: 1e9 } : undefined);
    expect(undo(bench, REFUSED, created).failed).toBe('starting app: no answer within 60 s');
  });

  it('what was not created for it is left as it is', () => {
    const bench = gone();
    bench.twin();
    expect(undo(bench, LOST)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(bench.client.written).toEqual([]);
  });
});
