import type { Containers } from './state.ts';

/** Whether newer facts about the container are on their way: an inspection of it is under way or queued. */
export const isAwaited = ({ inspecting, toInspect }: Containers, id: string): boolean =>
  id in inspecting || toInspect.known.includes(id) || toInspect.strangers.includes(id);
