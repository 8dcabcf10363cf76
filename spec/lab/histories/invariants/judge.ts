import type { Event } from '../../../../streams/events.ts';
import type { Cast } from '../history.ts';
import type { Scene } from '../deeds.ts';
import type { Truth } from '../truth.ts';

/** A violation of one of the nine invariants. */
export interface Violation {
  readonly invariant: number;
  readonly at: number;
  readonly what: string;
}

/** The input of an invariant. */
export interface Court extends Scene {
  readonly cast: Cast;
  readonly truth: Truth;
  violate(invariant: number, what: string): void;
}

export interface Write {
  readonly verb: 'restart' | 'start' | 'stop' | 'remove' | 'create' | 'rename';
  /** Its name at that moment. */
  readonly name: string;
  /** Undefined: not one of ours. */
  readonly role: string | undefined;
}

/** The gateways that this event asks to recover: for those neither a quorum nor the wait after the latest one counts. */
export const askedToRecover = (event: Event, { world }: Scene): readonly string[] =>
  event.type === 'operatorRequested' && event.request.what === 'recover'
    ? world.watched.filter((name) => (event.request.gateway ?? name) === name)
    : [];

export function writeIn(call: string, { people }: Scene): Write {
  const [verb = '', name = ''] = call.split(' ');
  return { verb: verb as Write['verb'], name, role: people.roleOf(name) };
}
