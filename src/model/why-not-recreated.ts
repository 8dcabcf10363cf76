import { RECREATION_CALLS } from '../../streams/engine-calls.ts';
import type { State } from './state.ts';

/**
 * Why orphans are left to their owner:
 *
 * - `byHand`: `AUTO_RECREATE` is off.
 * - `podman`: nobody has seen a container created anew faithfully there, nor can there be orphans as a rule.
 * - `forbidden`: a proxy lets only a part of it through, or nothing. Half a re-creation is worse than none.
 */
export type LeftToOwner = 'byHand' | 'podman' | 'forbidden';

/** Undefined: they are created anew. */
export function whyNotRecreated({
  settings,
  shared,
}: Pick<State, 'settings' | 'shared'>): LeftToOwner | undefined {
  if (!settings.autoRecreate) return 'byHand';
  if (shared.podman !== undefined) return 'podman';
  return RECREATION_CALLS.some((call) => call in shared.forbidden) ? 'forbidden' : undefined;
}
