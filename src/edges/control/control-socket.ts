import { type Observable, type SchedulerLike, Subject } from 'rxjs';
import type { OperatorEvent, OperatorRequest } from '../../../streams/events.ts';
import type { Step } from '../../loop/program.ts';
import type { Everything } from '../../model/state.ts';
import type { Notice, NoticeKind } from '../../notices/notice.ts';
import { lineOf } from '../../notices/wording.ts';
import { statusOf } from '../../status/status.ts';
import type { Edge } from '../edge.ts';
import { type Client, listen } from './listener.ts';
import type { Reply, Request } from './protocol.ts';

/** The name by which its condition knows it (`src/notices/condition-wording.ts`). */
const NAME = 'control socket';
/** Another monitor may end, or the folder become writable. */
const RETRY_MS = 60_000;

export interface ControlSocket {
  readonly edge: Edge;
  /** What the operator asks for, as events for the loop. */
  readonly requested$: Observable<OperatorEvent>;
  readonly close: () => void;
}

interface Deps {
  readonly path: string;
  readonly scheduler: Pick<SchedulerLike, 'now'>;
  /** Each sentence names its gateway. */
  readonly ofSeveral: boolean;
}

/** A request that has not been answered to its end. */
interface Open {
  readonly client: Client;
  readonly request: OperatorRequest;
  /** The gateways that have accepted it, as `GLUETUN_CONTAINER` names them; undefined: it is not answered yet. */
  following: readonly string[] | undefined;
  isWell: boolean;
}

/**
 * Commands such as `gluetun-monitor status` ask the running monitor over this socket. It reads published steps, and what
 * the operator asks for becomes an event like any other, so it can neither slow the loop nor change anything itself.
 */
export function controlSocket({ path, scheduler, ofSeveral }: Deps): ControlSocket {
  const startedAt = scheduler.now();
  const requested$ = new Subject<OperatorEvent>();
  const open = new Map<number, Open>();
  let latest: Everything | undefined;
  let lastId = 0;
  let triedAt = startedAt;
  const listener = listen(path, receive);

  return { edge: { name: NAME, take }, requested$, close: listener.close };

  function receive(request: Request, client: Client): void {
    if (request.ask === 'status') {
      client.reply(status());
      return;
    }
    lastId += 1;
    const asked = requestOf(request);
    open.set(lastId, { client, request: asked, following: undefined, isWell: false });
    requested$.next({ type: 'operatorRequested', at: scheduler.now(), requestId: lastId, request: asked });
  }

  function status(): Reply {
    if (latest === undefined) return { said: ['The monitor has only just started.'], outcome: 'refused' };
    const moment = { at: scheduler.now(), wallMs: Date.now(), startedAt };
    return { said: [], status: statusOf(latest, moment) };
  }

  function take(step: Step): void {
    latest = step.state;
    for (const [id, one] of open) {
      if (one.client.isGone()) open.delete(id);
      else answer(id, one, step);
    }
    const failure = listener.failure();
    if (failure === undefined) return;
    if (scheduler.now() - triedAt >= RETRY_MS) {
      triedAt = scheduler.now();
      listener.retry();
    }
    throw new Error(failure);
  }

  /** Passes on what is said about the request, and at last how it ended. */
  function answer(id: number, one: Open, { event, state, notices }: Step): void {
    const isItsOwn = event.type === 'operatorRequested' && event.requestId === id;
    if (one.following === undefined && !isItsOwn) return;
    one.following ??= notices.flatMap(({ kind, gateway }) =>
      kind === 'operatorRequestAccepted' && gateway !== undefined ? [gateway] : [],
    );
    const { following, request, client } = one;
    const about = notices.filter((notice) => isAbout(notice, following, isItsOwn));
    one.isWell ||= about.some(({ kind, dryRun }) => GOOD_ENDS.includes(kind) || dryRun === true);
    const said = about
      .map((notice) => lineOf(notice, ofSeveral))
      .filter(({ level }) => level !== 'debug')
      .map(({ message }) => message);
    const isOver = following.every((gateway) => isDone(state, gateway, request));
    if (isOver) open.delete(id);
    if (isOver) client.reply({ said, outcome: outcomeOf(one) });
    else if (said.length > 0) client.reply({ said });
  }
}

/** Other requests about the same gateway are answered to whoever has made them. */
function isAbout({ kind, gateway }: Notice, following: readonly string[], isItsOwn: boolean): boolean {
  if (ANSWERS.includes(kind)) return isItsOwn;
  return gateway !== undefined && following.includes(gateway);
}

function outcomeOf({ following, request, isWell }: Open): NonNullable<Reply['outcome']> {
  if (following === undefined || following.length === 0) return 'refused';
  return isOnlySaid(request) || isWell ? 'done' : 'failed';
}

const ANSWERS: readonly NoticeKind[] = ['operatorRequestAccepted', 'operatorRequestRefused'];
const GOOD_ENDS: readonly NoticeKind[] = ['reconnectCompleted', 'recoveryCompleted'];

const requestOf = (request: Exclude<Request, { ask: 'status' }>): OperatorRequest => {
  const whom = request.gateway === undefined ? {} : { gateway: request.gateway };
  return request.ask === 'pause'
    ? { what: 'pause', forMs: request.seconds * 1000, ...whom }
    : { what: request.ask, ...whom };
};

/** Nothing follows from it that takes time. */
const isOnlySaid = ({ what }: OperatorRequest): boolean => what === 'pause' || what === 'resume';

function isDone({ watches }: Everything, gateway: string, request: OperatorRequest): boolean {
  const watch = watches.find(({ settings }) => settings.gateway === gateway);
  if (watch === undefined || isOnlySaid(request)) return true;
  const { operator, recovery } = watch;
  return (
    operator.wanted === undefined &&
    operator.reconnect === undefined &&
    (request.what !== 'recover' || recovery.value === 'none')
  );
}
