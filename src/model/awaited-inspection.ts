import type { Containers } from './state.ts';

/** What is known of it is about to be told anew: an inspection of it is under way, or waits for its turn. */
export const isAwaited = ({ inspecting, toInspect }: Containers, id: string): boolean =>
  id in inspecting || toInspect.known.includes(id) || toInspect.strangers.includes(id);
