import { throwError } from 'rxjs';
import { type Attempt, undoing } from '../../../../src/acts/recreation/undo.ts';
import { EngineError } from '../../../../streams/engine.ts';
import { OrphanWorld, type Result } from './orphan-world.ts';

const REFUSED = new EngineError('no space left on device', 500);
/** The connection broke, so it is unknown whether the request was executed. */
const LOST = new EngineError('socket hang up');

const undo = (world: OrphanWorld, reason: unknown = REFUSED, created?: string): Result => {
  const attempt: Attempt = { dependent: world.dependent, created };
  return world.run((executor) => throwError(() => reason).pipe(undoing(attempt, executor)));
};

describe('a re-creation that failed', () => {
  it('gives the orphan its own name back and fails with its reason', () => {
    const world = new OrphanWorld().park();
    expect(undo(world)).toMatchObject({ failed: 'no space left on device', error: REFUSED });
    expect(world.client.written).toEqual([`rename ${world.parkedAs} to app`]);
    expect(world.others).toEqual({ app: `running ${world.orphan.id}` });
  });

  it('does nothing if nothing had been done', () => {
    const world = new OrphanWorld();
    expect(undo(world).error).toBe(REFUSED);
    expect(world.client.written).toEqual([]);
  });

  it('starts the orphan that it has stopped, which then counts as failed to join', () => {
    const world = new OrphanWorld().park({ stopped: true });
    expect(undo(world).error).toBe(REFUSED);
    expect(world.client.written).toEqual([`rename ${world.parkedAs} to app`, 'start app']);
    expect(world.facts('app').details?.error).toContain('No such container');
  });

  it('removes the container it has created before it renames the orphan', () => {
    const world = new OrphanWorld().park();
    expect(undo(world, REFUSED, world.twin()).error).toBe(REFUSED);
    expect(world.client.written).toEqual(['remove app', `rename ${world.parkedAs} to app`]);
  });

  it('removes the container it has created even if that has run and ended', () => {
    const world = new OrphanWorld().park();
    const created = world.twin({ networkMode: 'container:gluetun' }, { runs: true });
    world.engine.stop(created);
    world.pass(1_000);
    expect(undo(world, REFUSED, created).error).toBe(REFUSED);
    expect(world.others).toEqual({ app: `running ${world.orphan.id}` });
  });

  it('removes the container it has created even if the answer was lost', () => {
    const world = new OrphanWorld().park();
    world.twin();
    expect(undo(world, LOST).error).toBe(LOST);
    expect(world.others).toEqual({ app: `running ${world.orphan.id}` });
  });

  it.each<{ which: string; reason?: unknown; runs?: true; ended?: true; network?: string; created?: string }>([
    { which: 'was found because the engine refused to create another one', reason: REFUSED },
    { which: 'was there when the re-creation failed for a reason other than the engine', reason: new Error('the monitor ends') },
    { which: 'has run since', runs: true },
    { which: 'has run and ended', runs: true, ended: true },
    { which: 'is on another network', network: 'bridge' },
    { which: 'is not the created one', created: 'another' },
  ])('leaves a container with its name alone that $which', ({ which: _, ...given }) => {
    const { reason = LOST, runs = false, ended = false, network, created } = given;
    const world = new OrphanWorld().park();
    const id = world.twin(network === undefined ? {} : { networkMode: network }, { runs });
    if (ended) world.engine.stop(id);
    world.pass(1_000);
    const { message } = reason as Error;
    expect(undo(world, reason, created).failed).toBe(
      `${message}; undoing it failed, too: another container is called app by now`,
    );
    expect(world.client.written).toEqual([]);
    expect(Object.keys(world.others)).toEqual([world.parkedAs, 'app']);
  }); // prettier-ignore

  it('leaves the container it has created alone if that runs', () => {
    const world = new OrphanWorld().park();
    const created = world.twin({}, { runs: true });
    expect(undo(world, LOST, created).failed).toBe(
      'socket hang up; undoing it failed, too: another container is called app by now',
    );
    expect(world.others).toMatchObject({ app: `running ${created}` });
  });
});

describe('if the undoing of a failed re-creation fails as well, both reasons are reported', () => {
  it('for an engine that gives a reason', () => {
    const world = new OrphanWorld().park();
    world.client.failNext(/^rename/, 'server\n error');
    expect(undo(world).failed).toBe('no space left on device; undoing it failed, too: server error');
  });

  it.each([
    ['remove', 'removing app: no answer within 70 s'],
    ['rename', 'renaming app.orphan-of-gluetun-ID: no answer within 70 s'],
  ])('for an engine that does not answer to %s', (silent, because) => {
    const world = new OrphanWorld().park();
    const created = world.twin();
    world.client.disturb = (call) => (call.startsWith(silent) ? { lateMs: 1e9 } : undefined);
    const reason = `no space left on device; undoing it failed, too: ${because}`;
    expect(undo(world, REFUSED, created).failed).toBe(reason.replace('ID', world.orphan.id.slice(0, 12)));
  });

  it('except for a start without an owner or without an answer', () => {
    const world = new OrphanWorld().park({ stopped: true });
    world.client.disturb = (call) => (call.startsWith('start') ? { lateMs: 1e9 } : undefined);
    expect(undo(world).error).toBe(REFUSED);
  });
});

describe('if somebody has removed the orphan meanwhile', () => {
  const gone = (): OrphanWorld => {
    const world = new OrphanWorld().park();
    world.engine.remove(world.orphan.id, { force: true });
    return world.pass(1_000);
  };

  it('there is nothing to undo', () => {
    const world = gone();
    expect(undo(world)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(world.client.written).toEqual([]);
  });

  it('the container created in its place is started', () => {
    const world = gone();
    const created = world.twin();
    expect(undo(world, REFUSED, created)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(world.client.written).toEqual(['start app']);
    expect(world.others).toEqual({ app: `running ${created}` });
  });

  it('the start of the container created in its place has a time limit', () => {
    const world = gone();
    const created = world.twin();
    world.client.disturb = (call) => (call.startsWith('start') ? { lateMs: 1e9 } : undefined);
    expect(undo(world, REFUSED, created).failed).toBe('starting app: no answer within 60 s');
  });

  it('a container that was not created in its place is left alone', () => {
    const world = gone();
    world.twin();
    expect(undo(world, LOST)).toMatchObject({ failed: undefined, hasEnded: true });
    expect(world.client.written).toEqual([]);
  });
});
