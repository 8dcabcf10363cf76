import type { OperatorRequest } from '../../streams/events.ts';
import { isPaused } from '../model/operator.ts';
import { nearestWords } from '../model/nearest.ts';
import { nameOf } from '../model/selectors.ts';
import type { Everything, State } from '../model/state.ts';
import { viewsOf } from '../model/watches.ts';
import type { NoticeOf } from '../notices/notice.ts';

/**
 * Whether the request is about this gateway. One that names none is about all, but a restart of all VPNs at once is
 * not what somebody means by a word left out.
 */
export function isAddressed(state: State, { what, gateway }: OperatorRequest): boolean {
  if (gateway !== undefined) return wordsOf(state).some((word) => isSameWord(word, gateway));
  if (what === 'pause') return true;
  return what === 'resume' ? isPaused(state) : state.shared.gateways.length === 1;
}

/** The refusal of a request that is about no gateway at all; undefined: it is about one. */
export function whyUnanswerable(
  all: Everything,
  request: OperatorRequest,
): NoticeOf<'operatorRequestRefused'> | undefined {
  const views = viewsOf(all);
  if (views.some((view) => isAddressed(view, request))) return undefined;
  const { what, gateway: given } = request;
  const gateways = views.map(nameOf);
  const refused = { kind: 'operatorRequestRefused' as const, request: what };
  if (given !== undefined) {
    const near = nearestWords(
      given,
      views.map((view) => ({ name: nameOf(view), words: wordsOf(view) })),
    );
    return {
      ...refused,
      name: given,
      because: 'unknownGateway',
      candidates: near.length > 0 ? near : gateways,
    };
  }
  return what === 'resume'
    ? { ...refused, because: 'notPaused' }
    : { ...refused, because: 'whichGateway', candidates: gateways };
}

/** The names by which the operator may call the gateway. */
const wordsOf = (state: State): readonly string[] => [
  state.settings.word ?? state.settings.gateway,
  state.settings.gateway,
  nameOf(state),
];

const isSameWord = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
