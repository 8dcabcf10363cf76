import type { Shared } from './state.ts';

/** An engine drops a message now and then. Twice in a row without any other in between is no accident. */
const TOO_MANY = 2;

/** Whether the engine's messages do not arrive, although its event stream is open. */
export const areMessagesMissing = ({
  containers,
  forbidden,
}: Pick<Shared, 'containers' | 'forbidden'>): boolean =>
  containers.unheard >= TOO_MANY && forbidden.openEvents === undefined;
