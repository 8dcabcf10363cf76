import type { OperatorRequest } from '../../../streams/events.ts';
import type { History, Step } from './history.ts';
import { GATEWAY } from './roles.ts';

const SECOND_MS = 1_000;

/** What somebody asks for, one after another: also what is refused, or asked at the worst moment. */
const REQUESTS: readonly OperatorRequest[] = [
  { what: 'recover', gateway: GATEWAY },
  { what: 'reconnect', gateway: GATEWAY },
  { what: 'pause', forMs: 600 * SECOND_MS },
  { what: 'reconnect', gateway: GATEWAY },
  { what: 'resume' },
  { what: 'recover', gateway: GATEWAY },
  { what: 'pause', forMs: 90 * SECOND_MS, gateway: GATEWAY },
  { what: 'reconnect' },
  { what: 'recover', gateway: GATEWAY },
];

/** The same history, in which a request follows every second deed, ever a little later. */
export const withRequests = (history: History, requests = REQUESTS): History => ({
  ...history,
  steps: history.steps.flatMap((step, index): Step[] => {
    const request = requests[(index / 2) % requests.length];
    const afterMs = ((index * 7) % 40) * SECOND_MS;
    return request === undefined ? [step] : [step, { afterMs, deed: { what: 'ask', request } }];
  }),
});
