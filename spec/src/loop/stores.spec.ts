import type { EdgeEvent } from '../../../streams/events.ts';
import { settled } from '../history.ts';

type Store = 'log' | 'state' | 'history';

describe('a file that cannot be written', () => {
  const failed = (store: Store, reason: string) => (_: unknown, at: number) =>
    [{ type: 'storeFailed', at, store, path: `/logs/${store}`, reason }] as const satisfies EdgeEvent[];
  const recovered = (store: Store, lostLines: number) => (_: unknown, at: number) =>
    [{ type: 'storeRecovered', at, store, path: `/logs/${store}`, lostLines }] as const satisfies EdgeEvent[];

  it.each([
    {
      store: 'log' as const,
      begins:
        'Log file /logs/log cannot be written (ENOSPC: no space left on device): logging to the console only',
      ends: 'Log file /logs/log is written again; 3 lines went to the console only',
    },
    {
      store: 'state' as const,
      begins:
        'State cannot be kept in /logs/state: ENOSPC: no space left on device; it is known only until the monitor ends',
      ends: 'State is kept in /logs/state again',
    },
    {
      store: 'history' as const,
      begins:
        'History cannot be kept in /logs/history: ENOSPC: no space left on device; what happens meanwhile waits, as far as there is room',
      ends: 'History is kept in /logs/history again; 3 lines are missing there',
    },
  ])('is reported when the failure begins and when it ends: the $store', ({ store, begins, ends }) => {
    const reason = 'ENOSPC: no space left on device';
    const history = settled();
    history.forget().feed(failed(store, reason)).expectLines(begins);
    history.forget().feed(failed(store, 'EROFS: read-only file system')).expectLines();
    expect(history.state.shared.stores[store]).toMatchObject({ reason: 'EROFS: read-only file system' });
    history.forget().feed(recovered(store, 3)).expectLines(ends);
    expect(history.state.shared.stores).toEqual({});
    history.forget().feed(recovered(store, 0)).expectLines();
  });

  it('is reported to lack no lines if all of them were written later', () => {
    settled()
      .feed(failed('log', 'it has not answered for 5 s'))
      .forget()
      .feed(recovered('log', 0))
      .expectLines('Log file /logs/log is written again; no line is missing there');
  });
});

describe('lines of the history that cannot be read', () => {
  it('are told of once, with where they are now', () => {
    const setAside = (_: unknown, at: number) =>
      [
        { type: 'linesSetAside', at, path: '/logs/h', lines: 2, setAsideAs: '/logs/h.corrupt' },
      ] as const satisfies EdgeEvent[];
    settled()
      .forget()
      .feed(setAside)
      .expectLines('2 lines of /logs/h could not be read and went to /logs/h.corrupt; the rest is kept');
  });
});

describe('an edge that fails', () => {
  it('is reported when the failure begins and when it ends, with the number of events it missed', () => {
    const history = settled();
    const failed = (reason: string) => (_: unknown, at: number) =>
      [{ type: 'edgeFailed', at, edge: 'page', reason }] as const satisfies EdgeEvent[];
    const recovered = (_: unknown, at: number) =>
      [{ type: 'edgeRecovered', at, edge: 'page', lostSteps: 2 }] as const satisfies EdgeEvent[];
    history
      .forget()
      .feed(failed('no paper'))
      .expectLines('The page fails (no paper); everything else goes on');
    history.forget().feed(failed('no ink')).expectLines();
    expect(history.state.shared.edges).toEqual({ page: { reason: 'no ink' } });
    history.forget().feed(recovered).expectLines('The page works again; it has missed 2 events');
    expect(history.state.shared.edges).toEqual({});
  });
});
