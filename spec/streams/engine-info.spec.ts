import { of } from 'rxjs';
import { engineInfo$ } from '../../streams/engine-info.ts';
import { marbles, text } from './marbles.ts';

const STOPPED = ['kill', 'die', 'stop']
  .map((action) =>
    JSON.stringify({ Type: 'container', Action: action, Actor: { ID: 'a', Attributes: {} }, timeNano: 1 }),
  )
  .join('\n');

describe('engineInfo$', () => {
  it.each([
    { given: 'with its version', info: { ServerVersion: '5.8.6' }, version: '5.8.6' },
    { given: 'without a version', info: {}, version: '' },
    { given: 'with a version that is none', info: { ServerVersion: '5\n[ERROR] x' }, version: '' },
  ])('recognises Podman $given, and concludes nothing from its past messages', ({ info, version }) => {
    marbles(({ expectObservable }, scheduler) => {
      const answer = {
        BuildahVersion: '1.43.2',
        LiveRestoreEnabled: false,
        SystemTime: '2026-11-25T16:00:00.5Z',
        ...info,
      };
      const engine = { info: () => of(answer), pastEvents: () => of(text(STOPPED)) };
      expectObservable(engineInfo$(engine, scheduler)).toBe('(p|)', {
        p: { type: 'podmanRecognised', at: 0, version },
      });
    });
  });
});
